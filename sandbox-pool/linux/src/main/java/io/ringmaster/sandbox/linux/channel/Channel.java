package io.ringmaster.sandbox.linux.channel;

import io.ringmaster.sandbox.spi.Invocation;

/**
 * The way to one sandbox process, one invocation at a time: by frames over pipes, or by the Runtime
 * API. Dispatcher only.
 */
public interface Channel {
  /** What one {@link #receive} came to. */
  enum Received {
    /** Nothing that is complete. */
    NOTHING,
    /** The generic process is there and waits to be bound. */
    STARTED,
    /** The handler is loaded; {@link #initNs}. */
    READY,
    /** The handler could not be loaded; {@link #initError}. */
    INIT_ERROR,
    /** Parts of a streamed answer; {@link #chunkBytes}. */
    CHUNK,
    /**
     * The answer is in the invocation's buffer; {@link #functionError}, {@link #logMark}, {@link
     * #maxMemoryKb}.
     */
    ANSWER,
    /** An invocation that was taken back too late to be sure was not begun; {@link #skipped}. */
    SKIPPED,
    /** Nothing will come any more: no process holds the other end. */
    END,
    /** The sandbox broke the protocol; {@link #violation}. Nothing is read any more. */
    VIOLATION
  }

  /** No invocations. */
  long[] NONE = {};

  /** What {@link #initNs} answers where the process does not say. */
  long UNKNOWN = -1;

  /**
   * Hands an invocation over; its answer is expected then. The invocation is read until it is sent,
   * its response buffer is written until the answer is complete. {@link #sending} tells whether
   * {@link #flush} must go on.
   *
   * @throws IllegalArgumentException when the channel cannot carry the invocation; nothing was sent
   */
  void invoke(ChannelBuffers buffers, Invocation offered);

  /** Whether a part is still to be sent, by {@link #flush} when the process takes more. */
  boolean sending();

  /** Sends on, a little at most; answers {@link #sending}. */
  boolean flush(ChannelBuffers buffers);

  /**
   * Whether a long part of a frame is under way by the copier: until {@link InlineChannel#moved}
   * nothing is to be flushed, and nothing is received.
   */
  default boolean moving() {
    return false;
  }

  /** The process has exited: what is under way by the copier ends soon, and nothing follows it. */
  default void exits() {}

  /** Nothing more is wanted: what is under way by the copier is dropped. */
  default void dropMoving() {}

  /** Takes what is there, a little at most, up to the first thing that is complete. */
  Received receive(ChannelBuffers buffers);

  /** The caller consumed so many bytes of the running invocation's chunks. */
  void credit(int bytes);

  /** How many places {@link #invokeBehind} may find while an invocation runs. */
  default int prefetches() {
    return 0;
  }

  /**
   * Hands one more invocation over while one runs; it is expected after the answers of those before
   * it, and then is the one that runs.
   *
   * @return false: there is no place for it, nothing was sent
   */
  default boolean invokeBehind(ChannelBuffers buffers, Invocation offered) {
    return false;
  }

  /** The invocation that is expected to be answered next; null: none. */
  default Invocation running() {
    return null;
  }

  /**
   * Takes an invocation back that was handed over behind another one.
   *
   * @return true: it will not be begun, and nothing is told of it; false: its answer or {@link
   *     Received#SKIPPED} will tell
   */
  default boolean revoke(long sequence) {
    return false;
  }

  /** The sequence of the invocation that {@link Received#SKIPPED} is about. */
  default long skipped() {
    return 0;
  }

  /**
   * Whether the invocation that is to be answered next lay behind another one and was not begun.
   */
  default boolean unbegun() {
    return false;
  }

  /**
   * Asks everything back, because nothing more will be heard.
   *
   * @return sequences of what has begun or may have, of invocations that lay behind another one
   */
  default long[] takeBack() {
    return NONE;
  }

  /** Whether there is an answer that no descriptor tells of. */
  default boolean holdsAnswer() {
    return false;
  }

  /** Nanoseconds that loading the handler took, as the process says; {@link #UNKNOWN}. */
  long initNs();

  /** The init error's document, a copy. */
  byte[] initError();

  /** Whether the answer is an error document. */
  boolean functionError();

  /** Whether the process ends by itself after its answer. */
  default boolean processEnds() {
    return false;
  }

  /** Framed log bytes of the process when it answered, as it says; ≥ 0. */
  long logMark();

  /** Peak resident memory of the process in KiB, as it said last; 0: it never did. */
  int maxMemoryKb();

  /** Bytes that the last {@link #receive} took from a pipe; where there is none, 0. */
  int receivedBytes();

  /** Bytes of streamed parts that the last {@link #receive} brought. */
  int chunkBytes();

  /** What the sandbox did wrong; null: nothing. */
  String violation();
}
