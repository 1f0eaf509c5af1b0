package io.ringmaster.core.record;

import io.ringmaster.core.model.InvocationRecorder.Outcome;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import java.util.concurrent.TimeUnit;

/**
 * One invocation as the log agent knows it, from its START to its REPORT; reused. Log agent only.
 */
final class LogEntry {
  private static final long HELD_PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(100);

  int slot;
  long requestIdHigh;
  long requestIdLow;
  long startEpochMs;
  boolean startWritten;

  /** Output up to here belongs to invocations before it whose lines are not rendered. */
  long afterMark;

  /** The same, counted with raw output. */
  long afterPosition;

  /** It has an answer; what follows is set. */
  boolean settled;

  long settledNs;
  long epochMs;
  Outcome outcome;
  long durationNs;
  long billedMs;
  int maxMemoryKb;
  long producedBytes;
  long initNs;
  long logMark;
  private long logPosition;
  String errorType;
  String errorMessage;
  PendingInvocation held;

  /** Null: it is not traced. */
  TraceContext trace;

  /** Its last lines, if its caller wants them; else null. */
  TailBytes tail;

  void started(LogRecord record) {
    slot = record.slot;
    requestIdHigh = record.requestIdHigh;
    requestIdLow = record.requestIdLow;
    startEpochMs = record.epochMs;
    startWritten = false;
    settled = false;
    held = null;
    tail = record.tailWanted ? new TailBytes(LogAgent.TAIL_BYTES) : null;
  }

  void settled(LogRecord record, long nowNs) {
    settled = true;
    settledNs = nowNs;
    epochMs = record.epochMs;
    outcome = record.outcome;
    durationNs = record.durationNs;
    billedMs = record.billedMs;
    maxMemoryKb = record.maxMemoryKb;
    producedBytes = record.producedBytes;
    initNs = record.initNs;
    logMark = record.logMark;
    logPosition = record.logPosition;
    errorType = record.errorType;
    errorMessage = record.errorMessage;
    held = record.held;
    trace = TraceContext.sampled(record.traceHeader, requestIdLow);
  }

  /** Where its output ends, raw output included; MAX_VALUE: that is not known. */
  long endPosition() {
    return settled && logPosition != ResponseBuffer.UNKNOWN ? logPosition : Long.MAX_VALUE;
  }

  /**
   * Output that was promised does not come: a caller who waits for the tail is not kept for longer
   * than 5 ms.
   */
  boolean waitedTooLong(long nowNs) {
    return nowNs - settledNs >= (held == null ? PATIENCE_NS : HELD_PATIENCE_NS);
  }

  void clear() {
    errorType = null;
    errorMessage = null;
    held = null;
    trace = null;
    tail = null;
  }
}
