package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Statistics;

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

  /** Samples of all rounds. */
  public long samples() {
    return all;
  }
}
