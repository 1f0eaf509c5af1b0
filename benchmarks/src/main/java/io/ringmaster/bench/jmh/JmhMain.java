package io.ringmaster.bench.jmh;

import io.ringmaster.bench.Bench;
import io.ringmaster.bench.BenchDocument;
import io.ringmaster.bench.BenchReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * JMH's own command line, and {@code ab}: product and floor, fork by fork in turn. The JVMs that it
 * starts get the flags that the engine needs.
 */
public final class JmhMain {
  private static final int USAGE = 2;
  private static final String AB_USAGE =
      "ab [--forks N] [--iterations N] [--ms N] [--json FILE] [ID…]; ids: ";

  private JmhMain() {}

  /**
   * @param words {@code ab} with its options, or JMH's options; {@code -h} tells them
   */
  public static void main(String[] words)
      throws CommandLineOptionException, RunnerException, IOException {
    if (words.length > 0 && words[0].equals("ab")) {
      System.exit(ab(List.of(words).subList(1, words.length)));
    }
    CommandLineOptions options = new CommandLineOptions(words);
    if (options.shouldHelp()) {
      options.showHelp();
      return;
    }
    Runner runner =
        new Runner(
            new OptionsBuilder()
                .parent(options)
                .jvmArgsPrepend(Bench.jvmFlags().toArray(String[]::new))
                .build());
    if (options.shouldList()) {
      runner.list();
    } else {
      runner.run();
    }
  }

  private static int ab(List<String> words) throws RunnerException, IOException {
    int forks = 5;
    int iterations = 5;
    long ms = 1000;
    Path file = null;
    List<String> ids = new ArrayList<>();
    AbRun run;
    try {
      for (int i = 0; i < words.size(); i++) {
        switch (words.get(i)) {
          case "--forks" -> forks = Integer.parseInt(words.get(++i));
          case "--iterations" -> iterations = Integer.parseInt(words.get(++i));
          case "--ms" -> ms = Long.parseLong(words.get(++i));
          case "--json" -> file = Path.of(words.get(++i));
          default -> ids.add(words.get(i));
        }
      }
      ids.forEach(Micro::of);
      run = new AbRun(forks, iterations, ms);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      System.err.println(e.getMessage());
      System.err.println(AB_USAGE + String.join(" ", Micro.allIds()));
      return USAGE;
    }
    BenchReport report = run.run(ids.isEmpty() ? Micro.allIds() : ids, System.out::println);
    System.out.println(report.machine());
    if (file != null) {
      BenchDocument.write(report, file);
    }
    return 0;
  }
}
