package io.ringmaster.core.place;

import java.util.concurrent.TimeUnit;

/**
 * When a waiting invocation is handed to a sandbox that still runs another one.
 *
 * @param fastNs an invocation that takes so long or longer is slow: nothing is placed behind it any
 *     more, and what has lain behind it for so long is taken back; ≥ 0
 * @param slowShareMax below this share of slow ones a version's invocations are prefetched, 0 to 1;
 *     0: never
 */
public record PrefetchLimits(long fastNs, double slowShareMax) {
  /** Versions of which 99 in 100 invocations take less than a millisecond. */
  public static final PrefetchLimits DEFAULT =
      new PrefetchLimits(TimeUnit.MILLISECONDS.toNanos(1), 0.01);

  /** No prefetch. */
  public static final PrefetchLimits OFF = new PrefetchLimits(0, 0);
}
