package io.ringmaster.cli.serve;

import io.ringmaster.api.DataFolderInUseException;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.server.BelowIsolationFloorException;
import io.ringmaster.server.Server;
import io.ringmaster.server.config.Configuration;
import io.ringmaster.server.config.ConfigurationException;
import io.ringmaster.server.config.Options;
import io.ringmaster.server.config.ServerOption;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileSystemException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code serve}. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Serves Lambda's HTTP API and gRPC until it is told to stop (SIGTERM or SIGINT: what runs"
          + " may",
      "end; a second one: at once). Each option is a key of the configuration file too; the"
          + " command",
      "line wins over the variable beside it, that over the file."
    })
public final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** The declared options as those of a command. */
  public static void addOptions(CommandSpec command) {
    for (ServerOption<?> option : Options.ALL) {
      String usual = option.defaultText() == null ? "" : " (default: " + option.defaultText() + ")";
      OptionSpec.Builder builder =
          OptionSpec.builder(option.flag())
              .type(String.class)
              .paramLabel(option.form())
              .description(option.description() + usual);
      if (option.isSwitch()) {
        builder.arity("0..1").fallbackValue("true");
      }
      command.addOption(builder.build());
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintStream out = System.out;
    System.setOut(System.err); // standard output has one line, the ready line
    StopRequest stop = new StopRequest();
    StopSignals.install(stop::come); // callers may be served soon
    Server server;
    try {
      server = Server.start(Configuration.resolve(flags(), System.getenv()), System.getenv());
    } catch (ConfigurationException e) {
      e.problems().forEach(problem -> complain(problem.toString()));
      return ExitStatus.USAGE;
    } catch (BelowIsolationFloorException e) {
      complain(e.getMessage());
      return ExitStatus.ISOLATION_FLOOR;
    } catch (DataFolderInUseException e) {
      complain(e.getMessage());
      return ExitStatus.DATA_IN_USE;
    } catch (IOException e) {
      complain(e instanceof FileSystemException ? e.toString() : e.getMessage());
      return ExitStatus.CHECK_FAILED;
    }
    stop.started(server);
    out.println(server.readyLine());
    out.flush();
    server.awaitStopRequest();
    complain("stopping: running invocations may end");
    server.close();
    complain("stopped");
    return ExitStatus.OK;
  }

  /** What stands on the command line; what comes from elsewhere the configuration finds itself. */
  private Map<String, String> flags() {
    Map<String, String> flags = new HashMap<>();
    ParseResult parsed = spec.commandLine().getParseResult();
    for (ServerOption<?> option : Options.ALL) {
      if (parsed.hasMatchedOption(option.flag())) {
        String value = parsed.matchedOptionValue(option.flag(), (String) null);
        flags.put(option.key(), value);
      }
    }
    return flags;
  }

  private static void complain(String text) {
    System.err.println("ringmaster serve: " + text);
  }

  /** That somebody wants the server to stop, perhaps before it has started. Any thread. */
  private static final class StopRequest {
    private boolean came;
    private Server server;

    synchronized void come() {
      came = true;
      if (server == null) {
        System.err.println(
            "ringmaster: stops when it has started; a second signal ends it at once");
      } else {
        server.requestStop();
      }
    }

    synchronized void started(Server running) {
      server = running;
      if (came) {
        running.requestStop();
      }
    }
  }
}
