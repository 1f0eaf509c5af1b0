package io.ringmaster.api;

/** A management call was refused; {@link #refusal()} says why in AWS Lambda's words. */
public final class LambdaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  /** For the engine. */
  public LambdaException(Refusal refusal) {
    super(refusal.code() + ": " + refusal.message());
    this.refusal = refusal;
  }

  /** Status, code, text. */
  public Refusal refusal() {
    return refusal;
  }
}
