package io.ringmaster.cli.client;

/** The server refused, in AWS's words; or it is not there. */
public final class LambdaApiException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int statusCode;
  private final String code;

  /**
   * With what the server said.
   *
   * @param statusCode HTTP status; 0: there was no answer, or not the one that was hoped for
   */
  public LambdaApiException(int statusCode, String code, String message) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
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
