package io.ringmaster.cli.demo;

import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Runs real little programs in an engine of its own, cold, warm and under load,",
      "shows a function error and a time-out, and leaves nothing behind."
    })
public final class DemoCommand implements Callable<Integer> {
  private static final Set<String> RUNTIMES =
      Set.of("python", "node", "java", "ruby", "provided", "go");

  @Spec private CommandSpec spec;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Length of the load phase in all, 0.1 to 3600 (default: 8).")
  private double seconds = 8;

  @Option(
      names = "--require",
      paramLabel = "RUNTIME",
      split = ",",
      description = "python, node, java, ruby, provided, go: fail if it does not run.")
  private List<String> required = List.of();

  @Option(names = "--json", description = "Print one JSON document, ringmaster.demo/1.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (!(seconds >= 0.1 && seconds <= 3600)) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--seconds must be 0.1 to 3600");
    }
    for (String runtime : required) {
      if (!RUNTIMES.contains(runtime)) {
        throw new CommandLine.ParameterException(
            spec.commandLine(),
            "--require takes python, node, java, ruby, provided, go; not " + runtime);
      }
    }
    Output output = Output.open(json);
    DemoReport report = new Demo(output, seconds, Set.copyOf(required)).run();
    report.print(output);
    output.document("ringmaster.demo/1", report::write);
    return report.ok() ? ExitStatus.OK : ExitStatus.CHECK_FAILED;
  }
}
