package io.ringmaster.bench.harness;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Medians, and bootstrap intervals for them.
 *
 * <p>The percentile bootstrap of Efron (<i>Bootstrap methods: another look at the jackknife</i>,
 * 1979): draw as many rounds as there were, with replacement, compute the figure, do it 2,000
 * times; the middle 95 % of the results is the interval. It asks nothing of the distribution, which
 * on a shared machine is anything but normal. The draws are seeded: the same rounds give the same
 * interval.
 */
public final class Statistics {
  private static final int DRAWS = 2000;
  private static final long SEED = 0x52494e474d4153L;

  private Statistics() {}

  /** The median; of an even number of values the mean of the two in the middle. NaN for none. */
  public static double median(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return medianOfSorted(sorted);
  }

  private static double medianOfSorted(double[] sorted) {
    int middle = sorted.length / 2;
    return (sorted.length & 1) == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The median of the first {@code count} values, which are sorted in place. 0 for none. */
  public static long medianInPlace(long[] values, int count) {
    if (count == 0) {
      return 0;
    }
    Arrays.sort(values, 0, count);
    return values[count / 2];
  }

  /** Interval of the median. */
  public static Interval medianInterval(double[] values) {
    double[] drawn = new double[values.length];
    return bootstrap(
        values.length,
        indices -> {
          for (int i = 0; i < drawn.length; i++) {
            drawn[i] = values[indices[i]];
          }
          Arrays.sort(drawn);
          return medianOfSorted(drawn);
        });
  }

  /**
   * Interval of the ratio of two medians. Pairs are drawn, not values: {@code values[i]} and {@code
   * floors[i]} were measured next to each other.
   */
  public static Interval ratioInterval(double[] values, double[] floors) {
    if (values.length != floors.length) {
      throw new IllegalArgumentException(values.length + " values, " + floors.length + " floors");
    }
    double[] above = new double[values.length];
    double[] below = new double[values.length];
    return bootstrap(
        values.length,
        indices -> {
          for (int i = 0; i < indices.length; i++) {
            above[i] = values[indices[i]];
            below[i] = floors[indices[i]];
          }
          Arrays.sort(above);
          Arrays.sort(below);
          return medianOfSorted(above) / medianOfSorted(below);
        });
  }

  private static Interval bootstrap(int size, ToDoubleFunction<int[]> figure) {
    if (size == 0) {
      return new Interval(Double.NaN, Double.NaN);
    }
    SplittableRandom random = new SplittableRandom(SEED);
    int[] indices = new int[size];
    double[] figures = new double[DRAWS];
    for (int draw = 0; draw < DRAWS; draw++) {
      for (int i = 0; i < size; i++) {
        indices[i] = random.nextInt(size);
      }
      figures[draw] = figure.applyAsDouble(indices);
    }
    Arrays.sort(figures);
    return new Interval(figures[DRAWS / 40], figures[DRAWS - 1 - DRAWS / 40]);
  }
}
