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
 * The Ruby interpreters for tests: the one on the path, and those of a folder that {@code
 * ringmaster.tests.ruby-versions} names (one sub folder each, with {@code bin/ruby}).
 */
final class RubyInterpreters {
  private static final List<String> SUPPORTED = List.of("3.2", "3.3", "3.4");

  private RubyInterpreters() {}

  /** By version, such as 3.3; empty where there is none. */
  static SortedMap<String, Path> all() throws IOException, InterruptedException {
    SortedMap<String, Path> found = new TreeMap<>();
    String folder = System.getProperty("ringmaster.tests.ruby-versions", "");
    if (!folder.isEmpty() && Files.isDirectory(Path.of(folder))) {
      try (Stream<Path> versions = Files.list(Path.of(folder))) {
        for (Path version : (Iterable<Path>) versions::iterator) {
          add(version.resolve("bin/ruby").toString(), found);
        }
      }
    }
    add("ruby", found);
    return found;
  }

  /** AWS's versions that are not here. */
  static List<String> absent(SortedMap<String, Path> found) {
    List<String> absent = new ArrayList<>(SUPPORTED);
    absent.removeAll(found.keySet());
    if (found.isEmpty()) {
      absent.add(0, "");
    }
    return absent;
  }

  private static void add(String program, SortedMap<String, Path> found)
      throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(
                  program,
                  "--disable=gems",
                  "-e",
                  "print RUBY_VERSION[/\\d+\\.\\d+/], ' ', File.readlink('/proc/self/exe')")
              .start();
    } catch (IOException e) {
      return; // no such program
    }
    String[] answer =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .strip()
            .split(" ", 2);
    if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(program + " does not run");
    }
    found.put(answer[0], Path.of(answer[1]));
  }
}
