package io.ringmaster.cli.client;

/** The server refused, in AWS's words; or it is not there. */
public final class LambdaApiException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int statusCode;
  private final String code;
  private final String requestId;

  /**
   * Nobody answered, or not what was hoped for.
   *
   * @param statusCode 0, or the answer's HTTP status
   */
  public LambdaApiException(int statusCode, String code, String message) {
    this(statusCode, code, message, null);
  }

  /**
   * With what the server said.
   *
   * @param statusCode HTTP status; 0: there was no answer, or not the one that was hoped for
   * @param requestId the answer's; null: it had none
   */
  public LambdaApiException(int statusCode, String code, String message, String requestId) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.requestId = requestId;
  }

  /** Id of the request that was refused; null: there was no answer, or it named none. */
  public String requestId() {
    return requestId;
  }

  /** HTTP status; 0: there was no answer. */
  public int statusCode() {
    return statusCode;
  }

  /** Such as {@code ResourceNotFoundException}. */
  public String code() {
    return code;
  }

  /** As people read it. */
  public String line() {
    return statusCode == 0 ? getMessage() : code + " (" + statusCode + "): " + getMessage();
  }
}
