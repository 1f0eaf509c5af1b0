package io.ringmaster.cli;

import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import io.ringmaster.simulation.FaultMix;
import io.ringmaster.simulation.Simulation;
import io.ringmaster.simulation.SimulationOptions;
import io.ringmaster.simulation.SimulationResult;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code simulate}. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the real dispatcher under a virtual clock with faults drawn from a seed,",
      "and checks its invariants after every step."
    })
final class SimulateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--seed", paramLabel = "S", description = "First seed (default: 1).")
  private long seed = 1;

  @Option(names = "--runs", paramLabel = "N", description = "Runs of each mix (default: 200).")
  private int runs = SimulationOptions.RUNS_DEFAULT;

  @Option(
      names = "--invocations",
      paramLabel = "N",
      description = "Invocations in all (default: 1000000).")
  private long invocations = SimulationOptions.INVOCATIONS_DEFAULT;

  @Option(
      names = "--faults",
      paramLabel = "MIX",
      description =
          "all, none, crash, hang, slow-init, burst, pressure, clock or mixed (default: all).")
  private String faults = "all";

  @Option(names = "--json", description = "Print one JSON document, ringmaster.simulate/1.")
  private boolean json;

  @Override
  public Integer call() {
    SimulationOptions options;
    try {
      options = new SimulationOptions(seed, runs, invocations, FaultMix.named(faults));
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    Output output = Output.open(json);
    SimulationResult result = new Simulation(options, output::progress).run();
    result.violations().forEach(violation -> output.line("violation: " + violation));
    output.line(
        String.format(
            "seed %d: %,d invocations, %,d steps, %,.0f invocations/s: %s",
            result.seed(),
            result.invocations(),
            result.steps(),
            result.perSecond(),
            result.violations().isEmpty()
                ? "no violation"
                : result.violations().size() + " violations"));
    output.document(
        SimulationResult.SCHEMA,
        out -> {
          out.writeNumberField("seed", result.seed());
          out.writeNumberField("invocations", result.invocations());
          out.writeNumberField("steps", result.steps());
          out.writeArrayFieldStart("violations");
          for (String violation : result.violations()) {
            out.writeString(violation);
          }
          out.writeEndArray();
          out.writeNumberField("perSecond", result.perSecond());
        });
    return result.violations().isEmpty() ? ExitStatus.OK : ExitStatus.CHECK_FAILED;
  }
}
