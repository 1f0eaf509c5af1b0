package io.ringmaster.bench;

import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Language;
import io.ringmaster.bench.harness.Effort;
import io.ringmaster.bench.harness.Interval;
import io.ringmaster.engine.JvmFlags;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One benchmark in a JVM of its own: the same class path, the flags that the engine needs. The
 * other JVM's standard output is the figures, its standard error is this one's; it ends when its
 * standard input does, so it never outlives this JVM.
 */
final class OwnProcess {
  private static final int FIGURES = 8;

  private OwnProcess() {}

  static BenchResult measure(Benchmark benchmark, Effort effort, BenchRuntime runtime) {
    try {
      Process process =
          new ProcessBuilder(command(benchmark.id(), effort, runtime))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (OutputStream keepsItAlive = process.getOutputStream();
          InputStream out = process.getInputStream()) {
        String told = new String(out.readAllBytes(), StandardCharsets.UTF_8);
        int status = process.waitFor();
        if (status != 0) {
          throw new IOException("its JVM ended with status " + status);
        }
        keepsItAlive.flush();
        return decode(benchmark, told);
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new BenchFailedException(benchmark.id(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailedException(benchmark.id(), e);
    }
  }

  private static List<String> command(String id, Effort effort, BenchRuntime runtime) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmFlags.all());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(OwnProcess.class.getName());
    command.add(id);
    command.add(String.valueOf(effort.rounds()));
    command.add(String.valueOf(effort.roundNs()));
    command.add(String.valueOf(effort.warmUpNs()));
    if (runtime != null) {
      command.add(runtime.language().name());
      command.add(runtime.identifier());
      command.add(runtime.executable().toString());
      command.add(runtime.version());
      if (runtime.bootstraps() != null) {
        command.add(runtime.bootstraps().toString());
      }
    }
    return command;
  }

  // ---- the other JVM ----

  /**
   * @param words identifier, rounds, nanoseconds a round, nanoseconds of warm-up; where a runtime
   *     is needed its language, identifier, executable, version, and bootstraps if they were made
   */
  public static void main(String[] words) {
    PrintStream figures = System.out;
    System.setOut(System.err);
    Thread.ofPlatform().name("bench-parent").daemon().start(OwnProcess::endWithParent);
    Effort effort =
        new Effort(Integer.parseInt(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
    Benchmark benchmark = Suite.select(List.of(words[0])).getFirst();
    figures.print(encode(Bench.measure(benchmark, effort, runtime(words))));
    figures.flush();
    Runtime.getRuntime().halt(figures.checkError() ? 1 : 0);
  }

  private static BenchRuntime runtime(String[] words) {
    if (words.length == 4) {
      return null;
    }
    return new BenchRuntime(
        Language.valueOf(words[4]),
        words[5],
        Path.of(words[6]),
        words[7],
        words.length == 8 ? null : Path.of(words[8]));
  }

  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {
        // The parent says nothing.
      }
    } catch (IOException e) {
      e.printStackTrace(System.err);
    }
    Runtime.getRuntime().halt(1);
  }

  private static String encode(BenchResult result) {
    Interval ratio =
        result.ratioCi95() == null ? new Interval(Double.NaN, Double.NaN) : result.ratioCi95();
    double[] figures = {
      result.value(),
      result.valueCi95().low(),
      result.valueCi95().high(),
      result.samples(),
      result.floorValue(),
      result.ratio(),
      ratio.low(),
      ratio.high()
    };
    StringBuilder text = new StringBuilder();
    for (double figure : figures) {
      text.append(figure).append(' ');
    }
    return text.append(result.detail()).toString();
  }

  private static BenchResult decode(Benchmark benchmark, String text) throws IOException {
    String[] words = text.split(" ", FIGURES + 1);
    if (words.length != FIGURES + 1) {
      throw new IOException("its JVM told " + text);
    }
    double[] figures = new double[FIGURES];
    for (int i = 0; i < FIGURES; i++) {
      figures[i] = Double.parseDouble(words[i]);
    }
    return new BenchResult(
        benchmark.id(),
        benchmark.unit(),
        figures[0],
        new Interval(figures[1], figures[2]),
        (long) figures[3],
        benchmark.floorId(),
        figures[4],
        figures[5],
        benchmark.floorId() == null ? null : new Interval(figures[6], figures[7]),
        benchmark.target(),
        words[FIGURES]);
  }
}
