package io.ringmaster.sandbox.runtimeapi;

import io.netty.buffer.ByteBuf;
import io.ringmaster.sandbox.spi.ResponseBuffer;

/**
 * Carries the bytes of one answer from the event loop to the dispatcher. One writer, one reader; no
 * lock. What it holds is bounded by its writer, which stops at a limit.
 */
final class AnswerPipe {
  private static final int FIRST_BYTES = 4 * 1024;
  private static final int SEGMENT_BYTES = 64 * 1024;

  private static final class Segment {
    final byte[] bytes;

    /** Written before {@code published} covers its bytes. */
    Segment next;

    Segment(int size) {
      bytes = new byte[size];
    }
  }

  private final Segment first = new Segment(FIRST_BYTES);

  // Written by the event loop.
  private Segment tail = first;
  private int tailAt;
  private long appended;

  /** Bytes that the reader may take, since the last reset. */
  private volatile long published;

  // Written by the dispatcher.
  private Segment head = first;
  private int headAt;
  private long drained;

  /** Empties it for the next answer. Dispatcher, while the event loop has no answer in hand. */
  void reset() {
    first.next = null;
    tail = first;
    tailAt = 0;
    appended = 0;
    published = 0;
    head = first;
    headAt = 0;
    drained = 0;
  }

  /** Takes {@code count} bytes off {@code from}. Event loop. */
  void append(ByteBuf from, int count) {
    int left = count;
    while (left > 0) {
      if (tailAt == tail.bytes.length) {
        Segment next = new Segment(SEGMENT_BYTES);
        tail.next = next;
        tail = next;
        tailAt = 0;
      }
      int now = Math.min(left, tail.bytes.length - tailAt);
      from.readBytes(tail.bytes, tailAt, now);
      tailAt += now;
      left -= now;
    }
    appended += count;
  }

  /** Bytes so far. Event loop. */
  long appended() {
    return appended;
  }

  /** Lets the reader have what was appended. Event loop. */
  void publish() {
    published = appended;
  }

  /** Appends what was published to the answer; the number of bytes. Dispatcher. */
  int drainTo(ResponseBuffer answer) {
    int count = (int) (published - drained);
    if (count == 0) {
      return 0;
    }
    answer.reserve(count);
    int left = count;
    while (left > 0) {
      if (headAt == head.bytes.length) {
        Segment done = head;
        head = head.next;
        done.next = null; // a long stream is not kept by its first segment
        headAt = 0;
      }
      int now = Math.min(left, head.bytes.length - headAt);
      answer.append(head.bytes, headAt, now);
      headAt += now;
      left -= now;
    }
    drained += count;
    return count;
  }
}
