package io.ringmaster.core.record;

import io.ringmaster.core.model.InvocationRecorder.InitStatus;
import io.ringmaster.core.model.InvocationRecorder.Outcome;

/**
 * Lambda's platform records in its JSON format, each rendered into one {@link LineBuffer}. The
 * callers ask {@link SystemLevel} first which of them the function wants. Allocates nothing for
 * successful invocations. One thread.
 */
final class JsonLines {
  private final LineBuffer out;

  JsonLines(LineBuffer out) {
    this.out = out;
  }

  void initStart(
      long epochMs, boolean insideInvocation, RuntimeVersion runtime, String name, String version) {
    init("platform.initStart", epochMs, insideInvocation);
    out.ascii(",\"runtimeVersion\":\"").ascii(runtime.version());
    out.ascii("\",\"runtimeVersionArn\":\"").ascii(runtime.arn());
    out.ascii("\",\"functionName\":\"").ascii(name);
    out.ascii("\",\"functionVersion\":\"").ascii(version).ascii("\"}}").end();
  }

  void initRuntimeDone(
      long epochMs, boolean insideInvocation, InitStatus status, String errorType) {
    init("platform.initRuntimeDone", epochMs, insideInvocation);
    status(status, errorType);
    out.ascii("}}").end();
  }

  void initReport(
      long epochMs, boolean insideInvocation, InitStatus status, String errorType, long initNs) {
    init("platform.initReport", epochMs, insideInvocation);
    status(status, errorType);
    out.ascii(",\"metrics\":{\"durationMs\":").thousandths(initNs).ascii("}}}").end();
  }

  private void init(String type, long epochMs, boolean insideInvocation) {
    begin(epochMs, type).ascii("{\"initializationType\":\"on-demand\",\"phase\":\"");
    out.ascii(insideInvocation ? "invoke\"" : "init\"");
  }

  private void status(InitStatus status, String errorType) {
    out.ascii(",\"status\":\"");
    switch (status) {
      case SUCCESS -> out.ascii("success\"");
      case TIMEOUT -> out.ascii("timeout\"");
      case ERROR -> {
        out.ascii("error\",\"errorType\":\"").ascii(ErrorTypes.forLine(errorType));
        out.ascii("\"");
      }
    }
  }

  void start(LogEntry entry, String version) {
    begin(entry.startEpochMs, "platform.start").ascii("{\"requestId\":\"").uuid(entry);
    out.ascii("\",\"version\":\"").ascii(version).ascii("\"}}").end();
  }

  void runtimeDone(LogEntry entry) {
    begin(entry.epochMs, "platform.runtimeDone").ascii("{\"requestId\":\"").uuid(entry);
    status(entry);
    out.ascii("\",\"metrics\":{\"durationMs\":").thousandths(entry.durationNs);
    out.ascii(",\"producedBytes\":").number(entry.producedBytes).ascii("}}}").end();
  }

  void report(LogEntry entry, int memoryMb) {
    begin(entry.epochMs, "platform.report").ascii("{\"requestId\":\"").uuid(entry);
    status(entry);
    out.ascii("\",\"metrics\":{\"durationMs\":").thousandths(entry.durationNs);
    out.ascii(",\"billedDurationMs\":").number(entry.billedMs);
    out.ascii(",\"memorySizeMB\":").number(memoryMb);
    out.ascii(",\"maxMemoryUsedMB\":").number(LogLines.megabytes(entry.maxMemoryKb));
    if (entry.initNs >= 0) {
      out.ascii(",\"initDurationMs\":").thousandths(entry.initNs);
    }
    out.ascii("}");
    if (entry.trace != null) {
      out.ascii(",\"tracing\":{\"spanId\":\"").ascii(entry.trace.parent());
      out.ascii("\",\"type\":\"X-Amzn-Trace-Id\",\"value\":\"");
      out.ascii(entry.trace.header()).ascii("\"}");
    }
    out.ascii("}}").end();
  }

  private void status(LogEntry entry) {
    out.ascii("\",\"status\":\"");
    switch (entry.outcome) {
      case SUCCESS -> out.ascii("success");
      case TIMEOUT -> out.ascii("timeout");
      case ERROR -> out.ascii("error");
      // What the function did to its process is an error; what the platform did to it has no type.
      case FAILURE -> out.ascii(entry.errorType == null ? "failure" : "error");
    }
    if (entry.outcome == Outcome.FAILURE) {
      out.ascii("\",\"errorType\":\"").ascii(ErrorTypes.forLine(entry.errorType));
    }
  }

  /** What the store could not take. */
  void dropped(long epochMs, long records, long bytes, String reason) {
    begin(epochMs, "platform.logsDropped").ascii("{\"droppedBytes\":").number(bytes);
    out.ascii(",\"droppedRecords\":").number(records);
    out.ascii(",\"reason\":\"").ascii(reason).ascii("\"}}").end();
  }

  private LineBuffer begin(long epochMs, String type) {
    return out.begin()
        .ascii("{\"time\":\"")
        .iso(epochMs)
        .ascii("\",\"type\":\"")
        .ascii(type)
        .ascii("\",\"record\":");
  }
}
