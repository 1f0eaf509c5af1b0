package io.ringmaster.cli;

import io.ringmaster.cli.output.ExitStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Stands in the list of commands; the launcher runs it itself, for it copies what it has built. */
@Command(
    name = "install",
    mixinStandardHelpOptions = true,
    description =
        "Copies the program, with everything that it needs but a JDK, into a folder. Every user may"
            + " run it.")
final class InstallCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "New or empty.")
  private String folder;

  @Override
  public Integer call() {
    System.err.println(
        "ringmaster install: run it with the launcher: ./ringmaster install " + folder);
    return ExitStatus.USAGE;
  }
}
