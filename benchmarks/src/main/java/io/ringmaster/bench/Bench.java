package io.ringmaster.bench;

import io.ringmaster.bench.harness.Effort;
import io.ringmaster.bench.harness.Rounds;
import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeFamily;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/** Runs benchmarks. Blocks for minutes; one run at a time in a process. */
public final class Bench {
  private Bench() {}

  /** All identifiers, in order. */
  public static List<String> ids() {
    return Suite.ids();
  }

  /**
   * Runs what was asked for.
   *
   * @param progress gets a line before and after each benchmark, for people
   * @throws UnknownBenchmarkException wrong usage; thrown before anything runs
   * @throws BenchFailedException a benchmark broke off; nothing of it is left running
   */
  public static BenchReport run(BenchOptions options, Consumer<String> progress) {
    List<Benchmark> selected = Suite.select(options.only());
    Interpreter python = python();
    MachineFacts machine = facts(python);
    List<BenchResult> results = new ArrayList<>();
    List<BenchReport.Absent> absent = new ArrayList<>();
    for (Benchmark benchmark : selected) {
      String reason = reasonAgainst(benchmark, python);
      if (reason != null) {
        absent.add(new BenchReport.Absent(benchmark.id(), reason));
        progress.accept(benchmark.id() + " cannot be measured here: " + reason);
        continue;
      }
      progress.accept("measuring " + benchmark.id());
      BenchResult result =
          options.ownProcess()
              ? OwnProcess.measure(benchmark, options.effort())
              : measureHere(benchmark, options.effort(), python);
      results.add(result);
      progress.accept(result.line());
    }
    return new BenchReport(machine, Commit.current(), results, absent);
  }

  /**
   * In this JVM, on a thread of its own, because a benchmark may pin the thread that it runs on.
   */
  private static BenchResult measureHere(Benchmark benchmark, Effort effort, Interpreter python) {
    FutureTask<BenchResult> measurement =
        new FutureTask<>(() -> measure(benchmark, effort, python));
    Thread.ofPlatform().name("bench-" + benchmark.id()).start(measurement);
    try {
      return measurement.get();
    } catch (ExecutionException e) {
      throw new BenchFailedException(benchmark.id(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailedException(benchmark.id(), e);
    }
  }

  /** On this thread. */
  static BenchResult measure(Benchmark benchmark, Effort effort, Interpreter python) {
    Benchmark.Setting at =
        new Benchmark.Setting(
            python == null ? null : python.executable(),
            python == null ? null : "python" + python.major() + "." + python.minor());
    try (Benchmark.Bout bout = benchmark.opener().open(at)) {
      Rounds rounds = Rounds.measure(bout.probe(), bout.floor(), effort);
      return BenchResult.of(benchmark, rounds, bout.probe().detail());
    } catch (Exception e) {
      throw new BenchFailedException(benchmark.id(), e);
    }
  }

  private static String reasonAgainst(Benchmark benchmark, Interpreter python) {
    int processors = Runtime.getRuntime().availableProcessors();
    if (processors < benchmark.processorsMin()) {
      return "it needs " + benchmark.processorsMin() + " processors, there is " + processors;
    }
    return python == null && benchmark.id().contains("python") ? "no Python was found" : null;
  }

  /** The JVM flags that the engine needs, one word each. */
  public static List<String> jvmFlags() {
    return OwnProcess.jvmFlags();
  }

  /**
   * The interpreter that is measured, the first in the engine's order of preference; null: none
   * works.
   */
  public static Interpreter python() {
    return Runtimes.find().interpreters(RuntimeFamily.PYTHON).stream().findFirst().orElse(null);
  }

  private static MachineFacts facts(Interpreter python) {
    try {
      return MachineFacts.read(python == null ? "" : python.version() + " " + python.executable());
    } catch (IOException e) {
      throw new BenchFailedException("machine facts", e);
    }
  }
}
