package io.ringmaster.bench;

import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Language;
import io.ringmaster.bench.floor.Programs;
import io.ringmaster.bench.harness.Effort;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.bench.harness.Rounds;
import io.ringmaster.bootstraps.Bootstraps;
import io.ringmaster.bootstraps.JavaArchive;
import io.ringmaster.engine.JvmFlags;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
    Map<Language, BenchRuntime> runtimes = runtimes(selected);
    MachineFacts machine = facts(runtimes);
    BenchRuntime java = runtimes.get(Language.JAVA);
    if (java == null || !options.ownProcess()) {
      return run(selected, options, runtimes, machine, progress);
    }
    Path prepared = null;
    try {
      progress.accept("making the archive that JVMs of functions start with");
      prepared = Files.createTempDirectory("ringmaster-bench-java-").toRealPath();
      Path bootstraps = Bootstraps.extract(prepared);
      JavaArchive.make(java.executable(), major(java), bootstraps);
      runtimes.put(Language.JAVA, java.withBootstraps(prepared));
      return run(selected, options, runtimes, machine, progress);
    } catch (IOException e) {
      throw new BenchFailedException("Java's archive", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailedException("Java's archive", e);
    } finally {
      remove(prepared);
    }
  }

  private static int major(BenchRuntime runtime) {
    return Integer.parseInt(runtime.version().split("\\.")[0]);
  }

  private static void remove(Path folder) {
    if (folder != null) {
      try {
        Programs.remove(folder);
      } catch (IOException e) {
        throw new BenchFailedException("not removed: " + folder, e);
      }
    }
  }

  /** With these runtimes and no others. */
  static BenchReport run(
      List<Benchmark> selected,
      BenchOptions options,
      Map<Language, BenchRuntime> runtimes,
      MachineFacts machine,
      Consumer<String> progress) {
    List<BenchResult> results = new ArrayList<>();
    List<BenchReport.Absent> absent = new ArrayList<>();
    for (int i = 0; i < selected.size(); i++) {
      Benchmark benchmark = selected.get(i);
      BenchRuntime runtime = runtimes.get(benchmark.language());
      String reason = reasonAgainst(benchmark, runtime);
      if (reason != null) {
        absent.add(new BenchReport.Absent(benchmark.id(), reason));
        progress.accept(benchmark.id() + " cannot be measured here: " + reason);
        continue;
      }
      progress.accept("measuring " + benchmark.id() + " (" + (i + 1) + "/" + selected.size() + ")");
      BenchResult result =
          options.ownProcess()
              ? OwnProcess.measure(benchmark, options.effort(), runtime)
              : measureHere(benchmark, options.effort(), runtime);
      results.add(result);
      progress.accept(result.line());
    }
    return new BenchReport(machine, Commit.current(), results, absent);
  }

  /**
   * In this JVM, on a thread of its own, because a benchmark may pin the thread that it runs on.
   */
  private static BenchResult measureHere(Benchmark benchmark, Effort effort, BenchRuntime runtime) {
    FutureTask<BenchResult> measurement =
        new FutureTask<>(() -> measure(benchmark, effort, runtime));
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
  static BenchResult measure(Benchmark benchmark, Effort effort, BenchRuntime runtime) {
    try (Benchmark.Bout bout = benchmark.opener().open(runtime)) {
      Rounds rounds = Rounds.measure(bout.probe(), bout.floor(), effort);
      return BenchResult.of(benchmark, rounds, bout.probe().detail());
    } catch (Exception e) {
      throw new BenchFailedException(benchmark.id(), e);
    }
  }

  /**
   * Opens one side of a benchmark on the calling thread, which it may pin.
   *
   * @param floor whether it is the floor that is wanted
   * @throws UnknownBenchmarkException there is no such benchmark
   * @throws BenchFailedException it has no such side, or needs what this machine has not
   */
  public static Probe open(String id, boolean floor) {
    Benchmark benchmark = Suite.one(id);
    BenchRuntime runtime = benchmark.language() == null ? null : runtime(benchmark.language());
    String reason = reasonAgainst(benchmark, runtime);
    if (reason == null && floor && benchmark.floorId() == null) {
      reason = "it has no floor";
    }
    if (reason != null) {
      throw new BenchFailedException(id, new IllegalStateException(reason));
    }
    try {
      return benchmark.opener().open(runtime).only(floor);
    } catch (Exception e) {
      throw new BenchFailedException(id, e);
    }
  }

  /** Whether a benchmark has a floor. */
  public static boolean hasFloor(String id) {
    return Suite.one(id).floorId() != null;
  }

  /**
   * What figures that were taken elsewhere show.
   *
   * @param values figures of the product, at least one
   * @param floors figures of the floor, each taken next to the value with its index; empty: none
   * @param samples samples behind {@code values}
   * @param detail in a few words, how they were taken
   */
  public static BenchResult judge(
      String id, double[] values, double[] floors, long samples, String detail) {
    return BenchResult.of(Suite.one(id), new Rounds(values, floors, samples), detail);
  }

  /** A report of such results, with the facts of this machine. */
  public static BenchReport report(List<BenchResult> results) {
    List<Benchmark> benchmarks = results.stream().map(result -> Suite.one(result.id())).toList();
    return new BenchReport(
        facts(runtimes(benchmarks)), Commit.current(), List.copyOf(results), List.of());
  }

  private static String reasonAgainst(Benchmark benchmark, BenchRuntime runtime) {
    String reason = benchmark.obstacle().reason();
    if (reason == null && runtime == null && benchmark.language() != null) {
      reason = BenchRuntime.absence(benchmark.language());
    }
    return reason;
  }

  /** The JVM flags that the engine needs, one word each. */
  public static List<String> jvmFlags() {
    return JvmFlags.all();
  }

  /** What is measured of a language on this machine; null: there is no interpreter for it. */
  public static BenchRuntime runtime(Language language) {
    return BenchRuntime.find(language, Runtimes.find());
  }

  private static Map<Language, BenchRuntime> runtimes(List<Benchmark> selected) {
    Map<Language, BenchRuntime> found = new EnumMap<>(Language.class);
    Runtimes runtimes = Runtimes.find();
    for (Benchmark benchmark : selected) {
      Language language = benchmark.language();
      if (language != null && !found.containsKey(language)) {
        BenchRuntime runtime = BenchRuntime.find(language, runtimes);
        if (runtime != null) {
          found.put(language, runtime);
        }
      }
    }
    return found;
  }

  private static MachineFacts facts(Map<Language, BenchRuntime> runtimes) {
    Map<String, String> told = new TreeMap<>();
    runtimes.forEach(
        (language, runtime) ->
            told.put(language.id(), (runtime.version() + " " + runtime.executable()).strip()));
    try {
      return MachineFacts.read(told);
    } catch (IOException e) {
      throw new BenchFailedException("machine facts", e);
    }
  }
}
