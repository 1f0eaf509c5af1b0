package io.ringmaster.bootstraps;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Python interpreters of this machine: the one on the path, and those that pyenv installed. */
final class Interpreters {
  private static final Pattern VERSION = Pattern.compile("3\\.(\\d+)\\..*");
  private static final int OLDEST_MINOR = 8;

  private Interpreters() {}

  /** The real executable behind {@code python3}, which may be a version manager's shim. */
  static Path standard() {
    try {
      Process process =
          new ProcessBuilder("python3", "-c", "import sys; print(sys.executable)").start();
      String path =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException("python3 does not run");
      }
      return Path.of(path);
    } catch (IOException e) {
      throw new IllegalStateException("these tests need python3 on the path", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** All of 3.8 and later, by name; at least the standard one. */
  static Map<String, Path> all() throws IOException {
    Map<String, Path> found = new LinkedHashMap<>();
    found.put("python3", standard());
    Path versions = Path.of(System.getProperty("user.home"), ".pyenv", "versions");
    if (Files.isDirectory(versions)) {
      try (Stream<Path> folders = Files.list(versions).sorted()) {
        for (Path folder : (Iterable<Path>) folders::iterator) {
          Matcher version = VERSION.matcher(folder.getFileName().toString());
          Path executable = folder.resolve("bin/python3");
          if (version.matches()
              && Integer.parseInt(version.group(1)) >= OLDEST_MINOR
              && Files.isExecutable(executable)) {
            found.put(folder.getFileName().toString(), executable);
          }
        }
      }
    }
    return found;
  }

  /**
   * Versions of 3.8 to 3.14 that no interpreter of this machine has, for the report of what did not
   * run.
   */
  static List<String> absent(Map<String, Path> found) {
    List<String> absent = new ArrayList<>();
    for (int minor = OLDEST_MINOR; minor <= 14; minor++) {
      String prefix = "3." + minor + ".";
      if (found.keySet().stream().noneMatch(name -> name.startsWith(prefix))) {
        absent.add("3." + minor);
      }
    }
    return absent;
  }
}
