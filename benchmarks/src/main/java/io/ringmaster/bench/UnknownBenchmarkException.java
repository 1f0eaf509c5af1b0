package io.ringmaster.bench;

/** Wrong usage: no benchmark has this id or begins with it. The message lists those that are. */
public final class UnknownBenchmarkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnknownBenchmarkException(String id) {
    super("no benchmark " + id + "; there are: " + String.join(", ", Suite.ids()));
  }
}
