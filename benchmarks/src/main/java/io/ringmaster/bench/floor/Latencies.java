package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Statistics;
import java.util.Arrays;

/** The times of one round. Belongs to one thread; allocates only when made. */
public final class Latencies {
  private final long[] ns;
  private int count;
  private long all;

  /**
   * @param capacity samples that a round may have at most; a full round ends
   */
  public Latencies(int capacity) {
    ns = new long[capacity];
  }

  /** Adds one time in nanoseconds. */
  public void add(long elapsedNs) {
    ns[count++] = elapsedNs;
    all++;
  }

  /** Whether the round must end. */
  public boolean isFull() {
    return count == ns.length;
  }

  /** Ends the round: its median in microseconds. */
  public double medianUs() {
    double median = Statistics.medianInPlace(ns, count) / 1000.0;
    count = 0;
    return median;
  }

  /**
   * Ends the round: the time in microseconds that this share of them does not exceed; 0 for none.
   *
   * @param share over 0, up to 1
   */
  public double quantileUs(double share) {
    int rank = (int) Math.ceil(share * count) - 1;
    Arrays.sort(ns, 0, count);
    double quantile = count == 0 ? 0 : ns[Math.max(0, rank)] / 1000.0;
    count = 0;
    return quantile;
  }

  /** Samples of all rounds. */
  public long samples() {
    return all;
  }
}
