package io.ringmaster.sandbox.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What a pidfd tells. Any thread. */
public final class Pidfds {
  private Pidfds() {}

  /**
   * The pid of the process behind a descriptor as this process's /proc numbers it, whatever
   * namespace it lives in.
   *
   * @return −1: it has ended and was reaped, or /proc's namespace does not hold it
   */
  public static int pid(int pidfd) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + pidfd))) {
        if (line.startsWith("Pid:")) {
          int pid = Integer.parseInt(line.substring(4).trim());
          return pid > 0 ? pid : -1;
        }
      }
      return -1;
    } catch (NoSuchFileException notOpen) {
      throw new LinuxException("pidfd " + pidfd, Errno.EBADF);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
