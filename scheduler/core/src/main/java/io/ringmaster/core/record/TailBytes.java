package io.ringmaster.core.record;

import java.util.Arrays;

/** The last bytes of a text, up to a capacity; grows as needed. One thread. */
final class TailBytes {
  private static final int LEAST = 512;

  private final int capacity;
  private byte[] bytes;
  private long written;

  /**
   * @param capacity how many are kept, a power of two ≥ 512
   */
  TailBytes(int capacity) {
    this.capacity = capacity;
    this.bytes = new byte[Math.min(LEAST, capacity)];
  }

  void append(byte[] source, int offset, int length) {
    int from = offset;
    int left = length;
    if (left > capacity) {
      written += left - capacity;
      from += left - capacity;
      left = capacity;
      if (bytes.length < capacity) {
        bytes = new byte[capacity]; // all of the old content is overwritten
      }
    } else {
      reserve(left);
    }
    int at = (int) (written & (bytes.length - 1));
    int first = Math.min(left, bytes.length - at);
    System.arraycopy(source, from, bytes, at, first);
    System.arraycopy(source, from + first, bytes, 0, left - first);
    written += left;
  }

  /** Until it is full the text begins at index 0, so growing is copying. */
  private void reserve(int count) {
    long needed = written + count;
    if (needed > bytes.length && bytes.length < capacity) {
      long size = Math.max(bytes.length * 2L, Long.highestOneBit(needed - 1) << 1);
      bytes = Arrays.copyOf(bytes, (int) Math.min(size, capacity));
    }
  }

  boolean atLineStart() {
    return written == 0 || bytes[(int) ((written - 1) & (bytes.length - 1))] == '\n';
  }

  /** The kept bytes, without a UTF-8 character that was cut at their begin. */
  byte[] tail() {
    return copy(firstWholeCharacter());
  }

  /** The kept bytes from the first whole line on. */
  byte[] lines() {
    long from = start();
    if (from > 0) {
      while (from < written && at(from) != '\n') {
        from++;
      }
      if (from == written) {
        return tail();
      }
      from++;
    }
    return copy(from);
  }

  private long firstWholeCharacter() {
    long from = start();
    int continuations = 0;
    if (from > 0) {
      while (from < written && continuations < 3 && (at(from) & 0xC0) == 0x80) {
        from++;
        continuations++;
      }
    }
    return from;
  }

  private long start() {
    return Math.max(0, written - bytes.length);
  }

  private byte at(long position) {
    return bytes[(int) (position & (bytes.length - 1))];
  }

  private byte[] copy(long from) {
    byte[] copy = new byte[(int) (written - from)];
    int at = (int) (from & (bytes.length - 1));
    int first = Math.min(copy.length, bytes.length - at);
    System.arraycopy(bytes, at, copy, 0, first);
    System.arraycopy(bytes, 0, copy, first, copy.length - first);
    return copy;
  }
}
