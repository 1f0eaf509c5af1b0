package io.ringmaster.sandbox.linux;

import java.util.concurrent.TimeUnit;

/**
 * Whether it pays to look for a while before sleeping. Waking a sleeping processor costs more than
 * a quick answer takes; but a processor that looks serves nobody else, and where the answer must
 * come from the same one, looking is in its way. So only while fewer sandboxes are busy than there
 * are processors (whoever asks sees to it that one of them had not to be woken for what it does:
 * who is woken is quickest on the processor of whoever goes to sleep), and only as long as it finds
 * something: two failures weigh as much as four finds, and after too many it rests, longer each
 * time. Owning agent only.
 */
final class Spinning {
  private static final long SPIN_NS = TimeUnit.MICROSECONDS.toNanos(30);
  private static final int SCORE_MAX = 8;
  private static final int SCORE_FIRST = 2;
  private static final int REST_FIRST = 64;
  private static final int REST_MAX = 4096;

  private final int processors;
  private int score = SCORE_FIRST;
  private int resting;
  private int nextRest = REST_FIRST;

  /**
   * @param processors that the engine and its sandboxes have
   */
  Spinning(int processors) {
    this.processors = processors;
  }

  /**
   * How long to look before this sleep; 0: not at all.
   *
   * @param inFlight sandboxes whose answers can be found by looking
   */
  long beginNs(int inFlight) {
    if (inFlight == 0 || inFlight >= processors) {
      return 0;
    }
    if (resting > 0) {
      resting--;
      return 0;
    }
    return SPIN_NS;
  }

  /** What looking came to. */
  void ended(boolean found) {
    if (found) {
      score = Math.min(SCORE_MAX, score + 1);
      if (score == SCORE_MAX) {
        nextRest = REST_FIRST;
      }
      return;
    }
    score -= 2;
    if (score <= 0) {
      resting = nextRest;
      nextRest = Math.min(REST_MAX, nextRest * 2);
      score = SCORE_FIRST;
    }
  }
}
