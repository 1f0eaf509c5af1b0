package io.ringmaster.lambdahttp;

import io.ringmaster.api.Refusal;

/** A request is refused before the engine sees it. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  Refused(int status, String code, String message) {
    this(new Refusal(status, code, message, null));
  }

  Refused(Refusal refusal) {
    super(refusal.message(), null, false, false);
    this.refusal = refusal;
  }

  Refusal refusal() {
    return refusal;
  }

  /** The body cannot be read as the members that it should be. */
  static Refused serialization(String message) {
    return new Refused(400, "SerializationException", message);
  }

  /** Shape constraints do not hold; the whole text. */
  static Refused validation(String message) {
    return new Refused(400, "ValidationException", message);
  }

  /** Well formed, and not possible. */
  static Refused invalid(String message) {
    return new Refused(Refusal.invalid(message));
  }
}
