package io.ringmaster.sandbox.linux;

import java.util.Arrays;

/**
 * Finds records and raw output in what one process wrote to its log pipe, wherever reads cut it.
 * Tolerant: what is no record is raw output; bounded: it keeps at most one record. Log agent only.
 */
final class LogRecords {
  static final int HEADER_BYTES = 16;

  /** No piece was found. */
  static final int NONE = -1;

  static final int TEXT_BYTES_MAX = 65_536;

  /** With a last byte whose bit 1 says text, and whose bits 2 to 4 tell a level. */
  private static final int MAGIC = 0xA55A0000;

  private static final int TEXT_BIT = 2;
  private static final int LEVEL_SHIFT = 2;
  private static final int LEVEL_MAX = 6;
  private static final byte MAGIC_FIRST = (byte) 0xA5;

  // A record, or what may become one, whose beginning came with an earlier read.
  private byte[] kept = new byte[64];
  private int keptLength;

  private final byte[] noHeader = new byte[HEADER_BYTES];
  private long mark;
  private long rawBytes;
  private boolean raw;

  // The piece that was found last.
  private byte[] piece;
  private int pieceOffset;
  private int pieceLength = NONE;
  private int pieceLevel;

  byte[] piece() {
    return piece;
  }

  int pieceOffset() {
    return pieceOffset;
  }

  int pieceLength() {
    return pieceLength;
  }

  /** What the header of a record tells, 1 (TRACE) to 6 (FATAL); 0: nothing, or no record. */
  int pieceLevel() {
    return pieceLevel;
  }

  /** Bytes of whole records so far, headers included. */
  long mark() {
    return mark;
  }

  /** Bytes of the process up to the end of the last piece. */
  long position() {
    return mark + rawBytes;
  }

  /** Whether the last piece is raw output. */
  boolean isRaw() {
    return raw;
  }

  /**
   * Looks for the next piece in {@code bytes[at, end)}; what it was is in the accessors, of length
   * {@link #NONE} when nothing is whole yet.
   *
   * @return where to go on; {@code end}: all is used
   */
  int next(byte[] bytes, int at, int end) {
    pieceLength = NONE;
    long before = mark;
    int next = keptLength > 0 ? completeKept(bytes, at, end) : fresh(bytes, at, end);
    count(before);
    return next;
  }

  private void count(long markBefore) {
    raw = pieceLength > 0 && mark == markBefore;
    if (raw) {
      rawBytes += pieceLength;
    }
  }

  /** The process ended: what was kept of a record that never came whole is raw output. */
  void end() {
    found(kept, 0, keptLength > 0 ? keptLength : NONE);
    keptLength = 0;
    count(mark);
  }

  private int fresh(byte[] bytes, int at, int end) {
    int start = magic(bytes, at, end);
    if (start > at) {
      found(bytes, at, start - at); // raw, up to what may be a record
      return start;
    }
    if (end - at < HEADER_BYTES) {
      keep(bytes, at, end - at);
      return end;
    }
    int length = textLength(bytes, at);
    if (length < 0 || length > TEXT_BYTES_MAX) {
      // No record: at least its first byte is raw.
      int nextStart = magic(bytes, at + 1, end);
      found(bytes, at, nextStart - at);
      return nextStart;
    }
    if (end - at < HEADER_BYTES + length) {
      keep(bytes, at, end - at);
      return end;
    }
    found(bytes, at + HEADER_BYTES, length);
    pieceLevel = bytes[at + 3] >> LEVEL_SHIFT;
    mark += HEADER_BYTES + length;
    return at + HEADER_BYTES + length;
  }

  private int completeKept(byte[] bytes, int at, int end) {
    int use = at;
    while (keptLength < HEADER_BYTES && use < end) {
      keep(bytes, use, 1);
      if (magic(kept, 0, keptLength) != 0) {
        found(kept, 0, keptLength - 1); // it was none; but this last byte may begin one
        keptLength = 0;
        return use;
      }
      use++;
    }
    if (keptLength < HEADER_BYTES) {
      return use;
    }
    int length = textLength(kept, 0);
    if (length < 0 || length > TEXT_BYTES_MAX) {
      noHeader();
      return use;
    }
    int count = Math.min(HEADER_BYTES + length - keptLength, end - use);
    keep(bytes, use, count);
    use += count;
    if (keptLength == HEADER_BYTES + length) {
      found(kept, HEADER_BYTES, length);
      pieceLevel = kept[3] >> LEVEL_SHIFT;
      mark += keptLength;
      keptLength = 0;
    }
    return use;
  }

  /** What was kept is raw output up to where the next record may begin. */
  private void noHeader() {
    System.arraycopy(kept, 0, noHeader, 0, HEADER_BYTES);
    int rest = magic(noHeader, 1, HEADER_BYTES);
    found(noHeader, 0, rest);
    keptLength = 0;
    keep(noHeader, rest, HEADER_BYTES - rest);
  }

  /**
   * Where a record may begin: at the magic number, or at a part of it that the end cuts off; {@code
   * end}: nowhere.
   */
  private static int magic(byte[] bytes, int at, int end) {
    for (int i = at; i < end; i++) {
      if (bytes[i] == MAGIC_FIRST && magicAt(bytes, i, end)) {
        return i;
      }
    }
    return end;
  }

  private static boolean magicAt(byte[] bytes, int at, int end) {
    for (int i = 0; i < 3 && at + i < end; i++) {
      if (bytes[at + i] != (byte) (MAGIC >>> 24 - 8 * i)) {
        return false;
      }
    }
    return at + 3 >= end || isText(bytes[at + 3]);
  }

  private static boolean isText(byte type) {
    return (type & TEXT_BIT) != 0 && type >= 0 && type >> LEVEL_SHIFT <= LEVEL_MAX;
  }

  private static int textLength(byte[] bytes, int at) {
    return (bytes[at + 4] & 0xff)
        | (bytes[at + 5] & 0xff) << 8
        | (bytes[at + 6] & 0xff) << 16
        | bytes[at + 7] << 24;
  }

  private void keep(byte[] bytes, int at, int count) {
    if (keptLength + count > kept.length) {
      kept =
          Arrays.copyOf(
              kept,
              Math.min(
                  HEADER_BYTES + TEXT_BYTES_MAX, Math.max(keptLength + count, 2 * kept.length)));
    }
    System.arraycopy(bytes, at, kept, keptLength, count);
    keptLength += count;
  }

  private void found(byte[] bytes, int offset, int length) {
    piece = bytes;
    pieceOffset = offset;
    pieceLength = length;
    pieceLevel = 0;
  }
}
