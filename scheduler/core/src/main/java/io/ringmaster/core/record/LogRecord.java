package io.ringmaster.core.record;

import io.ringmaster.core.model.InvocationRecorder.Outcome;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Sandbox;

/**
 * One place of the ring between dispatcher and log agent; reused. Written by the one, then read by
 * the other.
 */
final class LogRecord {
  enum Kind {
    STARTED,
    SETTLED,
    INIT_FAILED,
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

  // SETTLED; INIT_FAILED has initNs and error.
  Outcome outcome;
  long durationNs;
  long billedMs;
  int maxMemoryKb;

  /** −1: no init. */
  long initNs;

  long logMark;
  String errorType;
  String errorMessage;
  byte[] error;

  /** To be completed by the log agent; null: the dispatcher completes it. */
  PendingInvocation held;

  /** Forgets references, so that nothing is kept alive by a place that is not used for long. */
  void clear() {
    sandbox = null;
    errorType = null;
    errorMessage = null;
    error = null;
    held = null;
  }
}
