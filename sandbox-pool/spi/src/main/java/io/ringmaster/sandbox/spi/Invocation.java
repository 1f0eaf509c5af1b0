package io.ringmaster.sandbox.spi;

/**
 * One invocation as a driver sees it, from {@link SandboxDriver#offer} to its terminal event.
 * Dispatcher thread only. The object is reused for other invocations afterwards: a driver that
 * keeps it longer reads another one's data.
 */
public interface Invocation {
  /**
   * Media type of a streamed answer that begins with a JSON prelude and eight zero bytes: the
   * status, headers and cookies for an HTTP front end.
   */
  String HTTP_INTEGRATION_RESPONSE = "application/vnd.awslambda.http-integration-response";

  /** Media type of any other streamed answer. */
  String OCTET_STREAM = "application/octet-stream";

  /**
   * Number of this offer, unique per engine run; answers with another number are late or forged.
   */
  long sequence();

  /** Upper half of the request id (a UUID). */
  long requestIdHigh();

  /** Lower half of the request id. */
  long requestIdLow();

  /** When the function's time is up, in milliseconds since the Unix epoch. */
  long deadlineEpochMs();

  /** The event; must not be written. */
  byte[] payload();

  /** Where the event begins in {@link #payload()}. */
  int payloadOffset();

  /** The event's length in bytes, 0 to 6,291,556. */
  int payloadLength();

  /** ARN as the caller qualified it, in UTF-8; must not be written. */
  byte[] invokedFunctionArn();

  /** X-Ray trace header, or null. */
  default String traceHeader() {
    return null;
  }

  /** Client context, decoded JSON, or null. */
  default String clientContext() {
    return null;
  }

  /** Cognito identity as JSON, or null. */
  default String cognitoIdentity() {
    return null;
  }

  /** Tenant id, or null. */
  default String tenantId() {
    return null;
  }

  /** Whether its caller wants the end of its log with the answer. */
  default boolean logTailWanted() {
    return false;
  }

  /** Where the driver appends the answer. */
  ResponseBuffer responseBuffer();

  /**
   * How many bytes of chunks may have been told and not been credited: while there are so many or
   * more, the driver takes nothing more of this invocation's answer from its sandbox. {@link
   * Integer#MAX_VALUE}: the caller takes the answer whole, and nothing is ever credited.
   */
  default int windowBytes() {
    return Integer.MAX_VALUE;
  }
}
