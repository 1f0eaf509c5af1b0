package io.ringmaster.bench.harness;

/**
 * How long to measure.
 *
 * @param rounds rounds of each side, at least 1
 * @param roundNs length of one round in nanoseconds
 * @param warmUpNs time for each side before the first round, in nanoseconds
 */
public record Effort(int rounds, long roundNs, long warmUpNs) {

  /** Enough to see that a benchmark works; its figures mean nothing. */
  public static final Effort QUICK = new Effort(3, 20_000_000L, 100_000_000L);

  /** The default. */
  public static final Effort NORMAL = new Effort(15, 350_000_000L, 2_000_000_000L);

  /** For figures that are published. */
  public static final Effort FULL = new Effort(41, 1_000_000_000L, 5_000_000_000L);

  /** Validates. */
  public Effort {
    if (rounds < 1 || roundNs < 1 || warmUpNs < 0) {
      throw new IllegalArgumentException(
          "rounds " + rounds + ", roundNs " + roundNs + ", warmUpNs " + warmUpNs);
    }
  }
}
