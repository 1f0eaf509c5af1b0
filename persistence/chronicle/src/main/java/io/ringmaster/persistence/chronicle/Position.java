package io.ringmaster.persistence.chronicle;

/** Where a record lies: the number of its cycle and the offset of its first byte in the file. */
final class Position {
  private static final int OFFSET_BITS = 36;

  static final int CYCLE_MAX = 1 << Long.SIZE - 1 - OFFSET_BITS;

  private Position() {}

  static long of(int cycle, long offset) {
    return (long) cycle << OFFSET_BITS | offset;
  }

  static int cycle(long position) {
    return (int) (position >>> OFFSET_BITS);
  }

  static long offset(long position) {
    return position & (1L << OFFSET_BITS) - 1;
  }
}
