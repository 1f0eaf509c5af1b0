package io.ringmaster.bench.jmh;

import io.ringmaster.bench.Bench;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** JMH's own command line; the JVMs that it starts get the flags that the engine needs. */
public final class JmhMain {
  private JmhMain() {}

  /**
   * @param words JMH's options; {@code -h} tells them
   */
  public static void main(String[] words) throws CommandLineOptionException, RunnerException {
    CommandLineOptions options = new CommandLineOptions(words);
    if (options.shouldHelp()) {
      showHelp(options);
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

  private static void showHelp(CommandLineOptions options) {
    try {
      options.showHelp();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
