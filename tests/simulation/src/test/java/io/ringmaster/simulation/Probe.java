package io.ringmaster.simulation;

import java.util.List;
import java.util.function.Function;

/**
 * Simulates one run: what a {@link MutantLoader} is asked for. Takes seed, invocations and mix, and
 * gives the violations: types of the JDK only.
 */
public final class Probe implements Function<List<String>, List<String>> {
  /** Loaded by name. */
  public Probe() {}

  @Override
  public List<String> apply(List<String> run) {
    SimulationOptions options =
        new SimulationOptions(
            Long.parseLong(run.get(0)), 1, Long.parseLong(run.get(1)), FaultMix.named(run.get(2)));
    return new Simulation(options, text -> {}).run().violations();
  }
}
