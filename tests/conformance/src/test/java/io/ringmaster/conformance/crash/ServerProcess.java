package io.ringmaster.conformance.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ringmaster.cli.Main;
import io.ringmaster.engine.JvmFlags;
import io.ringmaster.persistence.chronicle.ShortCycles;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code ringmaster serve} in a process of its own, on a data folder that outlives it. */
final class ServerProcess implements AutoCloseable {
  static final int ENVIRONMENTS = 14;

  /** An event that failed is tried again after so long. */
  static final int RETRY_S = 3600;

  /** The server dies with the thread that starts it, however that ends. */
  private static final List<String> TOGETHER = List.of("setpriv", "--pdeathsig=KILL");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final URI endpoint;

  private ServerProcess(Process process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /**
   * Answers when the server says that it is ready. It is gone at the latest when the calling thread
   * is.
   *
   * @param stops where its journal is told to stop
   * @param life its functions see it at the end of {@code AWS_ENDPOINT_URL}
   */
  static ServerProcess start(Path data, Path log, Path stops, int life, String durability)
      throws IOException {
    List<String> command = new ArrayList<>(TOGETHER);
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(JvmFlags.all());
    command.addAll(ShortCycles.flags(stops));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp"));
    command.add(stops + File.pathSeparator + System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(
        List.of(
            "serve",
            "--data=" + data,
            "--http=127.0.0.1:0",
            "--grpc=off",
            "--aws-endpoint=http://127.0.0.1:1/" + life,
            "--durability=" + durability,
            "--async-retry-base=" + RETRY_S + "s",
            "--environments-max=" + ENVIRONMENTS,
            "--state-pending-min=0ms"));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    try {
      BufferedReader out = process.inputReader();
      String line = out.readLine();
      if (line == null) {
        process.onExit().join();
        throw new IllegalStateException(
            "the server ended with " + process.exitValue() + "; see " + log);
      }
      JsonNode ready = JSON.readTree(line);
      return new ServerProcess(process, URI.create(ready.get("http").asText()));
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  URI endpoint() {
    return endpoint;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** {@code kill -9}; answers when the process is gone. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Ends it as a service's supervisor does. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      kill();
      throw new IllegalStateException("the server does not stop when it is told to");
    }
  }

  @Override
  public void close() {
    kill();
  }
}
