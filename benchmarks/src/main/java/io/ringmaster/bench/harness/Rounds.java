package io.ringmaster.bench.harness;

/**
 * What was measured of one benchmark.
 *
 * @param values the figure of each round
 * @param floors the floor's figure of each round, taken next to it; empty: no floor
 * @param samples samples behind {@code values}
 */
public record Rounds(double[] values, double[] floors, long samples) {

  /**
   * Measures a probe, in turn with its floor if there is one: A B, B A, A B, …
   *
   * @param floor null: none
   */
  public static Rounds measure(Probe probe, Probe floor, Effort effort) throws Exception {
    warmUp(probe, floor, effort);
    long before = probe.samples();
    double[] values = new double[effort.rounds()];
    double[] floors = new double[floor == null ? 0 : effort.rounds()];
    for (int round = 0; round < effort.rounds(); round++) {
      boolean floorFirst = (round & 1) == 0;
      if (floor != null && floorFirst) {
        floors[round] = floor.round(effort.roundNs());
      }
      values[round] = probe.round(effort.roundNs());
      if (floor != null && !floorFirst) {
        floors[round] = floor.round(effort.roundNs());
      }
    }
    return new Rounds(values, floors, probe.samples() - before);
  }

  /**
   * In short pieces and in turn too, so that the compiler sees both sides before the first round.
   */
  private static void warmUp(Probe probe, Probe floor, Effort effort) throws Exception {
    long piece = Math.max(1, effort.warmUpNs() / 4);
    for (int i = 0; i < 4 && effort.warmUpNs() > 0; i++) {
      probe.round(piece);
      if (floor != null) {
        floor.round(piece);
      }
    }
  }

  /** The median of the rounds. */
  public double value() {
    return Statistics.median(values);
  }

  /** The median of the floor's rounds; NaN without a floor. */
  public double floor() {
    return Statistics.median(floors);
  }

  /** Value divided by floor; NaN without a floor. */
  public double ratio() {
    return value() / floor();
  }

  /** Of the value. */
  public Interval valueInterval() {
    return Statistics.medianInterval(values);
  }

  /** Of the ratio; null without a floor. */
  public Interval ratioInterval() {
    return floors.length == 0 ? null : Statistics.ratioInterval(values, floors);
  }
}
