package io.ringmaster.engine.injvm;

import io.ringmaster.api.InJvmHandler.ResponseOutput;
import io.ringmaster.sandbox.spi.Invocation;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * A handler's streamed answer: collects a piece, hands it to the dispatcher, and waits while the
 * caller's window is full.
 *
 * <p>Sleep: the handler's thread sets {@code waiting}, looks at {@code credited} again, parks; the
 * dispatcher adds to {@code credited}, looks at {@code waiting}, unparks. Both are volatile: a full
 * fence between store and load on both sides.
 */
final class HandlerOutput extends ResponseOutput {
  private static final int PIECE_BYTES = 8 * 1024;

  private final HandlerSlot slot;

  // Written by the handler's thread.
  private final byte[] piece = new byte[PIECE_BYTES];
  private int length;
  private long handedOver;
  private String contentType;
  private boolean used;
  private volatile boolean waiting;

  // Written by the dispatcher.
  private volatile long credited;

  HandlerOutput(HandlerSlot slot) {
    this.slot = slot;
  }

  /** Before an invocation begins. Dispatcher. */
  void reset() {
    length = 0;
    handedOver = 0;
    contentType = Invocation.OCTET_STREAM;
    used = false;
    credited = 0;
  }

  /** For the handler. */
  HandlerOutput open() {
    used = true;
    return this;
  }

  /** Whether the handler streams its answer. */
  boolean isUsed() {
    return used;
  }

  /** Whether parts were handed over. */
  boolean hasHandedOver() {
    return handedOver > 0;
  }

  String contentType() {
    return contentType;
  }

  @Override
  public void contentType(String value) {
    Objects.requireNonNull(value, "contentType");
    if (handedOver > 0) {
      throw new IllegalStateException("bytes were handed over already");
    }
    contentType = value;
  }

  @Override
  public void write(int b) throws InterruptedIOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int count) throws InterruptedIOException {
    Objects.checkFromIndexSize(offset, count, from.length);
    requireOwnThread();
    int at = offset;
    int end = offset + count;
    while (at < end) {
      int taken = Math.min(PIECE_BYTES - length, end - at);
      System.arraycopy(from, at, piece, length, taken);
      length += taken;
      at += taken;
      if (length == PIECE_BYTES) {
        flush();
      }
    }
  }

  @Override
  public void flush() throws InterruptedIOException {
    requireOwnThread();
    if (length == 0) {
      return;
    }
    while (handedOver - credited >= slot.windowBytes) {
      requireWanted();
      waiting = true;
      if (handedOver - credited >= slot.windowBytes && !slot.thread.isEnding()) {
        LockSupport.park(this);
      }
      waiting = false;
    }
    requireWanted();
    byte[] part = Arrays.copyOf(piece, length);
    handedOver += length;
    length = 0;
    slot.thread.part(new HandlerPart(slot, slot.sequence, contentType, part));
  }

  /** Another thread's bytes could come after the answer's end, into the next one. */
  private void requireOwnThread() {
    if (Thread.currentThread() != slot.thread.thread) {
      throw new IllegalStateException("only the handler's own thread writes its answer");
    }
  }

  private void requireWanted() throws InterruptedIOException {
    if (slot.thread.isEnding() || Thread.interrupted()) {
      throw new InterruptedIOException("nobody waits for this answer any more");
    }
  }

  /** The caller consumed something. Dispatcher. */
  void credit(int bytes) {
    credited += bytes; // the dispatcher is the only writer
    if (waiting) {
      LockSupport.unpark(slot.thread.thread);
    }
  }
}
