package io.ringmaster.core.record;

import java.util.Arrays;

/**
 * Leaves out application lines below a function's level, in the JSON format only. As on AWS the
 * level of a record is what its header tells; else that of a line is what its {@code level} says,
 * if it is a JSON object with a valid {@code timestamp}; else INFO. Bounded: what is longer than 64
 * KiB without an end is judged in parts. Log agent only.
 */
final class LineFilter {
  private static final int LINE_BYTES_MAX = 64 * 1024;

  /** Takes what passes. */
  @FunctionalInterface
  interface Passed {
    void line(byte[] bytes, int offset, int length);
  }

  private final LineLevel least;
  private byte[] kept = new byte[256];
  private int keptLength;

  private LineFilter(LineLevel least) {
    this.least = least;
  }

  /** The filter of a function's configured level; null: everything passes. */
  static LineFilter of(String configured) {
    LineLevel least = configured.isEmpty() ? LineLevel.INFO : LineLevel.valueOf(configured);
    return least == LineLevel.TRACE ? null : new LineFilter(least);
  }

  /**
   * Whether a whole record passes.
   *
   * @param told the level that its header tells; 0: what it says itself counts
   */
  boolean lets(int told, byte[] bytes, int offset, int length) {
    LineLevel level = LineLevel.told(told);
    return (level != null ? level : LineLevel.of(bytes, offset, length)).compareTo(least) >= 0;
  }

  /** More raw output; whole lines are judged, the rest is kept. */
  void raw(byte[] bytes, int offset, int length, Passed passed) {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int newline = at;
      while (newline < end && bytes[newline] != '\n') {
        newline++;
      }
      int lineEnd = Math.min(newline + 1, end);
      int count = Math.min(lineEnd - at, LINE_BYTES_MAX - keptLength);
      boolean whole = newline < end && at + count == lineEnd;
      if (keptLength == 0 && whole) {
        judge(bytes, at, count, passed);
      } else {
        keep(bytes, at, count);
        if (whole || keptLength == LINE_BYTES_MAX) {
          flush(passed);
        }
      }
      at += count;
    }
  }

  /** Judges what is kept of a line as if it ended here. */
  void flush(Passed passed) {
    if (keptLength > 0) {
      int length = keptLength;
      keptLength = 0;
      judge(kept, 0, length, passed);
    }
  }

  private void judge(byte[] bytes, int offset, int length, Passed passed) {
    if (lets(0, bytes, offset, length)) {
      passed.line(bytes, offset, length);
    }
  }

  private void keep(byte[] bytes, int offset, int count) {
    if (keptLength + count > kept.length) {
      kept = Arrays.copyOf(kept, Math.max(keptLength + count, 2 * kept.length));
    }
    System.arraycopy(bytes, offset, kept, keptLength, count);
    keptLength += count;
  }
}
