package io.ringmaster.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ringmaster.engine.JvmFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code serve} in a process of its own. Closing it kills it. */
final class ServerProcess implements AutoCloseable {
  static final long PATIENCE_S = 60;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Process process;
  private final Path out;
  private final Path err;
  private JsonNode ready;

  private ServerProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** A command that runs the command line as the launcher does. */
  static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmFlags.all());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("io.ringmaster.cli.Main");
    command.addAll(List.of(arguments));
    return command;
  }

  static ServerProcess start(Path folder, String... options) throws IOException {
    List<String> command = command("serve");
    command.addAll(List.of(options));
    return start(folder, command, Map.of());
  }

  static ServerProcess start(Path folder, List<String> command, Map<String, String> variables)
      throws IOException {
    Path out = Files.createTempFile(folder, "serve", ".out");
    Path err = Files.createTempFile(folder, "serve", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(variables);
    return new ServerProcess(builder.start(), out, err);
  }

  /** Waits for the first line. */
  JsonNode awaitReady() throws IOException, InterruptedException {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    while (ready == null) {
      String text = Files.readString(out);
      if (text.endsWith("\n")) {
        ready = MAPPER.readTree(text);
      } else if (!process.isAlive() || System.nanoTime() > endNs) {
        throw new AssertionError("not ready: " + errors());
      } else {
        Thread.sleep(10);
      }
    }
    return ready;
  }

  String http() throws IOException, InterruptedException {
    return awaitReady().get("http").asText();
  }

  /** Everything on standard output. */
  String output() throws IOException {
    return Files.readString(out);
  }

  String errors() throws IOException {
    return Files.readString(err);
  }

  Process process() {
    return process;
  }

  /** SIGTERM; unlike {@link Process#destroy} for a process whose exit is of interest. */
  void terminate() {
    process.destroy();
  }

  /** Its exit status; it has to end by itself. */
  int awaitEnd() throws InterruptedException, IOException {
    if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + errors());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
