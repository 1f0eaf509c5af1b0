package io.ringmaster.core.record;

import io.ringmaster.core.model.InvocationRecorder.InitStatus;
import io.ringmaster.core.model.InvocationRecorder.Outcome;
import java.util.concurrent.TimeUnit;

/**
 * Lambda's platform lines in its text format, as recorded on AWS in 2024 to 2026, each rendered
 * into one {@link LineBuffer}. Allocates nothing for successful invocations. One thread.
 */
final class LogLines {
  private final LineBuffer out;

  LogLines(LineBuffer out) {
    this.out = out;
  }

  void initStart(RuntimeVersion runtime) {
    out.begin().ascii("INIT_START Runtime Version: ").ascii(runtime.version());
    out.ascii("\tRuntime Version ARN: ").ascii(runtime.arn()).end();
  }

  /** Only for an init that failed. */
  void initReport(long initNs, boolean insideInvocation, InitStatus status, String errorType) {
    out.begin().ascii("INIT_REPORT Init Duration: ").hundredths(initNs).ascii(" ms\tPhase: ");
    out.ascii(insideInvocation ? "invoke" : "init");
    if (status == InitStatus.TIMEOUT) {
      out.ascii("\tStatus: timeout");
    } else {
      out.ascii("\tStatus: error\tError Type: ").ascii(ErrorTypes.forLine(errorType));
    }
    out.end();
  }

  void start(long idHigh, long idLow, String version) {
    out.begin().ascii("START RequestId: ").uuid(idHigh, idLow);
    out.ascii(" Version: ").ascii(version).end();
  }

  void end(long idHigh, long idLow) {
    out.begin().ascii("END RequestId: ").uuid(idHigh, idLow).end();
  }

  /** With the line on tracing, if the invocation is traced. */
  void report(LogEntry entry, int memoryMb) {
    out.begin().ascii("REPORT RequestId: ").uuid(entry.requestIdHigh, entry.requestIdLow);
    out.ascii("\tDuration: ").hundredths(entry.durationNs);
    out.ascii(" ms\tBilled Duration: ").number(entry.billedMs);
    out.ascii(" ms\tMemory Size: ").number(memoryMb);
    out.ascii(" MB\tMax Memory Used: ").number(megabytes(entry.maxMemoryKb)).ascii(" MB\t");
    if (entry.initNs >= 0) {
      out.ascii("Init Duration: ").hundredths(entry.initNs).ascii(" ms\t");
    }
    if (entry.outcome == Outcome.TIMEOUT) {
      out.ascii("Status: timeout");
    } else if (entry.outcome == Outcome.FAILURE) {
      out.ascii("Status: error\tError Type: ").ascii(ErrorTypes.forLine(entry.errorType));
    }
    if (entry.trace != null) {
      out.ascii("\nXRAY TraceId: ").ascii(entry.trace.root());
      out.ascii("\tSegmentId: ").ascii(entry.trace.parent()).ascii("\tSampled: true\t");
    }
    out.end();
  }

  /** The line on the time-out, and an empty one. */
  void timedOut(LogEntry entry, long timeoutNs) {
    out.begin().iso(entry.epochMs).ascii(" ").uuid(entry.requestIdHigh, entry.requestIdLow);
    out.ascii(" Task timed out after ");
    out.hundredths(TimeUnit.NANOSECONDS.toMillis(timeoutNs) * 1000).ascii(" seconds\n").end();
  }

  /**
   * Such as {@code RequestId: … Error: Runtime exited with error: exit status 1}, and the type in a
   * line of its own.
   */
  void failed(LogEntry entry) {
    out.begin().utf8(entry.errorMessage).ascii("\n");
    out.ascii(ErrorTypes.forLine(entry.errorType)).end();
  }

  /** What the store could not take. */
  void dropped(long records, long bytes, String reason) {
    out.begin().ascii("LOGS_DROPPED Dropped Records: ").number(records);
    out.ascii("\tDropped Bytes: ").number(bytes).ascii("\tReason: ").ascii(reason).end();
  }

  static long megabytes(int kilobytes) {
    return (kilobytes + 1023L) / 1024;
  }
}
