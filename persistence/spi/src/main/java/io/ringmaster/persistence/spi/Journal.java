package io.ringmaster.persistence.spi;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Events that somebody was promised: from {@link #accept} until they are settled, over the end of
 * the process. Bytes and keys only: what an event is, when it is tried again and what becomes of it
 * is decided by who calls.
 *
 * <p>Threads: any thread may call any method; none of them blocks but {@link #recover} and {@link
 * #close}. Callbacks come on the journal's own threads, which nobody can interrupt, and after its
 * end on the caller's: they are short, do not block and do not throw. What one thread hands over
 * about one event is recorded in that order.
 *
 * <p>An event is <em>owed</em> from its acceptance on, until it is settled or dead:
 *
 * <pre>
 *   accept → owed → retry → owed …
 *            owed → settle → gone
 *            owed → bury → dead → redrive → owed …
 *                          dead → settle → gone
 * </pre>
 *
 * <p>Anything else is ignored and counted ({@link Status#strayOutcomes()}), such as the second of
 * two outcomes, or a handle of an event that is gone.
 *
 * <p>Durability: an acceptance is told when the event is as durable as the journal's level says:
 * <em>process</em> survives the end of the process in any way, <em>disk</em> a power cut too.
 * Outcomes are not waited for: those that a crash takes with it leave the event as it was before,
 * to be run once more.
 *
 * <p>Memory: 64 bytes for each owed or dead event and its lane's key once, whatever the size of
 * bodies: these stay in the storage. A million of pending retries are 64 MB.
 */
public interface Journal extends AutoCloseable {

  /** Most bytes of a body: AWS's largest event and largest answer, and what belongs to them. */
  int BODY_BYTES_MAX = 8 * 1024 * 1024;

  /** Most bytes of a reason. */
  int REASON_BYTES_MAX = 64 * 1024;

  /** Most characters of a lane. */
  int LANE_CHARS_MAX = 1024;

  /** What {@link #accept} says at once. */
  enum Answer {
    /** The receipt will be called, once. */
    TAKEN,
    /** As much is owed or under way as there may be. The receipt will not be called. */
    FULL,
    /** The storage does not work at present. The receipt will not be called. */
    FAILING,
    /** The journal is closed. The receipt will not be called. */
    CLOSED
  }

  /**
   * An event to be kept.
   *
   * @param idHigh upper half of the request's 128-bit id, which is stored and not looked at
   * @param idLow lower half
   * @param lane whose it is, such as owner and function: stored once for all its events in memory;
   *     up to {@link #LANE_CHARS_MAX} characters
   * @param acceptedMs when it was accepted, in milliseconds since 1970
   * @param dueMs when it is to be run, likewise
   * @param attempt a number of the caller's, 0 to 255
   * @param body up to {@link #BODY_BYTES_MAX} bytes; must not be changed until the receipt is
   *     called
   */
  record Event(
      long idHigh,
      long idLow,
      String lane,
      long acceptedMs,
      long dueMs,
      int attempt,
      byte[] body) {}

  /** Told of an event that was taken: one of both, once. */
  interface Receipt {
    /**
     * It is as durable as it was to be.
     *
     * @param handle names the event from now on, after a restart too
     */
    void accepted(long handle);

    /**
     * It could not be stored. It is not run, unless the process ends before the storage works
     * again.
     *
     * @param detail for people
     */
    void refused(String detail);
  }

  /** Takes what {@link #read} found: one of both, once. */
  interface Reading {
    /**
     * @param body the event's
     * @param reason the last {@link #bury}'s; empty if there was none
     */
    void found(byte[] body, byte[] reason);

    /**
     * There is no such event any more, or its bytes are lost: damaged, or the storage fails.
     *
     * @param gone whether the event is settled, so that nothing is wrong
     * @param detail for people
     */
    void failed(boolean gone, String detail);
  }

  /** Takes what is still owed after a start. */
  @FunctionalInterface
  interface Recovery {
    /** An event that is owed, once each, in no order. Parameters as in {@link Event}. */
    void owed(
        long handle,
        long idHigh,
        long idLow,
        String lane,
        long acceptedMs,
        long dueMs,
        int attempt,
        int bodyBytes);

    /**
     * Now and then, when it takes long.
     *
     * @param bytes read so far
     * @param bytesTotal to be read
     */
    default void progress(long bytes, long bytesTotal) {
      // who does not want to know
    }
  }

  /**
   * A dead event.
   *
   * @param buriedMs when it was buried, in milliseconds since 1970; the others as in {@link Event}
   */
  record DeadLetter(
      long handle,
      long idHigh,
      long idLow,
      String lane,
      long acceptedMs,
      long buriedMs,
      int attempt,
      int bodyBytes) {}

  /** Takes a part of the list of dead events. */
  interface DeadLetters {
    /**
     * @param letters in an order that stays, also over restarts
     * @param next cursor of the following ones; negative: these were the last
     */
    void found(List<DeadLetter> letters, long next);
  }

  /**
   * How things are.
   *
   * @param owed events that are owed
   * @param dead events that are dead
   * @param bodyBytes sum of both's bodies and reasons
   * @param storedBytes what the journal takes in the storage
   * @param oldestCycle number of the oldest file that is kept
   * @param newestCycle number of the file that is written
   * @param strayOutcomes outcomes that fitted no event
   * @param quarantined damaged files that were set aside and lie there
   * @param degraded why nothing is accepted; null: all is well
   */
  record Status(
      long owed,
      long dead,
      long bodyBytes,
      long storedBytes,
      int oldestCycle,
      int newestCycle,
      long strayOutcomes,
      int quarantined,
      String degraded) {}

  /**
   * Tells everything that is still owed, on one of the journal's threads, and returns afterwards.
   * To be called once, before anything else.
   *
   * @throws IOException the storage cannot be read; nothing can be accepted then, and the journal
   *     is to be closed
   */
  void recover(Recovery recovery) throws IOException;

  /**
   * Hands an event over to be stored.
   *
   * @throws IllegalArgumentException a body, a lane or an attempt out of its range
   */
  Answer accept(Event event, Receipt receipt);

  /**
   * An owed event is to be run again.
   *
   * @param dueMs when, in milliseconds since 1970
   * @param attempt a number of the caller's, 0 to 255
   */
  void retry(long handle, long dueMs, int attempt);

  /** Nothing is owed of an event any more, and nobody will ask for it: its bytes go. */
  void settle(long handle);

  /**
   * An owed event becomes a dead letter.
   *
   * @param buriedMs when, in milliseconds since 1970
   * @param reason why, in the caller's own form; up to {@link #REASON_BYTES_MAX} bytes; must not be
   *     changed any more
   */
  void bury(long handle, long buriedMs, byte[] reason);

  /**
   * A dead event is owed again, as if it had been accepted now; attempt 0.
   *
   * @param acceptedMs from when on its age counts, in milliseconds since 1970
   * @param dueMs when it is to be run, likewise
   */
  void redrive(long handle, long acceptedMs, long dueMs);

  /**
   * Fetches an event's body. The callback comes on a thread of its own for reading, and may come
   * when the journal is being closed.
   */
  void read(long handle, Reading reading);

  /**
   * Whether what is left is for events that follow from others, which cannot be settled before
   * those are accepted: a quarter. Cheap; any thread.
   */
  boolean nearlyFull();

  /** Most bytes of all bodies and reasons of events that are owed or dead. */
  long bodyBytesMax();

  /** Three quarters. */
  static long mostlyFull(long max) {
    return max / 4 * 3;
  }

  /**
   * Lists dead events.
   *
   * @param cursor 0 for the first ones, else what the last call gave
   * @param limit at most so many, 1 to 10,000
   */
  void deadLetters(long cursor, int limit, DeadLetters letters);

  /**
   * Calls back when all that the calling thread handed over before is recorded as durably as the
   * journal's level says.
   *
   * @param done takes null, or why it was not recorded: the storage fails
   */
  void sync(Consumer<String> done);

  /** May be asked at any time; figures may be of slightly different moments. */
  Status status();

  /** Records what was handed over, gives everything back. Later acceptances are CLOSED. */
  @Override
  void close();
}
