package io.ringmaster.sandbox.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class InitProgramTest {
  private final Linux linux = new Linux();

  @Test
  void waitsForTheEndOfItsInputAndEndsThen() throws IOException {
    int program = InitProgram.open(linux);
    int[] leash = new int[2];
    assertEquals(0, linux.pipe(0, leash));
    int nothing = linux.open("/dev/null", Linux.O_RDWR);
    int pid =
        new Spawn(linux, List.of("/proc/self/fd/3"), List.of())
            .descriptors(leash[0], nothing, nothing, program)
            .start();
    Path folder = Path.of("/proc/" + pid);
    try {
      long endNs = System.nanoTime() + 10_000_000_000L;
      while (Files.exists(folder.resolve("fd/3")) && System.nanoTime() - endNs < 0) {
        Thread.onSpinWait();
      }
      List<String> status = Files.readAllLines(folder.resolve("status"));
      long ignored = Long.parseLong(field(status, "SigIgn"), 16);
      assertTrue((ignored & 1 << Linux.SIGCHLD - 1) != 0, () -> "orphans are reaped: " + status);
      assertEquals("0000000000000000", field(status, "SigCgt"), "it handles no signal");
      assertEquals("0000000000000000", field(status, "SigBlk"));
      assertEquals(
          List.of("0", "1", "2"),
          List.of(folder.resolve("fd").toFile().list()).stream().sorted().toList());
      linux.close(leash[1]);
      var result = linux.allocate(4);
      assertEquals(pid, linux.wait4(pid, result.address(), 0, 0));
      assertEquals(0, result.get(JAVA_INT, 0), "exit status 0");
      pid = 0;
    } finally {
      if (pid != 0) {
        linux.kill(pid, Linux.SIGKILL);
        linux.wait4(pid, 0, 0, 0);
      }
      linux.close(leash[0]);
      linux.close(nothing);
      linux.close(program);
    }
  }

  @Test
  void nobodyCanChangeIt() {
    int program = InitProgram.open(linux);
    var bytes = linux.allocate(8);
    assertEquals(-Errno.EPERM, linux.write(program, bytes.address(), 8));
    linux.close(program);
  }

  /** By the tables of the architecture's manual, as the other one cannot be run here. */
  @Test
  void theOtherArchitecturesWordsAreThoseOfItsManual() {
    byte[] image = InitProgram.image(Architecture.ARM64);
    ByteBuffer words = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(183, words.getShort(18), "EM_AARCH64");
    assertEquals(0x400000 + 152, words.getLong(24), "entry");
    assertEquals(1, words.getLong(120), "SIG_IGN");
    words.position(152);
    String expected =
        """
        d28014e8 d2800080 d2800001 d4000001
        d28010c8 d2800220 d2800f01 f2a00801 d2800002 d2800103 d4000001
        d2800728 d2800060 d4000001
        d28007e8 d2800000 910003e1 d2800022 d4000001
        d2800bc8 d2800000 d4000001
        """;
    for (String word : expected.strip().split("\\s+")) {
      assertEquals(word, Integer.toHexString(words.getInt()));
    }
    assertEquals(0, words.remaining());
    assertEquals(image.length, words.getLong(64 + 32), "all of the file is loaded");
  }

  private static String field(List<String> status, String name) {
    return status.stream()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElseThrow();
  }
}
