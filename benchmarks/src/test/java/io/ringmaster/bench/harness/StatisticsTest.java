package io.ringmaster.bench.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StatisticsTest {

  @Test
  void medianOfOddAndEvenCounts() {
    assertEquals(3, Statistics.median(new double[] {5, 1, 3}));
    assertEquals(2.5, Statistics.median(new double[] {4, 1, 3, 2}));
    assertTrue(Double.isNaN(Statistics.median(new double[0])));
  }

  @Test
  void medianInPlaceLooksAtTheFirstValuesOnly() {
    long[] values = {9, 1, 5, 1000, 1000};
    assertEquals(5, Statistics.medianInPlace(values, 3));
    assertEquals(0, Statistics.medianInPlace(values, 0));
  }

  @Test
  void intervalOfEqualValuesIsAPoint() {
    double[] values = {7, 7, 7, 7};
    assertEquals(new Interval(7, 7), Statistics.medianInterval(values));
    assertEquals(
        new Interval(3.5, 3.5), Statistics.ratioInterval(values, new double[] {2, 2, 2, 2}));
  }

  @Test
  void sameRoundsGiveTheSameInterval() {
    double[] values = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    assertEquals(Statistics.medianInterval(values), Statistics.medianInterval(values.clone()));
  }

  /**
   * The interval must hold the true median in about 95 of 100 experiments; fewer than 85 would be a
   * wrong method.
   */
  @Test
  void intervalCoversTheTrueMedian() {
    SplittableRandom random = new SplittableRandom(42);
    int covered = 0;
    double width = 0;
    for (int experiment = 0; experiment < 200; experiment++) {
      double[] values = new double[31];
      for (int i = 0; i < values.length; i++) {
        values[i] = 100 + random.nextGaussian();
      }
      Interval interval = Statistics.medianInterval(values);
      width += interval.high() - interval.low();
      covered += interval.low() <= 100 && 100 <= interval.high() ? 1 : 0;
    }
    assertTrue(covered >= 170, covered + " of 200");
    assertTrue(width / 200 < 2, "mean width " + width / 200);
  }

  /** What shakes both sides of a pair must not widen the interval of their ratio. */
  @Test
  void pairsCancelCommonDisturbance() {
    SplittableRandom random = new SplittableRandom(7);
    double[] floors = new double[21];
    double[] values = new double[21];
    for (int i = 0; i < floors.length; i++) {
      floors[i] = 10 + 10 * random.nextDouble();
      values[i] = 2 * floors[i];
    }
    Interval ratio = Statistics.ratioInterval(values, floors);
    assertEquals(2, ratio.low(), 1e-9);
    assertEquals(2, ratio.high(), 1e-9);
    assertTrue(Statistics.medianInterval(values).high() > Statistics.medianInterval(values).low());
  }

  @Test
  void pairsMustBePairs() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Statistics.ratioInterval(new double[2], new double[3]));
  }
}
