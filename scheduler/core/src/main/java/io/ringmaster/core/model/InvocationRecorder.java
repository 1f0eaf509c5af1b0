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

  /** How init ended. */
  enum InitStatus {
    SUCCESS,
    /** The runtime told of an error, or the process ended. */
    ERROR,
    TIMEOUT
  }

  /**
   * The handler begins to load: for the first time in this environment, or, where the sandbox
   * restarts, again inside an invocation.
   */
  void initStarted(Sandbox sandbox, long epochMs);

  /**
   * Init that was told to have started is over. Told before the sandbox's state changes.
   *
   * @param errorType null: not an error, or {@code error} names it
   * @param error the error document as the runtime wrote it; or null
   * @param initNs how long it took
   */
  void initEnded(
      Sandbox sandbox,
      InitStatus status,
      String errorType,
      byte[] error,
      long initNs,
      long epochMs);

  /**
   * It is about to be handed to its sandbox; or it never will be, since it is the one that is
   * answered with the failure of an init.
   */
  void started(PendingInvocation invocation, long epochMs);

  /**
   * It settled after {@link #started}; every answer field is set.
   *
   * @return true: the recorder completes it, once its log tail is there; the dispatcher must not
   *     touch it again
   */
  boolean settled(PendingInvocation invocation, Outcome outcome, long epochMs);

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
        public void initStarted(Sandbox sandbox, long epochMs) {}

        @Override
        public void initEnded(
            Sandbox sandbox,
            InitStatus status,
            String errorType,
            byte[] error,
            long initNs,
            long epochMs) {}

        @Override
        public void ended(Sandbox sandbox) {}
      };
}
