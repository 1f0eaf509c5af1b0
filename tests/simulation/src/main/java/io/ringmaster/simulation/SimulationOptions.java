package io.ringmaster.simulation;

import java.util.List;

/**
 * What to simulate.
 *
 * @param seed run <i>k</i> uses seed + <i>k</i>
 * @param runs runs of each mix, 1 to 1,000,000; 0: 200
 * @param invocations invocations in all, spread evenly over runs and mixes, at least one each; 0:
 *     1,000,000
 * @param mixes the fault mixes
 */
public record SimulationOptions(long seed, int runs, long invocations, List<FaultMix> mixes) {
  /** Runs of each mix if nothing else is said. */
  public static final int RUNS_DEFAULT = 200;

  /** Invocations in all if nothing else is said. */
  public static final long INVOCATIONS_DEFAULT = 1_000_000;

  /** Validates. */
  public SimulationOptions {
    runs = runs == 0 ? RUNS_DEFAULT : runs;
    invocations = invocations == 0 ? INVOCATIONS_DEFAULT : invocations;
    mixes = List.copyOf(mixes);
    if (runs < 1 || runs > 1_000_000) {
      throw new IllegalArgumentException("runs is " + runs + "; it must be 1 to 1000000");
    }
    if (invocations < 1) {
      throw new IllegalArgumentException(
          "invocations is " + invocations + "; it must be 1 or more");
    }
    if (mixes.isEmpty()) {
      throw new IllegalArgumentException("there is no fault mix");
    }
  }

  /** Every mix, with the defaults. */
  public static SimulationOptions ofSeed(long seed) {
    return new SimulationOptions(seed, 0, 0, FaultMix.named("all"));
  }

  /** Invocations of each run, rounded up. */
  int invocationsPerRun() {
    long all = (long) runs * mixes.size();
    return (int) Math.min(Integer.MAX_VALUE, (invocations + all - 1) / all);
  }
}
