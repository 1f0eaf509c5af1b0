package io.ringmaster.api;

/**
 * Trusted function code in the engine's own JVM.
 *
 * <p>Called on an agent thread of its environment. At its time-out the caller is answered, the
 * thread is interrupted, and the slot stays charged until the code returns (counted {@code
 * handlerStuck}). An exception becomes a function error with its class, message and stack trace.
 */
@FunctionalInterface
public interface InJvmHandler {

  /**
   * Handles one event.
   *
   * @param event valid during the call only
   * @param response receives the answer; nothing written: {@code null} in JSON
   */
  void handle(InJvmEvent event, InJvmResponse response) throws Exception;

  /** The event, and what Lambda's context object has. Reused after the call. */
  interface InJvmEvent {
    /**
     * Bytes of the event from {@link #offset()}, {@link #length()} of them; must not be written.
     */
    byte[] bytes();

    /** See {@link #bytes()}. */
    int offset();

    /** See {@link #bytes()}. */
    int length();

    /** The event as text; allocates. */
    String text();

    /** Request id; allocates. */
    String requestId();

    /** ARN as the caller qualified it; allocates. */
    String invokedFunctionArn();

    /** Time left in milliseconds, ≥ 0. */
    long remainingTimeMs();

    /** Writes a line to the function's log. */
    void log(String line);
  }

  /** Takes the answer. */
  interface InJvmResponse {
    /** Appends bytes. */
    void write(byte[] bytes, int offset, int length);

    /** Appends text in UTF-8. */
    void write(String text);

    /** Ends a chunk of the response. */
    void endChunk();

    /**
     * The answer as a stream: what is written goes to the caller when it is flushed or when 8 KiB
     * are there, and cannot be taken back. Not together with the other methods. Valid during the
     * call only.
     */
    ResponseOutput stream();
  }

  /**
   * A streamed answer. Handler's thread only. A write waits while the caller has not consumed the
   * window before; when the invocation is over meanwhile, it throws {@link
   * java.io.InterruptedIOException}.
   */
  abstract class ResponseOutput extends java.io.OutputStream {
    /** For the engine. */
    protected ResponseOutput() {}

    /**
     * Media type of the answer; {@code application/octet-stream} if it is not said.
     *
     * @throws IllegalStateException bytes were handed over already
     */
    public abstract void contentType(String value);
  }
}
