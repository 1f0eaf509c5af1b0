package io.ringmaster.engine;

import java.util.function.BooleanSupplier;

/**
 * A short wait before a sleep, for answers that are microseconds away: a sleep and a wake-up on
 * both sides cost more. It gives the processor away between looks, so it takes nothing from those
 * it waits for.
 *
 * <p>It stops by itself where it does not pay: when nothing came in time, or when somebody else
 * took the processor for long, twice as many sleeps as before go without. One thread; allocates
 * nothing.
 */
final class Lingering {
  private static final long LIMIT_NS = 40_000;
  private static final long TAKEN_AWAY_NS = 60_000;
  private static final int WITHOUT_MAX = 1024;

  private int without;
  private int left;

  /** Waits a little; true: something arrived. */
  boolean waitFor(BooleanSupplier anythingArrived) {
    if (left > 0) {
      left--;
      return false;
    }
    long beganNs = System.nanoTime();
    long tookNs;
    boolean arrived;
    do {
      Thread.yield();
      arrived = anythingArrived.getAsBoolean();
      tookNs = System.nanoTime() - beganNs;
    } while (!arrived && tookNs < LIMIT_NS);
    if (arrived && tookNs < TAKEN_AWAY_NS) {
      without = 0;
    } else {
      without = Math.min(WITHOUT_MAX, 2 * without + 1);
      left = without;
    }
    return arrived;
  }
}
