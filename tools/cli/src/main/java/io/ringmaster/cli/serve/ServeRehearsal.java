package io.ringmaster.cli.serve;

import io.ringmaster.bench.floor.Programs;
import io.ringmaster.cli.client.InvokeCommand;
import io.ringmaster.cli.client.StatusCommand;
import io.ringmaster.cli.deploy.DeployCommand;
import io.ringmaster.server.BelowIsolationFloorException;
import io.ringmaster.server.Server;
import io.ringmaster.server.config.Configuration;
import io.ringmaster.server.config.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;

/** A server, a function deployed to it and invoked: so that their classes are in the archive. */
public final class ServeRehearsal {
  private static final String FUNCTION =
      """
      def handler(event, context):
          return event
      """;

  private ServeRehearsal() {}

  /** Whether all went well. Leaves nothing. */
  public static boolean run() throws IOException {
    Path folder = Files.createTempDirectory("ringmaster-rehearsal-");
    try {
      Path source = Files.createDirectories(folder.resolve("rehearsal"));
      Files.writeString(source.resolve("app.py"), FUNCTION);
      Configuration configuration =
          Configuration.resolve(
              Map.of(
                  "data", folder.resolve("data").toString(),
                  "http", "127.0.0.1:0",
                  "grpc", "127.0.0.1:0"),
              Map.of());
      try (Server server = Server.start(configuration, Map.of())) {
        System.err.println(server.readyLine());
        String endpoint = "--endpoint=" + server.httpUrl();
        return new CommandLine(new DeployCommand()).execute(endpoint, source.toString()) == 0
            && new CommandLine(new InvokeCommand()).execute(endpoint, "rehearsal", "{}") == 0
            && new CommandLine(new StatusCommand()).execute(endpoint) == 0;
      }
    } catch (ConfigurationException | BelowIsolationFloorException e) {
      throw new IllegalStateException("the rehearsal's server does not start", e);
    } finally {
      Programs.remove(folder);
    }
  }
}
