package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.channel.Segment;
import io.ringmaster.sandbox.linux.runtimes.ChannelChoice;
import io.ringmaster.sandbox.spi.RuntimeApi;
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
import java.util.function.Consumer;

/**
 * What a process needs before it is forked: its pipes, and a kit for an environment. Client only.
 */
final class ProcessParts {
  /** What goes to the process at most: ends for requests, responses, logs, and a segment. */
  static final int THEIRS = 4;

  /** Place of the end for logs among them. */
  static final int LOG = 2;

  private static final int SEGMENT = 3;

  private static final FileAttribute<Set<PosixFilePermission>> OWNERS_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Linux linux;
  private final Path environments;
  private final RuntimeApi runtimeApi;
  private final ChannelChoice channels;
  private final Consumer<SandboxProcess> arrived;
  private final LogStreams logStreams = new LogStreams();
  private final SecureRandom random = new SecureRandom();
  private final ArrayDeque<EnvironmentKit> spareKits = new ArrayDeque<>();
  private final int[] ends = new int[2];

  /**
   * @param environments where kits have their folders
   * @param runtimeApi null: there is none
   * @param channels which processes get a segment
   * @param arrived told, on any thread, of processes whose session has something to tell
   */
  ProcessParts(
      Linux linux,
      Path environments,
      RuntimeApi runtimeApi,
      ChannelChoice channels,
      Consumer<SandboxProcess> arrived) {
    this.linux = linux;
    this.environments = environments;
    this.runtimeApi = runtimeApi;
    this.channels = channels;
    this.arrived = arrived;
  }

  /**
   * Makes the parts; what was made before a failure is in the process and in {@code theirs}.
   *
   * @param theirs gets the process's ends, −1 where none was made
   * @throws IllegalStateException where it needs the Runtime API and there is none
   */
  void make(SandboxProcess process, int[] theirs) throws IOException {
    Arrays.fill(theirs, -1);
    OwnStart own = process.own;
    if (own == null || own.kit() == null) {
      process.kit = kit();
    }
    if (own != null && own.byRuntimeApi()) {
      if (runtimeApi == null) {
        throw new IllegalStateException("this engine has no Runtime API");
      }
      process.session = runtimeApi.open(1, () -> arrived.accept(process));
    } else {
      makeChannel(process, theirs);
    }
    LinuxException.check("pipe2", linux.pipe(0, ends));
    theirs[LOG] = ends[1];
    process.logs = new LogPipe(ends[0]);
    LinuxException.check("fcntl", linux.nonBlocking(process.logs.fd));
    if (own != null) {
      process.logs.belongsTo(own.sandbox()); // it may write as soon as it is there
      if (own.kit() == null) {
        String version = own.template().spec().identity().functionVersion();
        process.logStream = logStreams.name(version, process.kit);
      }
    }
  }

  private EnvironmentKit kit() throws IOException {
    EnvironmentKit kit = spareKits.poll();
    if (kit == null) {
      kit = EnvironmentKit.mint(random, environments);
      Files.createDirectory(kit.folder(), OWNERS_ONLY);
    }
    return kit;
  }

  private void makeChannel(SandboxProcess process, int[] theirs) {
    LinuxException.check("pipe2", linux.pipe(0, ends));
    theirs[0] = ends[0];
    process.requestFd = ends[1];
    LinuxException.check("pipe2", linux.pipe(0, ends));
    theirs[1] = ends[1];
    process.responseFd = ends[0];
    if (channels.segment(process.family())) {
      theirs[SEGMENT] = Segment.create(linux);
      process.segment = Segment.map(linux, theirs[SEGMENT]);
    }
    LinuxException.check("fcntl", linux.nonBlocking(process.requestFd));
    LinuxException.check("fcntl", linux.nonBlocking(process.responseFd));
  }

  /** What is sent along with the wish for a process that has frames. */
  int[] sent(int[] theirs) {
    return Arrays.copyOf(theirs, theirs[SEGMENT] < 0 ? SEGMENT : THEIRS);
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
    if (process.session != null) {
      process.session.close();
    }
    if (process.segment != null) {
      process.segment.unmap(linux);
      process.segment = null;
    }
    if (process.kit != null) {
      spareKits.add(process.kit);
      process.kit = null;
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
