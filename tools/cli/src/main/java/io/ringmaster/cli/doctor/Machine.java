package io.ringmaster.cli.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Facts that the kernel tells about itself. */
final class Machine {
  private Machine() {}

  static String kernel() {
    return System.getProperty("os.version");
  }

  static String architecture() {
    String name = System.getProperty("os.arch");
    return switch (name) {
      case "amd64" -> "x86_64";
      case "aarch64" -> "arm64";
      default -> name;
    };
  }

  static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Memory of the machine in bytes. */
  static long memoryBytes() {
    return lines(Path.of("/proc/meminfo"))
        .filter(line -> line.startsWith("MemTotal:"))
        .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("/proc/meminfo has no MemTotal"));
  }

  /** {@code v1}, {@code v2}, {@code hybrid} or {@code none}. */
  static String controlGroups() {
    boolean first = false;
    boolean second = false;
    for (String line : lines(Path.of("/proc/self/mountinfo")).toList()) {
      String type = line.substring(line.indexOf(" - ") + 3);
      first |= type.startsWith("cgroup ");
      second |= type.startsWith("cgroup2 ");
    }
    if (first) {
      return second ? "hybrid" : "v1";
    }
    return second ? "v2" : "none";
  }

  private static Stream<String> lines(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
