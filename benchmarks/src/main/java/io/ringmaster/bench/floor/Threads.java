package io.ringmaster.bench.floor;

import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where another process's threads run. */
public final class Threads {
  private Threads() {}

  /**
   * Pins each thread of a process; those that they start later follow them.
   *
   * @param pid as this process sees it
   */
  public static void pin(Linux linux, long pid, int processor) {
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path thread : threads) {
        int tid = Integer.parseInt(thread.getFileName().toString());
        int result = linux.schedSetAffinity(tid, processor);
        if (result != -Errno.ESRCH) { // it ended meanwhile
          LinuxException.check("sched_setaffinity", result);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
