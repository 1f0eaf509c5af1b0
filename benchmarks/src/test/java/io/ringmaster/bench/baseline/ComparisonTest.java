package io.ringmaster.bench.baseline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bench.BenchReport;
import io.ringmaster.bench.BenchResult;
import io.ringmaster.bench.baseline.Comparison.Change;
import io.ringmaster.bench.baseline.Comparison.Verdict;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static Change change(BenchResult then, BenchResult now) {
    Comparison comparison = Comparison.of(Runs.of(now), saved(Runs.of(then)));
    assertEquals(List.of(), comparison.unknown());
    return comparison.changes().getFirst();
  }

  private static List<Baselines.Saved> saved(BenchReport... reports) {
    return Arrays.stream(reports)
        .map(report -> new Baselines.Saved(Path.of("a.json"), report))
        .toList();
  }

  private static Verdict ofRate(double[] then, double[] now) {
    return change(
            Runs.ratio("id", Runs.atLeast(0.9), then[0], then[1], then[2]),
            Runs.ratio("id", Runs.atLeast(0.9), now[0], now[1], now[2]))
        .verdict();
  }

  @Test
  void intervalsThatOverlapAreNoise() {
    assertEquals(
        Verdict.NOISE, ofRate(new double[] {0.8, 0.9, 1.0}, new double[] {0.99, 1.2, 1.3}));
    assertEquals(
        Verdict.NOISE, ofRate(new double[] {0.8, 0.9, 1.0}, new double[] {0.5, 0.6, 0.81}));
  }

  @Test
  void intervalsThatLieApartAreAChange() {
    assertEquals(
        Verdict.BETTER, ofRate(new double[] {0.8, 0.9, 1.0}, new double[] {1.01, 1.2, 1.3}));
    assertEquals(
        Verdict.WORSE, ofRate(new double[] {0.8, 0.9, 1.0}, new double[] {0.5, 0.6, 0.79}));
  }

  @Test
  void lessThanFivePercentIsNoiseHoweverSureARunIsOfItself() {
    double[] then = {0.999, 1.0, 1.001};
    assertEquals(Verdict.NOISE, ofRate(then, new double[] {0.959, 0.96, 0.961}));
    assertEquals(Verdict.WORSE, ofRate(then, new double[] {0.939, 0.94, 0.941}));
  }

  @Test
  void ofTimesLessIsBetter() {
    assertEquals(
        Verdict.BETTER,
        change(
                Runs.ratio("id", Runs.atMost(1.5), 1.9, 2, 2.1),
                Runs.ratio("id", Runs.atMost(1.5), 1.4, 1.5, 1.6))
            .verdict());
    assertEquals(
        Verdict.WORSE,
        change(Runs.value("id", "us", null, 10), Runs.value("id", "us", null, 12)).verdict());
    assertEquals(
        Verdict.BETTER,
        change(Runs.value("id", "1/s", null, 10), Runs.value("id", "1/s", null, 12)).verdict());
  }

  @Test
  void aChangeHasItsInterval() {
    Change change =
        change(
            Runs.ratio("id", Runs.atLeast(1), 1 / 1.1, 1, 1.1),
            Runs.ratio("id", Runs.atLeast(1), 2 / 1.1, 2, 2 * 1.1));
    double half = Math.exp(Math.sqrt(2) * Math.log(1.1));
    assertEquals(2, change.factor(), 1e-9);
    assertEquals(2 / half, change.factorCi95().low(), 1e-9);
    assertEquals(2 * half, change.factorCi95().high(), 1e-9);
    assertTrue(change.line().contains("BETTER"), change.line());
  }

  private static Change fromZero(double now) {
    return change(
        Runs.value("id", "B/1M", Runs.valueBelow(1000), 0),
        Runs.value("id", "B/1M", Runs.valueBelow(1000), now));
  }

  @Test
  void zeroHasNoFactor() {
    assertEquals(Verdict.NOISE, fromZero(49).verdict(), "less than 5 % of what is allowed");
    Change change = fromZero(51);
    assertEquals(Verdict.WORSE, change.verdict());
    assertNull(change.factorCi95());
    assertTrue(change.line().endsWith("WORSE"), change.line());
  }

  @Test
  void aRatioToAnotherFloorIsUnknown() {
    BenchResult then = Runs.ratio("id", Runs.atMost(1.5), 1.9, 2, 2.1);
    BenchResult now =
        new BenchResult(
            then.id(),
            then.unit(),
            then.value(),
            then.valueCi95(),
            then.samples(),
            "another.floor",
            then.floorValue(),
            then.ratio(),
            then.ratioCi95(),
            then.target(),
            then.detail());
    Comparison comparison = Comparison.of(Runs.of(now), saved(Runs.of(then)));
    assertEquals(List.of("id"), comparison.unknown());
    assertEquals(List.of(), comparison.changes());
  }

  @Test
  void theNewestBaselineThatHasTheIdCounts() {
    BenchReport first = Runs.of(Runs.value("one", "us", null, 1), Runs.value("two", "us", null, 1));
    BenchReport second = Runs.of(Runs.value("one", "us", null, 2));
    BenchReport now =
        Runs.of(
            Runs.value("one", "us", null, 2),
            Runs.value("two", "us", null, 2),
            Runs.value("three", "us", null, 2));
    Comparison comparison = Comparison.of(now, saved(first, second));
    assertEquals(
        List.of(Verdict.NOISE, Verdict.WORSE),
        comparison.changes().stream().map(Change::verdict).toList());
    assertEquals(List.of("three"), comparison.unknown());
    assertEquals(List.of("two"), comparison.worse().stream().map(Change::id).toList());
  }
}
