package io.ringmaster.core.model;

/**
 * Receives what happens to invocations, for logs and figures. Dispatcher thread only; never blocks.
 */
public interface InvocationRecorder {

  /**
   * How an invocation that was handed to a sandbox ended, in the words of Lambda's platform
   * records.
   */
  enum Outcome {
    SUCCESS,
    /** The function answered with an error document. */
    ERROR,
    /** Init or the process failed, or the sandbox was lost. */
    FAILURE,
    TIMEOUT
  }

  /** It is about to be handed to its sandbox. */
  void started(PendingInvocation invocation, long epochMs);

  /**
   * It settled after it had been handed over; every answer field is set.
   *
   * @return true: the recorder completes it, once its log tail is there; the dispatcher must not
   *     touch it again
   */
  boolean settled(PendingInvocation invocation, Outcome outcome, long epochMs);

  /** Init failed before any invocation was handed over. */
  void initFailed(Sandbox sandbox, String errorType, byte[] error, long initNs, long epochMs);

  /** The sandbox's process will write nothing more. */
  void ended(Sandbox sandbox);

  /** Records nothing. */
  InvocationRecorder NONE =
      new InvocationRecorder() {
        @Override
        public void started(PendingInvocation invocation, long epochMs) {}

        @Override
        public boolean settled(PendingInvocation invocation, Outcome outcome, long epochMs) {
          return false;
        }

        @Override
        public void initFailed(
            Sandbox sandbox, String errorType, byte[] error, long initNs, long epochMs) {}

        @Override
        public void ended(Sandbox sandbox) {}
      };
}
