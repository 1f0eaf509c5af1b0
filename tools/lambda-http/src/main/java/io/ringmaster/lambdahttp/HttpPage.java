package io.ringmaster.lambdahttp;

import java.util.Objects;
import java.util.function.Function;

/**
 * What a page of the server's own answers.
 *
 * @param status HTTP status, 200 to 599
 * @param contentType media type
 * @param body must not be changed afterwards; empty where it comes in parts
 * @param parts opens what the body comes from, given whom to tell that there is more; null: the
 *     body is whole
 */
public record HttpPage(
    int status, String contentType, byte[] body, Function<Runnable, PageParts> parts) {
  /** Validates. */
  public HttpPage {
    Objects.requireNonNull(contentType, "contentType");
    Objects.requireNonNull(body, "body");
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status is " + status + "; it must be 200 to 599");
    }
  }

  /** With a whole body. */
  public HttpPage(int status, String contentType, byte[] body) {
    this(status, contentType, body, null);
  }

  /**
   * Of lines that come as they are made; an empty one comes first, and now and then while there are
   * none.
   *
   * @param parts opens what they come from, given whom to tell that there is more
   */
  public static HttpPage lines(String contentType, Function<Runnable, PageParts> parts) {
    return new HttpPage(200, contentType, new byte[0], Objects.requireNonNull(parts, "parts"));
  }
}
