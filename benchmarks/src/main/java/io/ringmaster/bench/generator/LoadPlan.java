package io.ringmaster.bench.generator;

/**
 * What to send.
 *
 * @param perSecond of an open loop: how many are due a second; 0: a closed loop, every slot sends
 *     again when it is answered
 * @param warmUpNs time before anything is recorded, ≥ 0
 * @param durationNs how long invocations are due and recorded, &gt; 0
 */
public record LoadPlan(double perSecond, long warmUpNs, long durationNs) {
  /** An open loop cannot be faster than its clock. */
  public static final double PER_SECOND_MAX = 10_000_000;

  /** Validates. */
  public LoadPlan {
    if (!(perSecond >= 0 && perSecond <= PER_SECOND_MAX) || warmUpNs < 0 || durationNs < 1) {
      throw new IllegalArgumentException(
          "perSecond " + perSecond + ", warmUpNs " + warmUpNs + ", durationNs " + durationNs);
    }
  }

  boolean isOpen() {
    return perSecond > 0;
  }
}
