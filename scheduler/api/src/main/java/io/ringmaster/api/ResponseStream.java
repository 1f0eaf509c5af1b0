package io.ringmaster.api;

import java.io.IOException;
import java.io.InputStream;

/**
 * A streamed answer to read, as fast or slowly as one likes: a reader that does not read holds back
 * the function that it reads from and nobody else. One thread at a time; not from a callback of the
 * engine's.
 *
 * <p>Where the answer was broken off or refused, reading throws an {@link IOException} after the
 * last byte that came, so that nobody takes a part for the whole; {@link #result()} says what
 * happened. An interrupt of a waiting reader throws {@link java.io.InterruptedIOException}.
 */
public abstract class ResponseStream extends InputStream {

  /** For the engine. */
  protected ResponseStream() {}

  /**
   * See {@link ResponseFlow#contentType()}; waits for the first byte or the end.
   *
   * @throws IOException interrupted
   */
  public abstract String contentType() throws IOException;

  /**
   * The terminal answer: its payload is empty, or the error document. Waits for it; what was not
   * read by then is dropped.
   *
   * @throws IOException interrupted
   */
  public abstract InvocationResult result() throws IOException;

  /** Cancels what is left. The invocation goes on to its end. */
  @Override
  public abstract void close();
}
