package io.ringmaster.cli;

import io.ringmaster.cli.output.ExitStatus;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** Prints the reference page of all commands, from their declarations. */
@Command(name = "reference", hidden = true)
final class ReferenceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    System.out.print(page(spec.root().commandLine()));
    return ExitStatus.OK;
  }

  /** The page as it is kept in {@code tools/docs/commands.md}. */
  static String page(CommandLine root) {
    StringBuilder page = new StringBuilder();
    page.append(
        "# Commands\n\n"
            + "Generated from the declarations: `./ringmaster reference >"
            + " tools/docs/commands.md`.\n");
    page.append("The command line wins over the environment variable beside an option.\n");
    section(page, "ringmaster", root);
    for (Map.Entry<String, CommandLine> each : root.getSubcommands().entrySet()) {
      if (!each.getValue().getCommandSpec().usageMessage().hidden()) {
        section(page, each.getKey(), each.getValue());
      }
    }
    page.append("\nNames that later releases fill: ");
    page.append(String.join(", ", Main.LATER.stream().map(name -> '`' + name + '`').toList()));
    return page.append(". Today they say so and end with status 2.\n").toString();
  }

  private static void section(StringBuilder page, String name, CommandLine command) {
    page.append("\n## ").append(name).append("\n\n```\n");
    page.append(command.getUsageMessage(Ansi.OFF).stripTrailing());
    page.append("\n```\n");
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.usageHelp() && !option.versionHelp()) {
        String longest = option.longestName();
        page.append("\n- `").append(longest).append("`: `");
        page.append(EnvironmentDefaults.variable(longest)).append('`');
      }
    }
    page.append('\n');
  }
}
