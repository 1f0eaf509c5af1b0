package io.ringmaster.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the engine and its functions can have of the machine, or of what the control group and the
 * user are allowed that the engine was started in.
 */
final class MachineLimits {
  /** The kernel does not say, or does not limit it. */
  static final long NONE = Long.MAX_VALUE;

  /** CAP_SYS_ADMIN and CAP_SYS_RESOURCE: no limit of a user's pipes holds with either. */
  private static final long ANY_PIPES = (1L << 21) | (1L << 24);

  private final Path root;

  /**
   * Looks below a folder.
   *
   * @param root where {@code proc} and {@code sys} are; a machine's is {@code /}
   */
  MachineLimits(Path root) {
    this.root = root;
  }

  /**
   * Bytes of memory. The JDK's own bean says the same, and takes 80 ms of a start to load.
   *
   * @return {@link #NONE} where the kernel does not say
   */
  long memoryBytes() {
    long kb = number("proc/meminfo", "MemTotal:");
    long bytes = kb == NONE ? NONE : kb * 1024;
    for (String line : lines("proc/self/cgroup")) { // number:controllers:group
      String[] fields = line.split(":", 3);
      if (fields.length == 3 && fields[1].isEmpty()) {
        bytes = Math.min(bytes, allowed("sys/fs/cgroup", fields[2], "memory.max"));
      } else if (fields.length == 3 && List.of(fields[1].split(",")).contains("memory")) {
        bytes =
            Math.min(bytes, allowed("sys/fs/cgroup/memory", fields[2], "memory.limit_in_bytes"));
      }
    }
    return bytes;
  }

  /** The least limit of a group and of those that it is in, up to the container's. */
  private long allowed(String mount, String group, String limit) {
    long least = number(mount + "/" + limit, "");
    for (int end = group.length(); end > 0; end = group.lastIndexOf('/', end - 1)) {
      least = Math.min(least, number(mount + group.substring(0, end) + "/" + limit, ""));
    }
    return least;
  }

  /** Files that the process may have open. */
  long openFiles() {
    return number("proc/self/limits", "Max open files");
  }

  /** Pages that all pipes of the user may have before new ones get one page or two. */
  long pipePages() {
    long pages = number("proc/sys/fs/pipe-user-pages-soft", "");
    return pages == 0 || mayHaveAnyPipes() ? NONE : pages;
  }

  private boolean mayHaveAnyPipes() {
    String set = after("proc/self/status", "CapEff:");
    return set.matches("[0-9a-f]{16}") && (Long.parseUnsignedLong(set, 16) & ANY_PIPES) != 0;
  }

  private long number(String file, String label) {
    String digits = after(file, label);
    return digits.matches("[0-9]{1,18}") ? Long.parseLong(digits) : NONE;
  }

  /** The word after a label that begins a line; empty: there is none. */
  private String after(String file, String label) {
    for (String line : lines(file)) {
      if (line.startsWith(label)) {
        return line.substring(label.length()).strip().split("\\s+", 2)[0];
      }
    }
    return "";
  }

  private List<String> lines(String file) {
    try {
      return Files.readAllLines(root.resolve(file));
    } catch (IOException | InvalidPathException e) {
      return List.of(); // not such a kernel, or not such a version of control groups
    }
  }
}
