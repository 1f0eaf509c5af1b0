package io.ringmaster.cli;

import io.ringmaster.api.DataFolderInUseException;
import io.ringmaster.api.EngineException;
import io.ringmaster.api.MissingJvmFlagsException;
import io.ringmaster.cli.client.DlqCommand;
import io.ringmaster.cli.client.FunctionsCommand;
import io.ringmaster.cli.client.InvokeCommand;
import io.ringmaster.cli.client.LogsCommand;
import io.ringmaster.cli.client.StatusCommand;
import io.ringmaster.cli.demo.DemoCommand;
import io.ringmaster.cli.demo.RehearsalCommand;
import io.ringmaster.cli.deploy.DeployCommand;
import io.ringmaster.cli.doctor.DoctorCommand;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.sdk.SdkCommand;
import io.ringmaster.cli.serve.BackupCommand;
import io.ringmaster.cli.serve.ServeCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line's entry. */
@Command(
    name = "ringmaster",
    mixinStandardHelpOptions = true,
    version = "ringmaster 0.1.0",
    description = "An open, AWS-Lambda-compatible invocation engine.",
    subcommands = {
      ServeCommand.class,
      DeployCommand.class,
      InvokeCommand.class,
      FunctionsCommand.class,
      LogsCommand.class,
      StatusCommand.class,
      DlqCommand.class,
      BackupCommand.class,
      DemoCommand.class,
      DoctorCommand.class,
      SimulateCommand.class,
      BenchCommand.class,
      SdkCommand.class,
      RehearsalCommand.class,
      CompletionCommand.class,
      InstallCommand.class,
      FmtCommand.class,
      ReferenceCommand.class
    },
    footer = {
      "",
      "Exit status: 0 all well, 1 a check failed, 2 wrong usage or unsupported platform,",
      "3 below the isolation floor, 4 data folder in use."
    })
public final class Main implements Runnable {
  /** Commands whose names are fixed and which later releases bring. */
  static final List<String> LATER = List.of("top", "cost", "run", "event");

  @Spec private CommandSpec spec;

  private Main() {}

  /** Runs one command and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  /** Runs one command; answers its exit status. */
  static int execute(String... arguments) {
    if (arguments.length > 0 && LATER.contains(arguments[0])) {
      System.err.println("ringmaster " + arguments[0] + ": not yet available in this release");
      return ExitStatus.USAGE;
    }
    CommandLine line = commandLine();
    line.setExecutionExceptionHandler((e, command, parsed) -> failure(e));
    return line.execute(arguments);
  }

  /** All commands, as declared. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    ServeCommand.addOptions(line.getSubcommands().get("serve").getCommandSpec());
    line.setUsageHelpWidth(100);
    line.setExpandAtFiles(false); // @FILE is a command's own: an event, not more options
    line.setDefaultValueProvider(new EnvironmentDefaults(System.getenv()));
    return line;
  }

  private static int failure(Exception e) throws Exception {
    int status =
        switch (e) {
          case DataFolderInUseException inUse -> ExitStatus.DATA_IN_USE;
          case MissingJvmFlagsException flags -> ExitStatus.USAGE;
          case EngineException failed -> ExitStatus.CHECK_FAILED;
          case IOException failed -> ExitStatus.CHECK_FAILED;
          case UncheckedIOException failed -> ExitStatus.CHECK_FAILED;
          default -> throw e;
        };
    // What a file system says is the file's name only.
    System.err.println(
        "ringmaster: " + (e instanceof FileSystemException ? e.toString() : e.getMessage()));
    return status;
  }

  @Override
  public void run() {
    spec.commandLine().usage(System.err);
    throw new CommandLine.ParameterException(spec.commandLine(), "say which command");
  }
}
