package io.ringmaster.sandbox.keeper;

import static io.ringmaster.sandbox.system.LinuxException.check;

import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import io.ringmaster.sandbox.system.Spawn;
import io.ringmaster.sandbox.system.SpawnCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts sandboxes that are programs of their own, without a zygote.
 *
 * <p>Where it is allowed each gets a pid namespace. Its PID 1 is a program of the system that does
 * nothing but wait for the end of the keeper, at which it ends, and with it all that is in the
 * namespace; ended orphans it leaves to the kernel, by ignoring SIGCHLD. The function process is
 * PID 2 and, made by the keeper, the keeper's own child: so its wait status is what it really was.
 *
 * <p>Entering a namespace concerns only the thread that does, and only what that thread starts; it
 * is left again at once.
 */
final class Spawner {
  private static final int FILES_MAX = 1024;
  private static final long MEMLOCK_BYTES_MAX = 64 * 1024;

  private static final List<String> INIT =
      List.of("/bin/sh", "-c", "trap '' CHLD; exec cat >/dev/null");
  private static final List<String> INIT_ENVIRONMENT = List.of("PATH=/usr/bin:/bin");

  private final Linux linux;
  private final int nothing;

  /** The keeper's own pid namespace; negative: that cannot be named. */
  private final int home;

  /** Whether /proc numbers processes as the keeper does, so that they can be found there. */
  private final boolean ownProc;

  /** Read end of a pipe that nothing is written to; its end is the keeper's. */
  private final int leash;

  /**
   * To be made once; limits all that the keeper starts from then on, and takes their terminal away.
   */
  Spawner(Linux linux) {
    this.linux = linux;
    nothing = (int) check("open /dev/null", linux.open("/dev/null", Linux.O_RDWR));
    home = linux.open("/proc/self/ns/pid", Linux.O_RDONLY);
    ownProc = ownProc(linux.getpid());
    int[] ends = new int[2];
    check("pipe2", linux.pipe(0, ends));
    leash = ends[0];
    limit(Linux.RLIMIT_MEMLOCK, MEMLOCK_BYTES_MAX);
    limit(Linux.RLIMIT_CORE, coreBytesMax());
    int terminal = linux.open("/dev/tty", Linux.O_RDWR);
    if (terminal >= 0) {
      check("ioctl", linux.leaveTerminal(terminal));
      linux.close(terminal);
    }
  }

  private static boolean ownProc(int pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self")).toString().equals(String.valueOf(pid));
    } catch (IOException e) {
      return false;
    }
  }

  private void limit(int resource, long max) {
    long[] own = new long[2];
    check("prlimit64", linux.getLimit(resource, own));
    long value = own[1] < 0 ? max : Math.min(max, own[1]); // −1: no limit
    check("prlimit64", linux.setLimit(0, resource, value, value));
  }

  /** Where cores go to a program, only 1 keeps that from being started. */
  private static long coreBytesMax() {
    try {
      byte[] pattern = Files.readAllBytes(Path.of("/proc/sys/kernel/core_pattern"));
      return new String(pattern, StandardCharsets.ISO_8859_1).startsWith("|") ? 1 : 0;
    } catch (IOException unknown) {
      return 1;
    }
  }

  /**
   * Starts one.
   *
   * @param descriptors its 1 and 2, or its 3, 4 and these, then perhaps its 5; stay the caller's to
   *     close
   * @throws LinuxException where it cannot be started; nothing is left over then
   */
  Sandbox start(int id, SpawnCommand command, int[] descriptors) {
    int init = enter() ? startInit() : 0;
    try {
      int log = descriptors[descriptors.length == 1 ? 0 : 2];
      Spawn spawn =
          new Spawn(linux, command.argv(), command.environment())
              .folder(command.folder())
              .filesMax(FILES_MAX);
      if (descriptors.length == 1) {
        spawn.descriptors(nothing, log, log);
      } else {
        spawn.descriptors(nothing, log, log, descriptors[0], descriptors[1]);
      }
      if (descriptors.length == 4) {
        spawn.descriptors(descriptors[3]);
      }
      Sandbox sandbox = Sandbox.spawned(id, spawn.start(), init);
      sandbox.inheritedPeakKib = PeakMemory.own();
      return sandbox;
    } catch (LinuxException e) {
      if (init != 0) {
        linux.kill(init, Linux.SIGKILL);
        linux.wait4(init, 0, 0, 0);
      }
      throw e;
    } finally {
      leave();
    }
  }

  /**
   * Makes a namespace for what is started next; false: that is not allowed here, and not needed.
   */
  private boolean enter() {
    int refused = home < 0 ? home : linux.unshare(Linux.CLONE_NEWPID);
    if (refused == 0) {
      return true;
    }
    if (!ownProc) {
      throw new LinuxException("unshare", -refused);
    }
    return switch (-refused) {
      case Errno.EPERM, Errno.EINVAL, Errno.ENOSPC, Errno.ENOSYS, Errno.ENOENT, Errno.EACCES ->
          false;
      default -> throw new LinuxException("unshare", -refused);
    };
  }

  private int startInit() {
    try {
      return new Spawn(linux, INIT, INIT_ENVIRONMENT)
          .descriptors(leash, nothing, nothing)
          .folder("/")
          .start();
    } catch (LinuxException e) {
      leave();
      throw e;
    }
  }

  private void leave() {
    if (home >= 0) {
      int refused = linux.setns(home, Linux.CLONE_NEWPID);
      // Without the right to enter a namespace there was none to leave.
      if (refused != 0 && refused != -Errno.EPERM) {
        throw new LinuxException("setns", -refused);
      }
    }
  }
}
