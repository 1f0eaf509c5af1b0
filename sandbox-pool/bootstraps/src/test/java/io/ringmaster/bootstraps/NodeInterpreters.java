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
import java.util.stream.Stream;

/**
 * The Node interpreters for tests: the one on the path, and those of a folder that {@code
 * ringmaster.tests.node-versions} names (one sub folder each, with {@code bin/node}).
 */
final class NodeInterpreters {
  private static final List<Integer> MAJORS = List.of(18, 20, 22, 24);

  private NodeInterpreters() {}

  /** By major version; empty where there is none. */
  static SortedMap<Integer, Path> all() throws IOException, InterruptedException {
    SortedMap<Integer, Path> found = new TreeMap<>();
    String folder = System.getProperty("ringmaster.tests.node-versions", "");
    if (!folder.isEmpty() && Files.isDirectory(Path.of(folder))) {
      try (Stream<Path> versions = Files.list(Path.of(folder))) {
        for (Path version : (Iterable<Path>) versions::iterator) {
          add(version.resolve("bin/node").toString(), found);
        }
      }
    }
    add("node", found);
    return found;
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
