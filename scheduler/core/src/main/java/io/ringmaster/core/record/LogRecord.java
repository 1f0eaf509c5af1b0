package io.ringmaster.core.record;

import io.ringmaster.core.model.InvocationRecorder.InitStatus;
import io.ringmaster.core.model.InvocationRecorder.Outcome;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Sandbox;

/**
 * One place of the ring between dispatcher and log agent; reused. Written by the one, then read by
 * the other.
 */
final class LogRecord {
  enum Kind {
    INIT_STARTED,
    INIT_ENDED,
    STARTED,
    SETTLED,
    ENDED
  }

  /** No response came, so nobody knows how much output belongs to the invocation. */
  static final long NO_MARK = Long.MAX_VALUE;

  Kind kind;

  /** Only its final fields may be read by the log agent. */
  Sandbox sandbox;

  int slot;
  long requestIdHigh;
  long requestIdLow;
  long epochMs;
  boolean tailWanted;

  /** How many of the version's invocations had been recorded to their end before. */
  long number;

  /** INIT_STARTED, INIT_ENDED: it is a restart inside an invocation. */
  boolean insideInvocation;

  // INIT_ENDED.
  InitStatus initStatus;

  /** Name of the log stream as the function knows it; empty: it has none. */
  String logStream;

  // SETTLED; INIT_ENDED has initNs, errorType and error.
  Outcome outcome;
  long durationNs;
  long billedMs;
  int maxMemoryKb;
  long producedBytes;

  /** SETTLED: −1 without an init, and where the init is part of the duration. */
  long initNs;

  long logMark;

  /**
   * SETTLED: as {@link io.ringmaster.sandbox.spi.ResponseBuffer#logPosition()} has it. INIT_ENDED:
   * as {@link io.ringmaster.sandbox.spi.SandboxDriver#initLogPosition} has it.
   */
  long logPosition;

  String errorType;
  String errorMessage;
  byte[] error;

  /** Null: there is none. */
  String traceHeader;

  /** To be completed by the log agent; null: the dispatcher completes it. */
  PendingInvocation held;

  /** Forgets references, so that nothing is kept alive by a place that is not used for long. */
  void clear() {
    sandbox = null;
    errorType = null;
    errorMessage = null;
    error = null;
    traceHeader = null;
    logStream = null;
    held = null;
  }
}
