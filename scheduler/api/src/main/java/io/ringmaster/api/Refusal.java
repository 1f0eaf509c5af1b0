package io.ringmaster.api;

/**
 * Why a request was refused, in AWS Lambda's words.
 *
 * @param statusCode HTTP status that AWS answers with: 400, 404, 409, 412, 413, 429, 502 for a
 *     runtime that this machine does not have, or 500 for a fault of the platform; 499 for what its
 *     caller cancelled
 * @param code exception name, such as {@code ResourceNotFoundException}
 * @param message AWS's text
 * @param reason for {@code TooManyRequestsException}: AWS's Reason; else null
 */
public record Refusal(int statusCode, String code, String message, String reason) {

  /** No such function, version or alias. */
  public static Refusal notFound(String message) {
    return new Refusal(404, "ResourceNotFoundException", message, null);
  }

  /** A limit on concurrency or rate is used up. */
  public static Refusal throttled(String reason) {
    return new Refusal(429, "TooManyRequestsException", "Rate Exceeded.", reason);
  }

  /** A value that is well formed but not possible. */
  public static Refusal invalid(String message) {
    return new Refusal(400, "InvalidParameterValueException", message, null);
  }

  /** The resource exists, or is in a state that does not allow it. */
  public static Refusal conflict(String message) {
    return new Refusal(409, "ResourceConflictException", message, null);
  }

  /** Its caller gave it up before it ran; nobody else is ever answered so. */
  public static Refusal cancelled() {
    return new Refusal(
        499, "RequestCancelledException", "The request was cancelled by its caller.", null);
  }

  /** What is to be changed has another revision than the caller knows. */
  public static Refusal precondition(String message) {
    return new Refusal(412, "PreconditionFailedException", message, null);
  }

  /**
   * Nothing on this machine serves the function's runtime.
   *
   * @param detail which runtime, and what to do
   */
  public static Refusal runtime(String detail) {
    return new Refusal(
        502,
        "InvalidRuntimeException",
        "The runtime or runtime version specified is not supported. " + detail,
        null);
  }

  /** A fault of the platform. */
  public static Refusal service(String message) {
    return new Refusal(500, "ServiceException", message, null);
  }
}
