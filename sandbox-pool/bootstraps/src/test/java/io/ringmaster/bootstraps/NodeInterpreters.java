package io.ringmaster.bootstraps;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The Node interpreters for tests: the one on the path, and in the full tier one of each supported
 * major version, as npm brings them.
 */
final class NodeInterpreters {
  private static final List<Integer> MAJORS = List.of(18, 20, 22, 24);
  private static final int FETCH_S = 120;

  private NodeInterpreters() {}

  /** By major version; empty where there is none. */
  static SortedMap<Integer, Path> all() throws IOException, InterruptedException {
    SortedMap<Integer, Path> found = new TreeMap<>();
    add("node", found);
    if ("full".equals(System.getProperty("ringmaster.tests"))) {
      for (int major : absent(found)) {
        fetch(major, found);
      }
    }
    return found;
  }

  /** What npm cannot bring stays absent. */
  private static void fetch(int major, SortedMap<Integer, Path> found)
      throws IOException, InterruptedException {
    String name =
        "node-linux-" + (System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64");
    Path folder = Files.createDirectories(Path.of("target", "node-versions", "" + major));
    Path program = folder.resolve("node_modules").resolve(name).resolve("bin/node");
    if (!Files.isExecutable(program)) {
      Process npm;
      try {
        npm =
            new ProcessBuilder(
                    "npm",
                    "install",
                    "--silent",
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                    "--prefix",
                    folder.toString(),
                    name + "@" + major)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("npm.log").toFile())
                .start();
      } catch (IOException e) {
        return; // no npm
      }
      if (!npm.waitFor(FETCH_S, TimeUnit.SECONDS)) {
        npm.destroyForcibly();
        return;
      }
    }
    if (Files.isExecutable(program)) {
      add(program.toAbsolutePath().toString(), found);
    }
  }

  /** Supported major versions that are not here. */
  static List<Integer> absent(SortedMap<Integer, Path> found) {
    List<Integer> absent = new ArrayList<>(MAJORS);
    absent.removeAll(found.keySet());
    return absent;
  }

  private static void add(String program, SortedMap<Integer, Path> found)
      throws InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(
                  program, "-p", "process.versions.node.split('.')[0] + ' ' + process.execPath")
              .start();
    } catch (IOException e) {
      return; // no such program
    }
    String[] answer;
    try {
      answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .strip()
              .split(" ", 2);
    } catch (IOException e) {
      throw new IllegalStateException(program + " cannot be asked for its version", e);
    }
    if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(program + " does not run");
    }
    found.put(Integer.valueOf(answer[0]), Path.of(answer[1]));
  }
}
