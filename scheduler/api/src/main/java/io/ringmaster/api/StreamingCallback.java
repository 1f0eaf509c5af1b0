package io.ringmaster.api;

/**
 * Told of the parts of a streamed answer as they come, and then, once, of the terminal answer. See
 * {@link Call#submitStreaming}.
 */
public interface StreamingCallback extends InvocationCallback, ResponseSubscriber {

  @Override
  default boolean nonBlocking() {
    return false;
  }
}
