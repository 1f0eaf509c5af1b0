package io.ringmaster.cli;

import io.ringmaster.bench.Bench;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Language;
import io.ringmaster.bench.generator.EngineTarget;
import io.ringmaster.bench.generator.GrpcTarget;
import io.ringmaster.bench.generator.HttpTarget;
import io.ringmaster.bench.generator.LoadGenerator;
import io.ringmaster.bench.generator.LoadPlan;
import io.ringmaster.bench.generator.LoadReport;
import io.ringmaster.bench.generator.LoadTarget;
import io.ringmaster.bench.product.EmbeddedLoad;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench load}. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description =
        "Loads a function, in a closed loop or, with --rate, in an open one, whose latencies count"
            + " from when an invocation was due. Exit status 1 if one was not answered, or with an"
            + " error.")
final class BenchLoadCommand implements Callable<Integer> {
  private static final String EMBEDDED = "embedded";
  private static final String IN_JVM = "injvm";

  @Spec private CommandSpec spec;

  @Option(
      names = "--target",
      paramLabel = "URL",
      defaultValue = EMBEDDED,
      description =
          "http://HOST:PORT (the Lambda API), grpc://HOST:PORT, or embedded: an engine of its own"
              + " with an echo function. (default: ${DEFAULT-VALUE})")
  private String target;

  @Option(
      names = "--runtime",
      paramLabel = "NAME",
      defaultValue = IN_JVM,
      description =
          "Whose echo function an embedded engine has: injvm, python, node, java."
              + " (default: ${DEFAULT-VALUE})")
  private String runtime;

  @Option(
      names = "--function",
      paramLabel = "NAME",
      defaultValue = EmbeddedLoad.FUNCTION,
      description = "Name or ARN. (default: ${DEFAULT-VALUE})")
  private String function;

  @Option(
      names = "--payload",
      paramLabel = "JSON",
      description = "The event, or @FILE (default: the benchmarks' event of 64 bytes).")
  private String payload;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description = "Invocations that are due a second; 0: a closed loop. (default: 0)")
  private double rate;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "Invocations under way at once: of a closed loop always so many, of an open one at most."
              + " (default: ${DEFAULT-VALUE})")
  private int inFlight;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "10",
      description = "How long is recorded. (default: ${DEFAULT-VALUE})")
  private double seconds;

  @Option(
      names = "--warm-up",
      paramLabel = "N",
      defaultValue = "2",
      description = "Seconds before that. (default: ${DEFAULT-VALUE})")
  private double warmUp;

  @Option(
      names = "--hgrm",
      paramLabel = "FILE",
      description = "Write HdrHistogram's table of percentiles, in microseconds.")
  private Path hgrm;

  @Option(names = "--json", description = "Print one JSON document, ringmaster.load/1.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Output output = Output.open(json);
    LoadPlan plan = plan();
    byte[] event = event();
    LoadReport report;
    if (target.equals(EMBEDDED)) {
      try (EmbeddedLoad embedded = new EmbeddedLoad(benchRuntime(), 0);
          LoadTarget load = new EngineTarget(embedded.engine(), function, event, inFlight)) {
        report = run(load, plan, output);
      }
    } else {
      try (LoadTarget load = remote(event)) {
        report = run(load, plan, output);
      }
    }
    output.line(report.text());
    output.document(LoadReport.SCHEMA, report::writeFields);
    if (hgrm != null) {
      try (PrintStream out = new PrintStream(hgrm.toFile(), StandardCharsets.UTF_8)) {
        report.writePercentiles(out);
      }
      output.progress("written: " + hgrm);
    }
    return report.clean() ? ExitStatus.OK : ExitStatus.CHECK_FAILED;
  }

  private static LoadReport run(LoadTarget load, LoadPlan plan, Output output) {
    output.progress("loading");
    return LoadGenerator.run(load, plan);
  }

  private LoadPlan plan() {
    boolean timesAreFine = seconds > 0 && seconds <= 86_400 && warmUp >= 0 && warmUp <= 86_400;
    boolean rateIsFine = rate >= 0 && rate <= LoadPlan.PER_SECOND_MAX;
    if (!timesAreFine || !rateIsFine || inFlight < 1 || inFlight > 65_536) {
      throw wrong("--seconds, --warm-up, --rate or --in-flight is out of its range", null);
    }
    return new LoadPlan(rate, Math.round(warmUp * 1e9), Math.round(seconds * 1e9));
  }

  private byte[] event() throws IOException {
    if (payload == null) {
      return EmbeddedLoad.event();
    }
    return payload.startsWith("@")
        ? Files.readAllBytes(Path.of(payload.substring(1)))
        : payload.getBytes(StandardCharsets.UTF_8);
  }

  /** Null: an in-JVM handler. */
  private BenchRuntime benchRuntime() {
    if (runtime.equals(IN_JVM)) {
      return null;
    }
    for (Language language : Language.values()) {
      if (language.id().equals(runtime) && language != Language.PROVIDED) {
        BenchRuntime found = Bench.runtime(language);
        if (found == null) {
          throw wrong(BenchRuntime.absence(language), null);
        }
        return found;
      }
    }
    throw wrong("--runtime " + runtime + ": it is injvm, python, node or java", null);
  }

  private LoadTarget remote(byte[] event) throws IOException {
    URI address;
    try {
      address = URI.create(target);
    } catch (IllegalArgumentException e) {
      throw wrong("--target " + target + " is no URL", e);
    }
    String scheme = address.getScheme() == null ? "" : address.getScheme();
    if (address.getHost() == null || address.getPort() < 1) {
      throw wrong("--target " + target + ": host and port are needed", null);
    }
    InetSocketAddress server = new InetSocketAddress(address.getHost(), address.getPort());
    return switch (scheme) {
      case "http" -> new HttpTarget(server, function, event, inFlight);
      case "grpc" -> new GrpcTarget(server, function, event, inFlight);
      default -> throw wrong("--target " + target + ": it is http, grpc or embedded", null);
    };
  }

  private CommandLine.ParameterException wrong(String what, Throwable cause) {
    return new CommandLine.ParameterException(spec.commandLine(), what, cause);
  }
}
