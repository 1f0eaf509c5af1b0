package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Set;

/**
 * What a process needs before it is forked: its pipes, and a kit for an environment. Client only.
 */
final class ProcessParts {
  /** Ends that go to the process: requests, responses, logs. */
  static final int THEIRS = 3;

  private static final FileAttribute<Set<PosixFilePermission>> OWNERS_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Linux linux;
  private final Path environments;
  private final SecureRandom random = new SecureRandom();
  private final ArrayDeque<EnvironmentKit> spareKits = new ArrayDeque<>();
  private final int[] ends = new int[2];

  /**
   * @param environments where kits have their folders
   */
  ProcessParts(Linux linux, Path environments) {
    this.linux = linux;
    this.environments = environments;
  }

  /**
   * Makes the parts; what was made before a failure is in the process and in {@code theirs}.
   *
   * @param theirs gets the process's ends, −1 where none was made
   */
  void make(SandboxProcess process, int[] theirs) throws IOException {
    Arrays.fill(theirs, -1);
    EnvironmentKit kit = spareKits.poll();
    if (kit == null) {
      kit = EnvironmentKit.mint(random, environments);
      Files.createDirectory(kit.folder(), OWNERS_ONLY);
    }
    process.kit = kit;
    LinuxException.check("pipe2", linux.pipe(0, ends));
    theirs[0] = ends[0];
    process.requestFd = ends[1];
    LinuxException.check("pipe2", linux.pipe(0, ends));
    theirs[1] = ends[1];
    process.responseFd = ends[0];
    LinuxException.check("pipe2", linux.pipe(0, ends));
    theirs[2] = ends[1];
    process.logs = new LogPipe(ends[0]);
    LinuxException.check("fcntl", linux.nonBlocking(process.requestFd));
    LinuxException.check("fcntl", linux.nonBlocking(process.responseFd));
    LinuxException.check("fcntl", linux.nonBlocking(process.logs.fd));
  }

  /** Closes what the process was given. */
  void close(int[] theirs) {
    for (int fd : theirs) {
      close(fd);
    }
  }

  /** Takes everything back of a process that will never be. */
  void giveBack(SandboxProcess process) {
    close(process.requestFd);
    close(process.responseFd);
    close(process.logs == null ? -1 : process.logs.fd);
    if (process.kit != null) {
      spareKits.add(process.kit);
    }
  }

  /** A kit that was never used can serve another environment. */
  void reuse(EnvironmentKit kit) {
    spareKits.add(kit);
  }

  private void close(int fd) {
    if (fd >= 0) {
      linux.close(fd);
    }
  }
}
