package io.ringmaster.cli;

import io.ringmaster.cli.output.ExitStatus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Stands in the list of commands; the launcher runs it itself, because formatting needs no build.
 */
@Command(
    name = "fmt",
    mixinStandardHelpOptions = true,
    description = "Formats every Java source of the tree.")
final class FmtCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.err.println("ringmaster fmt: run it with the launcher: ./ringmaster fmt");
    return ExitStatus.USAGE;
  }
}
