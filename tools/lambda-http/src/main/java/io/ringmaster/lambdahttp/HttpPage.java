package io.ringmaster.lambdahttp;

import java.util.Objects;

/**
 * What a page of the server's own answers.
 *
 * @param status HTTP status, 200 to 599
 * @param contentType media type
 * @param body must not be changed afterwards
 */
public record HttpPage(int status, String contentType, byte[] body) {
  /** Validates. */
  public HttpPage {
    Objects.requireNonNull(contentType, "contentType");
    Objects.requireNonNull(body, "body");
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status is " + status + "; it must be 200 to 599");
    }
  }
}
