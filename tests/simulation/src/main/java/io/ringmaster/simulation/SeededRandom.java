package io.ringmaster.simulation;

/**
 * SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): the same
 * numbers for the same seed on every JDK. Owned by one run.
 */
final class SeededRandom {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  SeededRandom(long seed) {
    state = seed;
  }

  static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  long nextLong() {
    return mix(state += GAMMA);
  }

  /** 0 to bound − 1. */
  int nextInt(int bound) {
    return (int) (((nextLong() >>> 32) * bound) >>> 32);
  }

  /** least to most, both included. */
  int between(int least, int most) {
    return least + nextInt(most - least + 1);
  }

  /** least to most, both included. */
  long between(long least, long most) {
    return least + Long.remainderUnsigned(nextLong(), most - least + 1);
  }

  /** 0.0 to 1.0, exclusive. */
  double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  boolean chance(double probability) {
    return probability > 0 && nextDouble() < probability;
  }

  /** Exponentially distributed, at least 1 and at most 20 times the mean. */
  long exponential(long mean) {
    double drawn = -StrictMath.log(1.0 - nextDouble()) * mean;
    return Math.max(1, Math.min((long) drawn, 20 * mean));
  }
}
