package io.ringmaster.ingress.loop;

/**
 * When an event loop that has invocations under way looks a little longer before it sleeps: where
 * few are, and answers are microseconds away, a sleep and a wake-up cost more than the invocation.
 * Between looks the processor is given away, so nothing is taken from those it waits for.
 *
 * <p>It stops by itself where it does not pay: when nothing came in time, or when somebody else
 * took the processor for long, twice as many sleeps as before go without. One thread; allocates
 * nothing.
 */
final class Lingering {
  /** More under way: the loop is seldom idle, and each look is taken from those it waits for. */
  private static final int RUNNING_MAX = 4;

  private static final long LIMIT_NS = 80_000;
  private static final long TAKEN_AWAY_NS = LIMIT_NS + 40_000;
  private static final int WITHOUT_MAX = 1024;

  private int without;
  private int left;
  private long beganNs;
  private long tookNs;

  /**
   * Whether to look once more instead of sleeping.
   *
   * @param running invocations whose answers are awaited; with many the loop is seldom idle, and
   *     throughput counts
   */
  boolean worthwhile(int running) {
    if (running > RUNNING_MAX) {
      return false;
    }
    if (left > 0) {
      left--;
      return false;
    }
    return true;
  }

  void begin() {
    beganNs = System.nanoTime();
  }

  boolean goesOn() {
    tookNs = System.nanoTime() - beganNs;
    return tookNs < LIMIT_NS;
  }

  /** It looked; whether it found something. */
  void end(boolean found) {
    tookNs = System.nanoTime() - beganNs;
    if (found && tookNs < TAKEN_AWAY_NS) {
      without = 0;
    } else {
      without = Math.min(WITHOUT_MAX, 2 * without + 1);
      left = without;
    }
  }
}
