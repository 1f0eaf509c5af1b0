package io.ringmaster.core.settle;

import io.ringmaster.core.model.PendingInvocation;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Error documents that the platform writes for the function, as AWS answers them (recorded 2025-11
 * to 2026-01).
 *
 * @param type {@code errorType}
 * @param message {@code errorMessage}
 */
public record ErrorDocument(String type, String message) {
  /** Type of a process that ended before it answered. */
  public static final String EXIT = "Runtime.ExitError";

  /** Type of a sandbox that failed otherwise. */
  public static final String FAILURE = "Sandbox.Failure";

  /** The function's time is up. */
  public static ErrorDocument timedOut(PendingInvocation invocation, long timeoutNs) {
    return of(
        invocation,
        "Sandbox.Timedout",
        String.format(
            Locale.ROOT,
            "Task timed out after %.2f seconds",
            timeoutNs / (double) TimeUnit.SECONDS.toNanos(1)));
  }

  /** The process ended before it answered. */
  public static ErrorDocument exited(PendingInvocation invocation, int status) {
    return of(invocation, EXIT, WaitStatus.text(status));
  }

  /** The function's runtime could not be started. */
  public static ErrorDocument notStarted(PendingInvocation invocation, String type, String text) {
    return of(invocation, type, text);
  }

  /** The sandbox broke its protocol or otherwise failed by the function's fault. */
  public static ErrorDocument sandboxFailure(PendingInvocation invocation) {
    return of(invocation, FAILURE, "Sandbox failed");
  }

  /** A streamed answer was longer than it may be. */
  public static ErrorDocument responseTooLarge(long bytesMax) {
    return new ErrorDocument(
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (" + bytesMax + " bytes).");
  }

  private static ErrorDocument of(PendingInvocation invocation, String type, String text) {
    return new ErrorDocument(type, "RequestId: " + invocation.requestId() + " Error: " + text);
  }

  /** As JSON. The texts contain nothing that needs escaping. */
  public byte[] json() {
    return ("{\"errorType\":\"" + type + "\",\"errorMessage\":\"" + message + "\"}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
