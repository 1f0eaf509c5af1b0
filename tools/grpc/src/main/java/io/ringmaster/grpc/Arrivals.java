package io.ringmaster.grpc;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What is on its way to one event loop, the oldest first: messages of which the end did not come
 * yet. What takes too long is told so. No timer each, and no look at the clock. The loop's thread.
 */
final class Arrivals implements Runnable {
  private static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(500);

  /** What comes faster may take as long as it needs. */
  private static final long SLOWEST_BYTES_PER_SECOND = 32 * 1024;

  /** One that is on its way; in the list once at most. */
  abstract static class Arrival {
    private Arrival before;
    private Arrival after;
    private long sinceNs;
    private boolean listed;

    /** What came of it. */
    abstract long bytes();

    /** It took too long; it is in the list no more. */
    abstract void late();
  }

  private final long mostNs;
  private final ScheduledFuture<?> looking;
  private Arrival oldest;
  private Arrival youngest;
  private long nowNs = System.nanoTime();

  /**
   * @param mostNs how long one may take, besides the time of its bytes at 32 KiB a second
   */
  Arrivals(EventLoop loop, long mostNs) {
    this.mostNs = mostNs;
    long period = Math.min(PERIOD_NS, mostNs);
    looking = loop.scheduleAtFixedRate(this, period, period, TimeUnit.NANOSECONDS);
  }

  void add(Arrival arrival) {
    if (arrival.listed) {
      return;
    }
    arrival.listed = true;
    arrival.sinceNs = nowNs;
    arrival.before = youngest;
    if (youngest == null) {
      oldest = arrival;
    } else {
      youngest.after = arrival;
    }
    youngest = arrival;
  }

  /** It is there, or is not awaited any more. */
  void remove(Arrival arrival) {
    if (!arrival.listed) {
      return;
    }
    arrival.listed = false;
    if (arrival.before == null) {
      oldest = arrival.after;
    } else {
      arrival.before.after = arrival.after;
    }
    if (arrival.after == null) {
      youngest = arrival.before;
    } else {
      arrival.after.before = arrival.before;
    }
    arrival.before = null;
    arrival.after = null;
  }

  /** Looks for those that took too long. */
  @Override
  public void run() {
    nowNs = System.nanoTime();
    Arrival next = oldest;
    while (next != null && nowNs - next.sinceNs > mostNs) {
      Arrival younger = next.after;
      if (nowNs - next.sinceNs > mostNs + timeOf(next.bytes())) {
        remove(next);
        next.late();
      }
      next = younger;
    }
  }

  private static long timeOf(long bytes) {
    return bytes * (TimeUnit.SECONDS.toNanos(1) / SLOWEST_BYTES_PER_SECOND);
  }

  /** Looks no more. */
  void stop() {
    looking.cancel(false);
  }
}
