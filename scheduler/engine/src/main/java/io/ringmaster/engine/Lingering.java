package io.ringmaster.engine;

import java.util.function.BooleanSupplier;

/**
 * A short wait before a sleep, for answers that are microseconds away: a sleep and a wake-up cost
 * more. It gives the processor away between looks, so it takes nothing from those it waits for. It
 * stops by itself where it does not pay: each wait in vain doubles the number of sleeps that go
 * without. One thread.
 */
final class Lingering {
  private static final int LOOKS = 32;
  private static final int WITHOUT_MAX = 256;

  private int without;
  private int left;

  /** Waits a little; true: something arrived. */
  boolean waitFor(BooleanSupplier anythingArrived) {
    if (left > 0) {
      left--;
      return false;
    }
    for (int i = 0; i < LOOKS; i++) {
      Thread.yield();
      if (anythingArrived.getAsBoolean()) {
        without = 0;
        return true;
      }
    }
    without = Math.min(WITHOUT_MAX, 2 * without + 1);
    left = without;
    return false;
  }
}
