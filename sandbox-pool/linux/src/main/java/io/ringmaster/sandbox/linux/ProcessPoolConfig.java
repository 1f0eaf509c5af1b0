package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * How the process pool is to run. Immutable.
 *
 * @param dataFolder the engine's own folder, not shared with a running engine; exists. The pool
 *     keeps {@code bootstraps}, {@code environments} and {@code keeper.log} below it; what a
 *     crashed engine left in {@code environments} is removed
 * @param sandboxesMax environments at once, 1 to 100,000; a prepare beyond it is refused
 * @param genericSandboxes generic sandboxes kept ready per interpreter, for Java and for large
 *     functions on Node per class of memory sizes, 0 to 1,000; but for Python, none where nothing
 *     was started or announced for ten minutes
 * @param forkedSandboxes the same for all interpreters together whose zygotes fork them (Python):
 *     these share their memory, take about 2 MiB each and are kept for ever; each interpreter has
 *     as many as the others, and {@code genericSandboxes} at least; 0 to 1,000
 * @param genericSandboxesMax how many are kept ready at most when demand is high, at least {@code
 *     genericSandboxes}, up to 10,000
 * @param preparedRuntimes runtime identifiers whose generic sandboxes are started at once; others
 *     with their first binding
 * @param runtimes what the operator says about runtimes
 */
public record ProcessPoolConfig(
    Path dataFolder,
    int sandboxesMax,
    int genericSandboxes,
    int forkedSandboxes,
    int genericSandboxesMax,
    List<String> preparedRuntimes,
    RuntimeSettings runtimes) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException a value is out of its range
   */
  public ProcessPoolConfig {
    Objects.requireNonNull(dataFolder, "dataFolder");
    Objects.requireNonNull(runtimes, "runtimes");
    dataFolder = dataFolder.toAbsolutePath();
    preparedRuntimes = List.copyOf(preparedRuntimes);
    range("sandboxesMax", sandboxesMax, 1, 100_000);
    range("genericSandboxes", genericSandboxes, 0, 1_000);
    range("forkedSandboxes", forkedSandboxes, 0, 1_000);
    range("genericSandboxesMax", genericSandboxesMax, genericSandboxes, 10_000);
  }

  /** As many of each interpreter. */
  public ProcessPoolConfig(
      Path dataFolder,
      int sandboxesMax,
      int genericSandboxes,
      int genericSandboxesMax,
      List<String> preparedRuntimes,
      RuntimeSettings runtimes) {
    this(
        dataFolder,
        sandboxesMax,
        genericSandboxes,
        genericSandboxes,
        genericSandboxesMax,
        preparedRuntimes,
        runtimes);
  }

  /** As many of each interpreter, and nothing said about runtimes. */
  public ProcessPoolConfig(
      Path dataFolder,
      int sandboxesMax,
      int genericSandboxes,
      int genericSandboxesMax,
      List<String> preparedRuntimes) {
    this(
        dataFolder,
        sandboxesMax,
        genericSandboxes,
        genericSandboxesMax,
        preparedRuntimes,
        RuntimeSettings.NONE);
  }

  private static void range(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + "; it must be " + least + " to " + most);
    }
  }

  /** Below it each environment has its private folder. */
  Path environmentsFolder() {
    return dataFolder.resolve("environments");
  }
}
