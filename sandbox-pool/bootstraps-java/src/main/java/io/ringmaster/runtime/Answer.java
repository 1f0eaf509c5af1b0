package io.ringmaster.runtime;

import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * The answer to one invocation as it grows, behind the room for its frame's header. What is written
 * after it was sent goes nowhere: each invocation has its own. The thread of the handler, and
 * threads that it lets write.
 */
final class Answer extends OutputStream {
  private static final int FIRST_BYTES = 480;
  private static final int HEAD = Channel.HEADER_BYTES + Channel.FIGURES_BYTES;

  private static final int KEPT_BYTES_MAX = 65_536;

  private byte[] frame;
  private int size = HEAD;
  private boolean sealed;

  Answer() {
    frame = new byte[HEAD + FIRST_BYTES];
  }

  Answer(byte[] body) {
    this();
    write(body, 0, body.length);
  }

  private Answer(Answer before) {
    frame = before.frame;
  }

  /**
   * One in the memory of another that was sent: fresh memory for each costs more than all else that
   * an answer does. Who still has the other cannot reach it, because that one is sealed.
   */
  static Answer after(Answer before) {
    synchronized (before) {
      boolean keeps = before.sealed && before.frame.length <= KEPT_BYTES_MAX;
      return keeps ? new Answer(before) : new Answer();
    }
  }

  @Override
  public synchronized void write(int b) {
    if (sealed) {
      return;
    }
    ensure(1);
    frame[size++] = (byte) b;
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (sealed) {
      return;
    }
    ensure(length);
    System.arraycopy(bytes, offset, frame, size, length);
    size += length;
  }

  private void ensure(int more) {
    if (frame.length - size < more) {
      int needed = Math.addExact(size, more);
      int doubled = (int) Math.min(Integer.MAX_VALUE - 8L, frame.length * 2L);
      frame = Arrays.copyOf(frame, Math.max(needed, doubled));
    }
  }

  /** It is about to be sent: what is written from now on goes nowhere. */
  synchronized void seal() {
    sealed = true;
  }

  synchronized int bodyBytes() {
    return size - HEAD;
  }

  synchronized byte[] frame() {
    return frame;
  }

  synchronized int frameBytes() {
    return size;
  }
}
