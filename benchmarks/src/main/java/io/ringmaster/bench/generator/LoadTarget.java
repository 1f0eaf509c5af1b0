package io.ringmaster.bench.generator;

import java.io.IOException;

/**
 * Whom the load is for. A slot is used by one thread at a time, which may be another one each time.
 */
public interface LoadTarget extends AutoCloseable {

  /** Gets answers; called once for each submit, on any thread, also from within the submit. */
  @FunctionalInterface
  interface Answers {
    /**
     * An invocation has its answer.
     *
     * @param slot whose it was
     * @param error null: it went well
     */
    void answered(int slot, String error);
  }

  /** Invocations that may be under way at once, at least 1. */
  int slots();

  /** To be called once, before the first submit. */
  void open(Answers answers);

  /**
   * Submits an invocation; what goes wrong is an answer.
   *
   * @param slot 0 to {@link #slots} − 1, with nothing under way
   */
  void submit(int slot);

  /** Ends it; what is under way may stay without an answer. */
  @Override
  void close() throws IOException;
}
