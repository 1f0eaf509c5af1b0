package io.ringmaster.core.event;

/** When something is tried again. Pure. */
final class Backoff {
  private static final long FIRST_MS = 1_000;
  static final long MAX_MS = 300_000;

  /** 1 s doubled so often is beyond the maximum. */
  private static final int DOUBLINGS_MAX = 9;

  private Backoff() {}

  /**
   * After a throttle, a fault of the platform or a delivery that failed: 1 s, doubling to 5 min.
   *
   * @param before how often in a row that happened before, 0 or more
   */
  static long afterRefusalMs(int before) {
    return Math.min(MAX_MS, FIRST_MS << Math.min(before, DOUBLINGS_MAX));
  }

  /**
   * After a function error: once, then twice the base.
   *
   * @param errors how many there were, 1 or more
   */
  static long afterErrorMs(long baseMs, int errors) {
    return baseMs * errors;
  }
}
