package io.ringmaster.cli;

import io.ringmaster.bench.Bench;
import io.ringmaster.bench.BenchFailedException;
import io.ringmaster.bench.BenchOptions;
import io.ringmaster.bench.BenchReport;
import io.ringmaster.bench.UnknownBenchmarkException;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures the engine, each figure beside its floor in the same run.")
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--only",
      paramLabel = "ID",
      split = ",",
      description = "Ids, or beginnings of ids up to a dot (default: all).")
  private List<String> only = List.of();

  @Option(names = "--check", description = "Exit status 1 if a target is missed.")
  private boolean check;

  @Option(names = "--full", description = "The long form, whose figures are published.")
  private boolean full;

  @Option(names = "--list", description = "Print the ids and end.")
  private boolean list;

  @Option(names = "--json", description = "Print one JSON document, ringmaster.bench/1.")
  private boolean json;

  @Override
  public Integer call() {
    Output output = Output.open(json);
    if (list) {
      Bench.ids().forEach(output::line);
      return ExitStatus.OK;
    }
    BenchReport report;
    try {
      report = Bench.run(BenchOptions.of(only, full), output::progress);
    } catch (UnknownBenchmarkException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    } catch (BenchFailedException e) {
      output.progress("broken off: " + e.getMessage());
      e.printStackTrace();
      return ExitStatus.CHECK_FAILED;
    }
    report.results().forEach(result -> output.line(result.line()));
    report.absent().forEach(each -> output.line(each.id() + " not measured: " + each.reason()));
    output.document(BenchReport.SCHEMA, report::writeFields);
    boolean failed = !report.missed().isEmpty() || !report.absent().isEmpty();
    if (check && failed) {
      report.missed().forEach(result -> output.progress("missed: " + result.line()));
      report.absent().forEach(each -> output.progress("not measured: " + each.id()));
      return ExitStatus.CHECK_FAILED;
    }
    return ExitStatus.OK;
  }
}
