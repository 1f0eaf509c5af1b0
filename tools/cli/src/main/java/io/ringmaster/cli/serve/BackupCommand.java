package io.ringmaster.cli.serve;

import io.ringmaster.api.DataFolderInUseException;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.EngineException;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import io.ringmaster.server.config.Configuration;
import io.ringmaster.server.config.ConfigurationException;
import io.ringmaster.server.config.Options;
import io.ringmaster.server.control.ControlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code backup}. */
@Command(
    name = "backup",
    mixinStandardHelpOptions = true,
    description = {
      "Copies functions, versions, aliases, layers and their code to a folder that is not there"
          + " yet,",
      "while the server runs or when none does. Restoring is serving from it: serve --data DIR."
    })
public final class BackupCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "Where to; must not exist.")
  private Path target;

  @Option(names = "--data", paramLabel = "DIR", description = "The data folder (as serve's).")
  private String data;

  @Option(names = "--config", paramLabel = "FILE", description = "Configuration file (as serve's).")
  private String config;

  @Option(names = "--json", description = "Print one JSON document, ringmaster.backup/1.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Output output = Output.open(json);
    Path from;
    try {
      Map<String, String> flags = new java.util.HashMap<>();
      if (data != null) {
        flags.put(Options.DATA.key(), data);
      }
      if (config != null) {
        flags.put(Options.CONFIG.key(), config);
      }
      from = Configuration.resolve(flags, System.getenv()).get(Options.DATA);
    } catch (ConfigurationException e) {
      System.err.println("ringmaster backup: " + e.getMessage());
      return ExitStatus.USAGE;
    }
    if (!Files.isDirectory(from)) {
      System.err.println("ringmaster backup: there is no data folder " + from);
      return ExitStatus.USAGE;
    }
    Path to = target.toAbsolutePath().normalize();
    output.progress("copying " + from + " to " + to);
    try {
      copy(from, to);
    } catch (DataFolderInUseException e) {
      System.err.println("ringmaster backup: " + e.getMessage());
      return ExitStatus.DATA_IN_USE;
    } catch (IOException | EngineException e) {
      System.err.println("ringmaster backup: " + e.getMessage());
      return ExitStatus.CHECK_FAILED;
    }
    output.line(to.toString());
    output.document("ringmaster.backup/1", out -> out.writeStringField("target", to.toString()));
    return ExitStatus.OK;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (ControlClient server = ControlClient.connect(from)) {
      if (server != null) {
        server.backup(to);
        return;
      }
    }
    EngineConfig still = EngineConfig.builder().dataFolder(from).sandboxProcesses(false).build();
    try (Engine engine = Engine.open(still)) {
      engine.backup(to);
    }
  }
}
