package io.ringmaster.persistence.chronicle;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what bounds the journal: events that are owed, dead or under way, and those under way
 * alone, with their bytes. Any thread reserves and gives back; what the appender's thread takes
 * from the queue it gives back once for a batch, since every change here is one that processors
 * fight over.
 */
final class Bounds {
  private static final int BYTES_BITS = 40;
  private static final long ONE_EVENT = 1L << BYTES_BITS;
  private static final long BYTES_MASK = ONE_EVENT - 1;

  private final JournalLimits limits;

  /** Events owed, dead or under way. */
  private final AtomicLong held = new AtomicLong();

  /** Events under way and, in the lower bits, the bytes of their bodies. */
  private final AtomicLong underWay = new AtomicLong();

  // The appender's thread: what is not given back yet.
  private long arrived;
  private long gone;

  Bounds(JournalLimits limits) {
    this.limits = limits;
  }

  /** So many events are owed or dead, and none is under way. */
  void start(long events) {
    held.set(events);
  }

  /**
   * Makes room for an event.
   *
   * @param bytes of its body
   * @param keptBytes of bodies that are kept
   * @return false: there is none
   */
  boolean reserve(int bytes, long keptBytes) {
    long events = held.incrementAndGet();
    long now = underWay.addAndGet(ONE_EVENT + bytes);
    boolean fits =
        events <= limits.eventsMax()
            && now >>> BYTES_BITS <= JournalLimits.UNDER_WAY_MAX
            && (now & BYTES_MASK) <= JournalLimits.UNDER_WAY_BYTES_MAX
            && keptBytes + (now & BYTES_MASK) <= limits.bodyBytesMax();
    if (!fits) {
      refuse(bytes);
    }
    return fits;
  }

  /** An event that was under way is not kept. */
  void refuse(int bytes) {
    underWay.addAndGet(-ONE_EVENT - bytes);
    release();
  }

  /** An event that was not under way any more is not kept. */
  void release() {
    held.decrementAndGet();
  }

  /** Bytes of bodies under way. */
  long underWayBytes() {
    return underWay.get() & BYTES_MASK;
  }

  /** Events owed, dead or under way. */
  long held() {
    return held.get();
  }

  // ---- the appender's thread ----

  /** An event is not under way any more, from {@link #giveBack} on. */
  void arrived(int bytes) {
    arrived += ONE_EVENT + bytes;
  }

  /** An event is neither owed nor dead any more, likewise. */
  void gone() {
    gone++;
  }

  void giveBack() {
    if (arrived != 0) {
      underWay.addAndGet(-arrived);
      arrived = 0;
    }
    if (gone != 0) {
      held.addAndGet(-gone);
      gone = 0;
    }
  }
}
