package io.ringmaster.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Runs the real dispatcher against simulated drivers, clocks and callers, and real asynchronous
 * invocation against a simulated journal and restarts, with faults drawn from a seed, and says what
 * was wrong. One thread; equal options give an equal result but for {@link
 * SimulationResult#perSecond()}.
 */
public final class Simulation {
  private static final int VIOLATIONS_MAX = 100;

  private final SimulationOptions options;
  private final Consumer<String> progress;

  /**
   * @param progress told a line of text after each mix, for people
   */
  public Simulation(SimulationOptions options, Consumer<String> progress) {
    this.options = options;
    this.progress = progress;
  }

  /** Runs everything; ends early after {@value #VIOLATIONS_MAX} violations. */
  public SimulationResult run() {
    long beganNs = System.nanoTime();
    long invocations = 0;
    long steps = 0;
    List<String> violations = new ArrayList<>();
    int each = options.invocationsPerRun();
    for (FaultMix mix : options.mixes()) {
      long before = invocations;
      for (int k = 0; k < options.runs() && violations.size() < VIOLATIONS_MAX; k++) {
        long seed = options.seed() + k;
        IntFunction<Run.Result> dispatcher = length -> new Run(seed, mix, length).go();
        IntFunction<Run.Result> events = length -> new EventRun(seed, mix, length).go();
        Run.Result result = dispatcher.apply(each);
        Run.Result ofEvents = events.apply(each);
        invocations += result.invocations();
        steps += result.steps() + ofEvents.steps();
        if (!result.violations().isEmpty()) {
          report(seed, k, mix, each, dispatcher, result, violations);
        }
        if (!ofEvents.violations().isEmpty()) {
          report(seed, k, mix, each, events, ofEvents, violations);
        }
      }
      progress.accept(
          mix.word()
              + ": "
              + (invocations - before)
              + " invocations, "
              + violations.size()
              + " violations so far");
    }
    double seconds = (System.nanoTime() - beganNs) / 1e9;
    return new SimulationResult(
        options.seed(), invocations, steps, List.copyOf(violations), invocations / seconds);
  }

  /** The shortest run of that seed and mix that fails, to the next power of two, is reported. */
  private static void report(
      long seed,
      int k,
      FaultMix mix,
      int each,
      IntFunction<Run.Result> run,
      Run.Result failed,
      List<String> violations) {
    Run.Result shortest = failed;
    int length = each;
    for (int shorter = 1; shorter < each && length == each; shorter *= 2) {
      Run.Result again = run.apply(shorter);
      if (!again.violations().isEmpty()) {
        shortest = again;
        length = shorter;
      }
    }
    for (String violation : shortest.violations()) {
      violations.add(
          violation
              + " [run "
              + k
              + "; again: --seed "
              + seed
              + " --runs 1 --faults "
              + mix.word()
              + " --invocations "
              + length
              + "]");
    }
  }
}
