package io.ringmaster.simulation;

import java.util.List;
import java.util.function.BiFunction;

/** Simulates one run: what a {@link MutantLoader} is asked for. Speaks in types of the JDK only. */
public final class Probe implements BiFunction<Long, String, List<String>> {
  static final int INVOCATIONS = 625;

  /** Loaded by name. */
  public Probe() {}

  @Override
  public List<String> apply(Long seed, String mix) {
    SimulationOptions options = new SimulationOptions(seed, 1, INVOCATIONS, FaultMix.named(mix));
    return new Simulation(options, text -> {}).run().violations();
  }
}
