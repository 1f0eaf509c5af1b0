package io.ringmaster.cli;

import io.ringmaster.bench.Bench;
import io.ringmaster.bench.BenchDocument;
import io.ringmaster.bench.BenchFailedException;
import io.ringmaster.bench.BenchOptions;
import io.ringmaster.bench.BenchReport;
import io.ringmaster.bench.UnknownBenchmarkException;
import io.ringmaster.bench.baseline.Baselines;
import io.ringmaster.bench.baseline.Comparison;
import io.ringmaster.bench.baseline.PlotPage;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    description = "Measures the engine, each figure beside its floor in the same run.",
    subcommands = BenchLoadCommand.class)
final class BenchCommand implements Callable<Integer> {
  private static final String LAST = "last";

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

  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      arity = "0..1",
      fallbackValue = LAST,
      description =
          "Compare with an earlier run's document, or with the last baselines of this machine: what"
              + " changed, and what is noise.")
  private String baseline;

  @Option(
      names = "--save-baseline",
      description = "Keep this run's document below benchmarks/baselines.")
  private boolean saveBaseline;

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description = "Write a page with ratios, targets and the history of baselines.")
  private Path plot;

  @Option(
      names = "--replay",
      paramLabel = "FILE",
      description = "Measure nothing; take the run from its document.")
  private Path replay;

  @Option(names = "--json", description = "Print one JSON document, ringmaster.bench/1.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Output output = Output.open(json);
    if (list) {
      Bench.ids().forEach(output::line);
      return ExitStatus.OK;
    }
    BenchReport report;
    try {
      report =
          replay == null
              ? Bench.run(BenchOptions.of(only, full), output::progress)
              : BenchDocument.read(replay);
    } catch (UnknownBenchmarkException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    } catch (BenchFailedException e) {
      output.progress("broken off: " + e.getMessage());
      e.printStackTrace();
      return ExitStatus.CHECK_FAILED;
    }
    report.results().forEach(result -> output.line(result.line()));
    report.absent().forEach(each -> output.line(each.id() + " not measured: " + each.reason()));
    Comparison comparison = compare(report, output);
    output.document(
        BenchReport.SCHEMA,
        out -> {
          report.writeFields(out);
          if (comparison != null) {
            comparison.writeField(out);
          }
        });
    keep(report, output);
    return status(report, output);
  }

  private Comparison compare(BenchReport report, Output output) throws IOException {
    if (baseline == null) {
      return null;
    }
    List<Baselines.Saved> saved;
    if (baseline.equals(LAST)) {
      saved = Baselines.ofCheckout().of(report.machine());
      if (saved.isEmpty()) {
        output.line("there is no baseline of this machine; --save-baseline makes one");
      }
    } else {
      Path file = Path.of(baseline);
      saved = List.of(new Baselines.Saved(file, BenchDocument.read(file)));
    }
    Comparison comparison = Comparison.of(report, saved);
    comparison.changes().forEach(change -> output.line(change.line()));
    comparison.unknown().forEach(id -> output.line(id + " has no baseline"));
    return comparison;
  }

  /** The page shows the baselines that were there before. */
  private void keep(BenchReport report, Output output) throws IOException {
    Baselines baselines = Baselines.ofCheckout();
    if (plot != null) {
      Files.writeString(plot, PlotPage.of(report, baselines.of(report.machine())));
      output.progress("drawn: " + plot);
    }
    if (saveBaseline) {
      output.progress("kept: " + baselines.save(report));
    }
  }

  private int status(BenchReport report, Output output) {
    boolean failed = !report.missed().isEmpty() || !report.absent().isEmpty();
    if (check && failed) {
      report.missed().forEach(result -> output.progress("missed: " + result.line()));
      report.absent().forEach(each -> output.progress("not measured: " + each.id()));
      return ExitStatus.CHECK_FAILED;
    }
    return ExitStatus.OK;
  }
}
