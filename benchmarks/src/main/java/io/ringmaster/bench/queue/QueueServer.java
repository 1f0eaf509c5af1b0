package io.ringmaster.bench.queue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A queue's server: a program on the {@code PATH}, with a folder of its own where temporary files
 * are. It ends when this JVM does, for a shell between them waits for the end of its standard
 * input; and the shell ends when it does. One thread.
 */
final class QueueServer implements AutoCloseable {
  private static final String SHELL =
      "exec 3<&0; \"$@\" 3<&- & server=$!; (read -r _ <&3; kill $server) & reader=$!;"
          + " wait $server; kill $reader";
  private static final long READY_NS = TimeUnit.SECONDS.toNanos(30);
  private static final long LOOK_MS = 5;
  private static final int END_S = 30;

  private final Path folder;
  private final Process shell;

  private QueueServer(Path folder, Process shell) {
    this.folder = folder;
    this.shell = shell;
  }

  /** A program by its name; null: there is none. */
  static Path find(String program) {
    for (String each : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path path = Path.of(each, program);
      if (!each.isEmpty() && Files.isExecutable(path)) {
        return path;
      }
    }
    return null;
  }

  /** Makes the folder for a server. */
  static Path folder() throws IOException {
    return Files.createTempDirectory("ringmaster-bench-");
  }

  /**
   * Starts it and waits until it has made a file.
   *
   * @param folder its own; goes with it, also if it does not start
   * @param ready what it makes when it can be connected to
   * @throws IOException it does not start
   */
  static QueueServer start(Path folder, List<String> command, Path ready) throws IOException {
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", SHELL, "sh"));
    words.addAll(command);
    File log = folder.resolve("log").toFile();
    Process shell = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log).start();
    QueueServer server = new QueueServer(folder, shell);
    boolean started = false;
    try {
      server.await(ready);
      started = true;
      return server;
    } finally {
      if (!started) {
        server.close();
      }
    }
  }

  /** Waits until there is a file in a folder, with something in it. */
  Path awaitFile(Path inside) throws IOException {
    long begin = System.nanoTime();
    while (true) {
      try (Stream<Path> files = Files.list(inside)) {
        Path first = files.findFirst().orElse(null);
        if (first != null && Files.size(first) > 0) {
          return first;
        }
      }
      sleep(begin);
    }
  }

  private void await(Path ready) throws IOException {
    long begin = System.nanoTime();
    while (!Files.exists(ready)) {
      sleep(begin);
    }
  }

  private void sleep(long begin) throws IOException {
    if (System.nanoTime() - begin > READY_NS || !shell.isAlive()) {
      throw new IOException("it does not start: " + Files.readString(folder.resolve("log")));
    }
    try {
      shell.waitFor(LOOK_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    shell.getOutputStream().close();
    try {
      if (!shell.waitFor(END_S, TimeUnit.SECONDS)) {
        shell.descendants().forEach(ProcessHandle::destroyForcibly);
        shell.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      Thread.currentThread().interrupt();
    }
    delete(folder);
  }

  static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(folder)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
