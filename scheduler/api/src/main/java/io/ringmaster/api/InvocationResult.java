package io.ringmaster.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The terminal answer to one invocation.
 *
 * @param requestId UUID
 * @param refusal null, or why it did not run; then the rest is empty
 * @param functionError null, or {@code Unhandled}: the payload is an error document
 * @param errorType the error's type, such as {@code Sandbox.Timedout}; null: no error, or none said
 * @param contentType media type of a streamed answer as the function said it; null: it did not
 * @param payloadChunks the answer; a buffered one is one chunk
 * @param executedVersion {@code $LATEST} or a number; null with a refusal
 * @param logTail the last 4 KiB of the invocation's log, if asked for; else null
 * @param timings where the time went
 * @param billedMs billed duration, init included, in milliseconds, rounded up
 * @param maxMemoryMb peak memory of the environment in MiB; 0: unknown
 * @param coldStart whether it had to wait for an init
 */
public record InvocationResult(
    String requestId,
    Refusal refusal,
    String functionError,
    String errorType,
    String contentType,
    List<byte[]> payloadChunks,
    String executedVersion,
    String logTail,
    Timings timings,
    long billedMs,
    int maxMemoryMb,
    boolean coldStart) {

  /**
   * Durations in nanoseconds, ≥ 0.
   *
   * @param queueNs from acceptance until a place to run was found (without bind and init)
   * @param bindNs binding a sandbox; 0 when warm
   * @param initNs loading the handler; 0 when warm
   * @param invokeNs from the hand-over to the terminal answer
   */
  public record Timings(long queueNs, long bindNs, long initNs, long invokeNs) {}

  /** 200, or the refusal's status. */
  public int statusCode() {
    return refusal == null ? 200 : refusal.statusCode();
  }

  /** Whether the function ran and answered without an error. */
  public boolean succeeded() {
    return refusal == null && functionError == null;
  }

  /** All chunks in one array. */
  public byte[] payload() {
    if (payloadChunks.size() == 1) {
      return payloadChunks.get(0);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    payloadChunks.forEach(all::writeBytes);
    return all.toByteArray();
  }

  /** All chunks as UTF-8 text. */
  public String payloadText() {
    return new String(payload(), StandardCharsets.UTF_8);
  }
}
