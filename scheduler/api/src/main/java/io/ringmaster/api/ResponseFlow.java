package io.ringmaster.api;

/**
 * One streamed answer on its way: what the taker of its parts knows of it, and how it says that it
 * took them. Any thread.
 */
public interface ResponseFlow {

  /**
   * Media type that the function gave its answer: {@code
   * application/vnd.awslambda.http-integration-response} (a JSON prelude, eight zero bytes, the
   * body) or another one; null: none was said, as in an answer that is not streamed.
   */
  String contentType();

  /** Request id; allocates. */
  String requestId();

  /** {@code $LATEST} or a number. */
  String executedVersion();

  /**
   * So many bytes of the parts are done with: their room is given back to the function. When the
   * window ({@link EngineConfig#streamWindowBytes()}) is full of bytes that were not, the function
   * waits with its next write, and nobody else does; its time runs on.
   *
   * @param bytes 0 or more; what exceeds the bytes that were handed over is ignored
   */
  void consumed(int bytes);

  /**
   * No part is wanted any more. The function runs on to its end, unhindered, its further parts are
   * dropped, and its terminal answer comes as ever.
   */
  void cancel();
}
