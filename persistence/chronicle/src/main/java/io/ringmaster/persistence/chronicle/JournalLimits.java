package io.ringmaster.persistence.chronicle;

/**
 * Sizes of a journal.
 *
 * @param eventsMax most events that are owed or dead, 1 to {@link OwedTable#PLACES_MAX} less those
 *     under way
 * @param bodyBytesMax most bytes of all their bodies and reasons
 * @param cycleBytes size from which on a cycle ends, counted from where its checkpoint and what it
 *     took over end; more if more is owed
 * @param cycleRecords records from which on it ends
 * @param cycleNs age at which it ends, if anything was written, in nanoseconds
 */
record JournalLimits(
    long eventsMax, long bodyBytesMax, long cycleBytes, int cycleRecords, long cycleNs) {

  /** Most bytes of bodies that are handed over and not written yet. */
  static final long UNDER_WAY_BYTES_MAX = 64L << 20;

  /** Most events likewise. */
  static final int UNDER_WAY_MAX = 1 << 16;

  JournalLimits {
    if (eventsMax < 1
        || eventsMax > OwedTable.PLACES_MAX - UNDER_WAY_MAX
        || bodyBytesMax < 1
        || cycleBytes < 1
        || cycleRecords < 1
        || cycleRecords > CycleWriter.RECORDS_MAX
        || cycleNs < 1) {
      throw new IllegalArgumentException("out of range");
    }
  }

  /** The usual sizes: a cycle of 64 MiB or ten minutes, 32 GiB of bodies. */
  static JournalLimits of(long eventsMax) {
    return new JournalLimits(eventsMax, 32L << 30, 64L << 20, 4_000_000, 600_000_000_000L);
  }
}
