package io.ringmaster.bench.baseline;

import io.ringmaster.bench.BenchReport;
import io.ringmaster.bench.BenchResult;
import io.ringmaster.bench.MachineFacts;
import io.ringmaster.bench.Target;
import io.ringmaster.bench.harness.Interval;
import java.util.List;
import java.util.Map;

/** Runs that never ran. */
final class Runs {
  static final MachineFacts MACHINE =
      new MachineFacts(
          "A <processor> & more (R)",
          2,
          "amd64",
          1L << 34,
          "6.1",
          "25",
          Map.of("python", "3.11.7 /usr/bin/python3"),
          0.5);

  private Runs() {}

  static BenchReport of(BenchResult... results) {
    return new BenchReport(
        MACHINE,
        "0123456789abcdef0123456789abcdef01234567",
        List.of(results),
        List.of(new BenchReport.Absent("absent.id", "no \"interpreter\" <here>")));
  }

  /** A ratio with this interval; the target is of the ratio. */
  static BenchResult ratio(String id, Target target, double low, double ratio, double high) {
    return new BenchResult(
        id,
        "1/s",
        ratio * 100,
        new Interval(low * 100, high * 100),
        9,
        "a.floor",
        100,
        ratio,
        new Interval(low, high),
        target,
        "a detail");
  }

  /** A value without floor. */
  static BenchResult value(String id, String unit, Target target, double value) {
    return new BenchResult(
        id,
        unit,
        value,
        new Interval(value * 0.99, value * 1.01),
        9,
        null,
        Double.NaN,
        Double.NaN,
        null,
        target,
        "");
  }

  static Target atLeast(double bound) {
    return new Target(Target.Relation.AT_LEAST, bound, true);
  }

  static Target atMost(double bound) {
    return new Target(Target.Relation.AT_MOST, bound, true);
  }

  static Target valueBelow(double bound) {
    return new Target(Target.Relation.BELOW, bound, false);
  }
}
