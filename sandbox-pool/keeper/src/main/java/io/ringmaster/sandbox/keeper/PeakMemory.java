package io.ringmaster.sandbox.keeper;

import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.Pidfds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The peak resident memory of a sandbox that is about to be killed. When a namespace's PID 1 is
 * killed its children are reaped by the kernel, uncounted, so the figure has to be read before.
 * Only what the kernel writes is read, by the names that this /proc, perhaps an outer namespace's,
 * has for the processes.
 */
final class PeakMemory {
  private static final String LABEL = "VmHWM:";

  private final Linux linux;

  PeakMemory(Linux linux) {
    this.linux = linux;
  }

  /** That of the largest among the children of {@code pid}, KiB; 0 where it cannot be known. */
  long ofChildren(int pid) {
    return of(pid, false);
  }

  /** The same, {@code pid} included. */
  long ofTop(int pid) {
    return of(pid, true);
  }

  private long of(int pid, boolean itself) {
    int pidfd = linux.pidfdOpen(pid);
    if (pidfd < 0) {
      return 0;
    }
    try {
      int name = Pidfds.pid(pidfd);
      long peak = itself ? peak(text("/proc/" + name + "/status")) : 0;
      for (String child : text("/proc/" + name + "/task/" + name + "/children").split(" ")) {
        if (!child.isEmpty()) {
          peak = Math.max(peak, peak(text("/proc/" + child + "/status")));
        }
      }
      return peak;
    } finally {
      linux.close(pidfd);
    }
  }

  /** That of the keeper itself, KiB. */
  static long own() {
    return peak(text("/proc/self/status"));
  }

  private static long peak(String status) {
    int at = status.indexOf("\n" + LABEL);
    if (at < 0) {
      return 0;
    }
    int from = at + 1 + LABEL.length();
    return Long.parseLong(status.substring(from, status.indexOf("kB", from)).trim());
  }

  /** Empty where the process has ended, or the kernel has no such file. */
  private static String text(String path) {
    try {
      return new String(Files.readAllBytes(Path.of(path)), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return "";
    }
  }
}
