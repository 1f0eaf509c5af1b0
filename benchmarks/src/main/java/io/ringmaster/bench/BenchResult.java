package io.ringmaster.bench;

import io.ringmaster.bench.harness.Interval;
import io.ringmaster.bench.harness.Rounds;

/**
 * What one benchmark showed.
 *
 * @param id its name
 * @param unit unit of the value and of the floor's value
 * @param value median of the rounds
 * @param valueCi95 95 % interval of the value
 * @param samples samples behind the value
 * @param floorId what the floor is; null: none
 * @param floorValue median of the floor's rounds; NaN: no floor
 * @param ratio value divided by the floor's value; NaN: no floor
 * @param ratioCi95 95 % interval of the ratio; null: no floor
 * @param target what it must reach; null: the figure is published only
 * @param detail what else is worth knowing; may be empty
 */
public record BenchResult(
    String id,
    String unit,
    double value,
    Interval valueCi95,
    long samples,
    String floorId,
    double floorValue,
    double ratio,
    Interval ratioCi95,
    Target target,
    String detail) {

  static BenchResult of(Benchmark benchmark, Rounds rounds, String detail) {
    return new BenchResult(
        benchmark.id(),
        benchmark.unit(),
        rounds.value(),
        rounds.valueInterval(),
        rounds.samples(),
        benchmark.floorId(),
        rounds.floor(),
        rounds.ratio(),
        rounds.ratioInterval(),
        benchmark.target(),
        detail);
  }

  /** Whether the target is missed; false without one. */
  public boolean missed() {
    return target != null && !target.isMet(value, ratio);
  }

  /** One line for people. */
  public String line() {
    String text = String.format("%-26s %,14.2f %-5s", id, value, unit);
    if (floorId != null) {
      text += String.format("  floor %,14.2f", floorValue);
      text += String.format("  ratio %6.3f [%.3f, %.3f]", ratio, ratioCi95.low(), ratioCi95.high());
    }
    if (target != null) {
      text +=
          String.format(
              "  target %s %s%s",
              target.relation().sign(), number(target.bound()), target.ofRatio() ? "x" : "");
      text += missed() ? "  MISSED" : "  met";
    }
    return detail.isEmpty() ? text : text + "  (" + detail + ")";
  }

  private static String number(double bound) {
    return bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
  }
}
