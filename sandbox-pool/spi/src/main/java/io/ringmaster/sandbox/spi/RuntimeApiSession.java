package io.ringmaster.sandbox.spi;

/**
 * The Runtime API of one sandbox process: what the engine does with it. Dispatcher thread only, but
 * for {@link #address} and {@link #close}, which any thread may call. Allocates nothing on the
 * dispatcher's thread when warm.
 *
 * <p>What the process does wrong is answered to the process as AWS answers it (400, 403, 413); the
 * engine hears only what settles an invocation or ends init.
 */
public interface RuntimeApiSession extends AutoCloseable {

  /** Value of {@code AWS_LAMBDA_RUNTIME_API}: {@code 127.0.0.1:port}. */
  String address();

  /**
   * Hands an invocation to the runtime's next poll. Copies what it needs of it before it returns,
   * but appends to its {@link Invocation#responseBuffer()} in {@link #poll} until its answer.
   *
   * @param index which of the slots, 0 to slots − 1; free
   */
  void invoke(int index, Invocation invocation);

  /**
   * Whether a poll of the runtime took the slot's last invocation: what was not taken when the
   * process ended has not begun.
   */
  boolean taken(int index);

  /** The caller consumed this many bytes of streamed chunks. */
  void credit(int index, int bytes);

  /**
   * Delivers what arrived since the last call.
   *
   * @param limit the most events to deliver; at least 1
   * @return the number of events delivered
   */
  int poll(Events sink, int limit);

  /**
   * The process has ended: what it sent before is still read, to its end, and told by {@link
   * #poll}. When that is done {@link #finished} holds, and {@code arrived} is called once more; it
   * takes a second at most. A request that did not come whole until then never will.
   */
  void finish();

  /**
   * Whether everything that the ended process had sent was read; to be asked before the last {@link
   * #poll}.
   */
  boolean finished();

  /** Closes the listener and every connection; no event follows. */
  @Override
  void close();

  /** What a runtime's calls come to. */
  interface Events {
    /** The runtime asked for its first invocation: init is over. */
    void ready();

    /**
     * The runtime reported that its init failed.
     *
     * @param document the error document as the runtime wrote it; the callee may keep it
     */
    void initError(byte[] document);

    /** More of a streamed answer is in the response buffer; see {@link DriverEvents#chunk}. */
    void chunk(int index, long sequence, int bytes);

    /**
     * The terminal answer; its body is in the invocation's response buffer. Where the runtime broke
     * off, or answered with too much, the body is the error document that Lambda's callers get.
     *
     * @param functionError the body is an error document
     */
    void answer(int index, long sequence, boolean functionError);
  }
}
