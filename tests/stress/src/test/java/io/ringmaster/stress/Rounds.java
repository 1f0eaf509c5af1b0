package io.ringmaster.stress;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Rounds between two threads, with pauses that make each of them come before the other, after it,
 * and at the same moment. One thread.
 */
public final class Rounds {
  /** So long nobody needs for a step, however busy the machine is. */
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);

  private static final boolean FULL = "full".equals(System.getProperty("ringmaster.tests"));

  private final SplittableRandom random;

  /** Seeded. */
  public Rounds(long seed) {
    random = new SplittableRandom(seed);
  }

  /** How many there are: {@code count}, five times as many in the full tier. */
  public static int of(int count) {
    return FULL ? 5 * count : count;
  }

  /**
   * Mostly nothing to half a microsecond, in which the other side may be about to sleep; sometimes
   * long enough for it to sleep.
   */
  public void pause() {
    int kind = random.nextInt(64);
    int spins = kind < 32 ? 0 : random.nextInt(kind < 60 ? 64 : 4_000);
    for (int i = 0; i < spins; i++) {
      Thread.onSpinWait();
    }
  }

  /** Waits, awake; an error when it takes longer than anything can. */
  public static void await(BooleanSupplier condition, String what) {
    long beganNs = System.nanoTime();
    for (int turn = 0; !condition.getAsBoolean(); turn++) {
      if ((turn & 1023) == 1023) {
        Thread.yield();
        if (System.nanoTime() - beganNs > PATIENCE_NS) {
          throw new AssertionError(what);
        }
      }
      Thread.onSpinWait();
    }
  }
}
