package io.ringmaster.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How much memory there is for the engine and its functions: the machine's, or what the control
 * group allows that the engine was started in. The JDK's own bean says the same, and takes 80 ms of
 * a start to load.
 */
final class MachineMemory {
  private static final Path MACHINE = Path.of("/proc/meminfo");

  /** Limit of the second and of the first version of control groups, seen from within one. */
  private static final List<Path> LIMITS =
      List.of(
          Path.of("/sys/fs/cgroup/memory.max"),
          Path.of("/sys/fs/cgroup/memory/memory.limit_in_bytes"));

  private MachineMemory() {}

  /** In bytes; 0 where the kernel does not say. */
  static long bytes() {
    long bytes = read(MACHINE) * 1024;
    for (Path limit : LIMITS) {
      long allowed = read(limit);
      bytes = allowed > 0 ? Math.min(bytes, allowed) : bytes;
    }
    return bytes;
  }

  /** The first number of a file's first line; 0: there is none. */
  private static long read(Path file) {
    try (var lines = Files.lines(file)) {
      String digits = lines.findFirst().orElse("").replaceAll("\\D", "");
      return digits.isEmpty() || digits.length() > 18 ? 0 : Long.parseLong(digits);
    } catch (IOException e) {
      return 0; // not such a kernel, or not such a version of control groups
    }
  }
}
