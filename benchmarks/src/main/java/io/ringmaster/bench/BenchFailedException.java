package io.ringmaster.bench;

/** A benchmark broke off: the machine or the product failed. The cause says how. */
public final class BenchFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BenchFailedException(String what, Throwable cause) {
    super(what + ": " + cause, cause);
  }
}
