package io.ringmaster.api;

/** Takes the parts of a streamed answer, in order, each once. */
@FunctionalInterface
public interface ResponseSubscriber {

  /**
   * Takes one part. Must not wait: other functions' callers are told on the same thread. What takes
   * long goes elsewhere, and calls {@link ResponseFlow#consumed} when it is done.
   *
   * <p>Called by one thread at a time, before the terminal answer and never after it. An exception
   * cancels the stream.
   *
   * @param part the taker's own from now on; never empty
   */
  void part(ResponseFlow flow, byte[] part);

  /** See {@link InvocationCallback#nonBlocking}; holds for parts and terminal answer alike. */
  default boolean nonBlocking() {
    return false;
  }
}
