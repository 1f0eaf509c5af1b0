package io.ringmaster.api;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;

/**
 * One request to invoke a function.
 *
 * @param function name, {@code name:qualifier}, partial ARN or ARN
 * @param qualifier version or alias; null: the one in {@code function}, else {@code $LATEST}
 * @param payload the event, at most 6,291,456 bytes; must not be changed until the answer is there
 * @param clientContext decoded JSON; may be null
 * @param traceHeader X-Ray trace header; may be null
 * @param logTail whether the answer is to have the last 4 KiB of the log
 * @param owner whose function; null: the engine's own account and region
 * @param requestId the invocation's id, see {@link Call#requestId(UUID)}; null: the engine makes
 *     one
 */
public record InvokeRequest(
    String function,
    String qualifier,
    byte[] payload,
    String clientContext,
    String traceHeader,
    boolean logTail,
    Owner owner,
    UUID requestId) {

  /** Validates. */
  public InvokeRequest {
    Objects.requireNonNull(function, "function");
    Objects.requireNonNull(payload, "payload");
  }

  /** A request with a JSON event. */
  public static InvokeRequest of(String function, String payload) {
    return of(function, payload.getBytes(StandardCharsets.UTF_8));
  }

  /** A request with an event. */
  public static InvokeRequest of(String function, byte[] payload) {
    return new InvokeRequest(function, null, payload, null, null, false, null, null);
  }

  /** The same, for a version or alias. */
  public InvokeRequest withQualifier(String value) {
    return new InvokeRequest(
        function, value, payload, clientContext, traceHeader, logTail, owner, requestId);
  }

  /** The same, with a client context. */
  public InvokeRequest withClientContext(String value) {
    return new InvokeRequest(
        function, qualifier, payload, value, traceHeader, logTail, owner, requestId);
  }

  /** The same, with a trace header. */
  public InvokeRequest withTraceHeader(String value) {
    return new InvokeRequest(
        function, qualifier, payload, clientContext, value, logTail, owner, requestId);
  }

  /** The same, asking for the log tail. */
  public InvokeRequest withLogTail() {
    return new InvokeRequest(
        function, qualifier, payload, clientContext, traceHeader, true, owner, requestId);
  }

  /** The same, of an owner's function. */
  public InvokeRequest withOwner(Owner value) {
    return new InvokeRequest(
        function, qualifier, payload, clientContext, traceHeader, logTail, value, requestId);
  }

  /** The same, with an id. */
  public InvokeRequest withRequestId(UUID value) {
    return new InvokeRequest(
        function, qualifier, payload, clientContext, traceHeader, logTail, owner, value);
  }
}
