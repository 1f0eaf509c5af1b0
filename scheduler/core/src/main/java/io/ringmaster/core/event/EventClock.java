package io.ringmaster.core.event;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The time that events are judged by: how old they are, when they are due. In milliseconds; about
 * those since 1970, but nobody sets it.
 *
 * <p>While a process lives it goes by the monotonic clock. From one process to the next it goes on
 * by the clock of the wall: what that one is ahead of this time is kept, and followed when it is
 * set, so that a clock that was wrong and is set right in between makes nothing older or younger.
 * The time without any process counts for {@value #DOWN_MAX_MS} ms at most, and not less than 0: so
 * far an event may be run later than its age says, or be given up early, whatever was done to the
 * clock meanwhile.
 *
 * <p>The agent's thread, but for {@link #nowMs} and {@link #wallMs}: any thread. Before that, the
 * thread that recovers.
 */
public final class EventClock {
  /** One hour. */
  static final long DOWN_MAX_MS = 3_600_000;

  /** How often it is looked at the clock of the wall. */
  static final long LOOK_MS = 10_000;

  private static final long KEPT_EVERY_MS = 60_000;
  private static final long SET_MS = 1_000;
  private static final long NS_PER_MS = 1_000_000;

  /**
   * What is kept for the next process.
   *
   * @param aheadMs what the clock of the wall is ahead of this time
   * @param aliveMs when that was so, in this time
   */
  public record Kept(long aheadMs, long aliveMs) {}

  /** Where it is kept. */
  public interface Storage {
    /** Keeps nothing. */
    Storage NONE =
        new Storage() {
          @Override
          public Kept load() {
            return null;
          }

          @Override
          public boolean save(Kept kept) {
            return true;
          }
        };

    /** What was saved last; null: nothing that can be read. */
    Kept load();

    /** False: it could not be saved, which somebody was told. */
    boolean save(Kept kept);
  }

  private final InstantSource wall;
  private final LongSupplier nanos;
  private final Storage storage;

  private volatile long beginMs;
  private final long beginNs;
  private volatile long aheadMs;

  private Kept kept;
  private long lookMs = Long.MIN_VALUE;

  /**
   * @param nanos monotonic, as {@link System#nanoTime}
   */
  public EventClock(InstantSource wall, LongSupplier nanos, Storage storage) {
    this.wall = wall;
    this.nanos = nanos;
    this.storage = storage;
    beginNs = nanos.getAsLong();
    kept = storage.load();
    long wallMs = wall.millis();
    beginMs =
        kept == null
            ? wallMs
            : Math.clamp(wallMs - kept.aheadMs(), kept.aliveMs(), kept.aliveMs() + DOWN_MAX_MS);
    aheadMs = wallMs - beginMs;
  }

  /** Now, in this time. */
  long nowMs() {
    return beginMs + (nanos.getAsLong() - beginNs) / NS_PER_MS;
  }

  /** What the clock of the wall would show at a moment of this time, in milliseconds since 1970. */
  long wallMs(long atMs) {
    return atMs + aheadMs;
  }

  /** Something was accepted then: it is not earlier now. */
  void notBefore(long acceptedMs) {
    long earlyMs = acceptedMs - nowMs();
    if (earlyMs > 0) {
      beginMs += earlyMs;
      aheadMs -= earlyMs;
    }
  }

  /**
   * All that is owed is taken over. Where nothing was kept, what the clock of the wall says of the
   * time since the newest of it counts no more than any other time without a process.
   *
   * @param newestMs when that was accepted; {@link Long#MIN_VALUE}: nothing is owed
   */
  void recovered(long newestMs) {
    long aheadOfNewestMs = nowMs() - newestMs - DOWN_MAX_MS;
    if (kept == null && newestMs != Long.MIN_VALUE && aheadOfNewestMs > 0) {
      beginMs -= aheadOfNewestMs;
      aheadMs += aheadOfNewestMs;
    }
  }

  /** Looks now and then whether the clock of the wall was set. */
  void look(long nowMs) {
    if (nowMs < lookMs) {
      return;
    }
    lookMs = nowMs + LOOK_MS;
    aheadMs = wall.millis() - nowMs;
    if (kept == null
        || Math.abs(aheadMs - kept.aheadMs()) >= SET_MS
        || nowMs - kept.aliveMs() >= KEPT_EVERY_MS) {
      save(nowMs);
    }
  }

  /** Keeps how it is now, for the next process. */
  public void save() {
    long nowMs = nowMs();
    aheadMs = wall.millis() - nowMs;
    save(nowMs);
  }

  private void save(long nowMs) {
    Kept now = new Kept(aheadMs, nowMs);
    if (storage.save(now)) {
      kept = now;
    }
  }
}
