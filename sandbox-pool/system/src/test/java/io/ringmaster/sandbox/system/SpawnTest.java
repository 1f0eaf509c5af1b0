package io.ringmaster.sandbox.system;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpawnTest {
  private final Linux linux = new Linux();
  private final MemorySegment memory = linux.allocate(8192);
  private final int openBefore = LinuxTest.open();

  @AfterEach
  void nothingIsLeft() {
    assertEquals(openBefore, LinuxTest.open());
    assertEquals(-Errno.ECHILD, linux.wait4(-1, 0, Linux.WNOHANG, 0));
  }

  @Test
  void childHasItsDescriptorsEnvironmentAndGroupAndNothingElse() {
    int[] out = new int[2];
    linux.pipe(0, out);
    int nothing = linux.open("/dev/null", Linux.O_RDWR);
    String script = "echo $WORD; ls -m /proc/$$/fd;" + " cut -d' ' -f5 /proc/$$/stat; exit 7";
    int pid =
        new Spawn(
                linux,
                List.of("/bin/sh", "-c", script),
                List.of("WORD=hello", "PATH=/usr/bin:/bin"))
            .descriptors(nothing, out[1], nothing)
            .start();
    linux.close(out[1]);
    linux.close(nothing);
    List<String> lines = all(out[0]).lines().toList();
    linux.close(out[0]);
    assertEquals(pid, linux.wait4(pid, memory.address(), 0, memory.address() + 8));
    int status = memory.get(JAVA_INT, 0);
    assertEquals("exit status 7", WaitStatus.describe(status));
    assertTrue(memory.get(JAVA_LONG, 8 + Linux.RUSAGE_MAXRSS) > 500);
    assertEquals("hello", lines.get(0));
    assertEquals("0, 1, 2", lines.get(1));
    assertEquals(String.valueOf(pid), lines.get(2));
  }

  @Test
  void childBlocksWhatItShallAndIgnoresNothing() {
    int[] out = new int[2];
    linux.pipe(0, out);
    List<String> argv = List.of("/bin/grep", "-E", "SigBlk|SigIgn", "/proc/self/status");
    int pid =
        new Spawn(linux, argv, List.of()).descriptors(0, out[1]).blocked(Linux.SIGCHLD).start();
    linux.close(out[1]);
    String seen = all(out[0]);
    linux.close(out[0]);
    linux.wait4(pid, 0, 0, 0);
    assertEquals("SigBlk:\t0000000000010000\nSigIgn:\t0000000000000000\n", seen);
  }

  @Test
  void sourcesMayBeTargets() {
    int[] out = new int[2];
    linux.pipe(0, out);
    // 1 and 2 of the child come from each other's places here; its 0 from 2
    int pid =
        new Spawn(
                linux,
                List.of("/bin/sh", "-c", "readlink /proc/$$/fd/0 /proc/$$/fd/2 >&3"),
                List.of("PATH=/bin"))
            .descriptors(2, 2, 1, out[1])
            .start();
    linux.close(out[1]);
    String seen = all(out[0]);
    linux.close(out[0]);
    linux.wait4(pid, 0, 0, 0);
    assertEquals(link(2) + "\n" + link(1) + "\n", seen);
  }

  @Test
  void missingProgramIsToldAtOnce() {
    Spawn spawn = new Spawn(linux, List.of("/no/such/program"), List.of());
    LinuxException refused = assertThrows(LinuxException.class, spawn::start);
    assertEquals(Errno.ENOENT, refused.errno());
  }

  @Test
  void killedChildIsToldFromOneThatExited() {
    int pid = new Spawn(linux, List.of("/bin/sleep", "1000"), List.of()).start();
    int pidfd = linux.pidfdOpen(pid);
    assertEquals(0, linux.pollOne(pidfd, Linux.POLLIN, 0));
    assertEquals(0, linux.pidfdSendSignal(pidfd, Linux.SIGKILL));
    assertEquals(Linux.POLLIN, linux.pollOne(pidfd, Linux.POLLIN, 5_000_000_000L));
    assertEquals(pid, linux.wait4(pid, memory.address(), 0, 0));
    linux.close(pidfd);
    int status = memory.get(JAVA_INT, 0);
    assertFalse(WaitStatus.exited(status));
    assertEquals("signal: killed", WaitStatus.describe(status));
  }

  private static String link(int fd) {
    try {
      return java.nio.file.Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/fd/" + fd))
          .toString();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String all(int fd) {
    StringBuilder text = new StringBuilder();
    long n;
    while ((n = linux.read(fd, memory.address(), memory.byteSize())) > 0) {
      text.append(new String(memory.asSlice(0, n).toArray(JAVA_BYTE), StandardCharsets.UTF_8));
    }
    return text.toString();
  }
}
