package io.ringmaster.core.place;

import java.util.concurrent.TimeUnit;

/**
 * When a waiting invocation is handed to a sandbox that still runs another one.
 *
 * @param fastNs an invocation that takes so long or longer is slow: nothing is placed behind it any
 *     more; and when something has lain in a sandbox for so long, all that lies there is taken
 *     back; ≥ 0
 * @param slowShareMax below this share of slow ones a version's invocations are prefetched, 0 to 1;
 *     0: never
 * @param wakeNs what waking a process costs: an invocation is placed behind others, even where a
 *     sandbox is idle, while all before it there are over in that time, if they are as quick as one
 *     in four of the version; ≥ 0
 */
public record PrefetchLimits(long fastNs, double slowShareMax, long wakeNs) {
  /**
   * Versions of which 99 in 100 invocations take less than a millisecond. Waking a processor that
   * sleeps, there and back, was measured to take 50 µs each.
   */
  public static final PrefetchLimits DEFAULT =
      new PrefetchLimits(
          TimeUnit.MILLISECONDS.toNanos(1), 0.01, TimeUnit.MICROSECONDS.toNanos(100));

  /** No prefetch. */
  public static final PrefetchLimits OFF = new PrefetchLimits(0, 0, 0);
}
