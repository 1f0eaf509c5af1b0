package io.ringmaster.runtime;

/** What runs for each invocation. Main thread. */
@FunctionalInterface
interface Handler {
  /**
   * Calls the function.
   *
   * @param frame holds the event from {@code start} to {@code end}; valid during the call only
   * @param answer to be filled
   * @throws Throwable what the function threw, or what cannot be converted
   */
  void handle(byte[] frame, int start, int end, InvocationContext context, Answer answer)
      throws Throwable;
}
