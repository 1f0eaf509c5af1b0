package io.ringmaster.bench.product;

import io.ringmaster.bench.floor.Latencies;
import io.ringmaster.bench.floor.Programs;
import io.ringmaster.bench.harness.Probe;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * {@code serve.ready}: from the start of {@code ringmaster serve} on an empty data folder, as a
 * user starts it, until it says that it is ready. It is ended, and its folder removed, each time.
 */
public final class ServeReadyProbe implements Probe {
  private static final String READY = "{\"event\":\"ready\"";
  private static final long END_LIMIT_S = 30;

  private final Path launcher;
  private final Latencies latencies = new Latencies(4096);

  /** With the launcher of the folder that this was built in. */
  public ServeReadyProbe() throws IOException {
    this(launcher());
  }

  /** With another launcher. */
  ServeReadyProbe(Path launcher) {
    this.launcher = launcher;
  }

  private static Path launcher() throws IOException {
    Path folder;
    try {
      folder =
          Path.of(
              ServeReadyProbe.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException("where is this?", e);
    }
    while (folder != null) {
      Path launcher = folder.resolve("ringmaster");
      if (Files.isExecutable(launcher) && Files.isDirectory(folder.resolve("tools"))) {
        return launcher;
      }
      folder = folder.getParent();
    }
    throw new IOException("the launcher is in no folder above this build");
  }

  @Override
  public double round(long durationNs) throws IOException {
    long end = System.nanoTime() + durationNs;
    do {
      start();
    } while (System.nanoTime() - end < 0 && !latencies.isFull());
    return latencies.medianUs() / 1e3;
  }

  private void start() throws IOException {
    Path data = Files.createTempDirectory("ringmaster-bench-serve-");
    try {
      ProcessBuilder command =
          new ProcessBuilder(
              launcher.toString(),
              "serve",
              "--data",
              data.toString(),
              "--http",
              "127.0.0.1:0",
              "--grpc",
              "127.0.0.1:0");
      command.environment().put("RINGMASTER_NO_BUILD", "1");
      command.redirectError(ProcessBuilder.Redirect.DISCARD);
      long begin = System.nanoTime();
      Process process = command.start();
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        String line = out.readLine();
        latencies.add(System.nanoTime() - begin);
        if (line == null || !line.startsWith(READY)) {
          throw new IOException("serve did not say that it is ready: " + line);
        }
      } finally {
        end(process);
      }
    } finally {
      Programs.remove(data);
    }
  }

  private static void end(Process process) throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(END_LIMIT_S, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new IOException("serve did not end within " + END_LIMIT_S + " s");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public long samples() {
    return latencies.samples();
  }

  @Override
  public void close() {
    // Nothing is open between rounds.
  }
}
