package io.ringmaster.cli.client;

import io.ringmaster.cli.output.ExitStatus;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all commands have in common that talk to a server. Main thread only. */
public abstract class ServerCommand implements Callable<Integer> {
  @Spec protected CommandSpec spec;
  @Mixin protected ServerAddress server;

  /** For the commands. */
  protected ServerCommand() {}

  /** The command's own work; answers the exit status. */
  protected abstract int run(LambdaApi api)
      throws LambdaApiException, IOException, InterruptedException;

  @Override
  public final Integer call() throws IOException, InterruptedException {
    try (LambdaApi api = server.api()) {
      return run(api);
    } catch (LambdaApiException e) {
      System.err.println("ringmaster " + spec.name() + ": " + e.line());
      return ExitStatus.CHECK_FAILED;
    }
  }
}
