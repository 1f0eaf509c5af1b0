package io.ringmaster.cli;

import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.server.config.Options;
import io.ringmaster.server.config.ServerOption;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the reference pages, from the declarations of commands and options. */
@Command(name = "reference", hidden = true)
final class ReferenceCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1")
  private Page page = Page.commands;

  private enum Page {
    commands,
    configuration
  }

  @Override
  public Integer call() {
    System.out.print(page == Page.commands ? page(spec.root().commandLine()) : configurationPage());
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

  /** The page as it is kept in {@code tools/docs/configuration.md}. */
  static String configurationPage() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Configuration of the server

        Generated from the declarations: `./ringmaster reference configuration > tools/docs/configuration.md`.

        Each option is a flag of `serve`, a variable, and a key of the file that `--config` names; the flag wins over the
        variable, that over the file. The file has lines `key = value` in UTF-8; lines that begin with `#` and empty ones say
        nothing; a value is written as on the command line, without quotes. Everything that is wrong is told at once, with its
        place, and the server does not start (exit status 2).

        | key | variable | value | default | |
        |---|---|---|---|---|
        """);
    for (ServerOption<?> option : Options.ALL) {
      page.append("| `").append(option.key()).append("` | `").append(option.variable());
      page.append("` | ").append(option.form().replace("|", "\\|")).append(" | ");
      page.append(option.defaultText() == null ? "" : '`' + option.defaultText() + '`');
      page.append(" | ").append(option.description()).append(" |\n");
    }
    return page.toString();
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
    command
        .getSubcommands()
        .forEach(
            (below, each) -> {
              if (command.getParent() != null) {
                section(page, name + " " + below, each);
              }
            });
  }
}
