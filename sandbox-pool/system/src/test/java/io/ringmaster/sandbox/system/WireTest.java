package io.ringmaster.sandbox.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WireTest {
  private final Linux linux = new Linux();
  private final int openBefore = LinuxTest.open();
  private Wire near;
  private Wire far;

  @BeforeEach
  void connect() {
    int[] ends = new int[2];
    assertEquals(0, linux.socketpair(ends));
    near = new Wire(linux, ends[0]);
    far = new Wire(linux, ends[1]);
  }

  @AfterEach
  void nothingIsLeftOpen() {
    near.close();
    far.close();
    assertEquals(openBefore, LinuxTest.open());
  }

  @Test
  void messageArrivesWhole() {
    int event = linux.eventfd();
    assertTrue(near.send(Op.FORK, 7, -1, Long.MIN_VALUE, "späte Wörter", event, event));
    linux.close(event);
    assertTrue(far.receive());
    assertEquals(Op.FORK, far.op());
    assertEquals(7, far.id());
    assertEquals(-1, far.a());
    assertEquals(Long.MIN_VALUE, far.b());
    assertEquals("späte Wörter", far.text());
    assertEquals(2, far.descriptors());
    int[] fds = far.takeDescriptors();
    assertEquals(0, far.descriptors());
    assertEquals(8, linux.eventfdSignal(fds[0]));
    assertEquals(8, linux.eventfdClear(fds[1]));
    assertEquals(Linux.FD_CLOEXEC, linux.fcntl(fds[0], Linux.F_GETFD, 0));
    linux.close(fds[0]);
    linux.close(fds[1]);
    assertEquals(Wire.Receipt.NOTHING, far.tryReceive());
  }

  @Test
  void descriptorsNobodyTookAreClosed() {
    int event = linux.eventfd();
    near.send(Op.HELLO, 0, 0, 0, "", event);
    near.send(Op.HELLO, 0, 0, 0, "", event, event, event, event);
    linux.close(event);
    int open = LinuxTest.open();
    assertTrue(far.receive());
    assertEquals(open + 1, LinuxTest.open());
    assertTrue(far.receive());
    assertEquals(open + 4, LinuxTest.open());
    assertEquals(Wire.Receipt.NOTHING, far.tryReceive());
    assertEquals(open, LinuxTest.open());
  }

  @Test
  void fullWireIsToldAndNothingIsLost() {
    int sent = 0;
    while (near.trySend(Op.PING, sent, 0, 0, "x".repeat(1000)) == 0) {
      sent++;
    }
    assertTrue(sent > 10);
    assertEquals(-Errno.EAGAIN, near.trySend(Op.PING, sent, 0, 0, ""));
    for (int i = 0; i < sent; i++) {
      assertEquals(Wire.Receipt.MESSAGE, far.tryReceive());
      assertEquals(i, far.id());
    }
    assertEquals(Wire.Receipt.NOTHING, far.tryReceive());
    assertEquals(0, near.trySend(Op.PING, sent, 0, 0, ""));
  }

  @Test
  void endIsToldOnBothWays() {
    near.send(Op.PING, 1, 0, 0, "");
    near.close();
    assertTrue(far.receive());
    assertFalse(far.receive());
    assertEquals(Wire.Receipt.END, far.tryReceive());
    assertEquals(-Errno.EPIPE, far.trySend(Op.PING, 1, 0, 0, ""));
    assertFalse(far.send(Op.PING, 1, 0, 0, ""));
  }

  @Test
  void whatIsNoMessageIsRefusedAndItsDescriptorsClosed() {
    MemorySegment bytes = linux.allocate(64);
    assertEquals(23, linux.write(near.fd(), bytes.address(), 23));
    assertEquals(Errno.EPROTO, assertThrows(LinuxException.class, far::tryReceive).errno());

    MemorySegment large = linux.allocate(Wire.MESSAGE_BYTES_MAX + 1L);
    assertEquals(large.byteSize(), linux.write(near.fd(), large.address(), large.byteSize()));
    assertEquals(Errno.EPROTO, assertThrows(LinuxException.class, far::tryReceive).errno());

    for (int count : new int[] {5, 12, 13, 100}) { // more than allowed; more than there is room for
      sendDescriptors(count);
      int open = LinuxTest.open();
      assertEquals(Errno.EPROTO, assertThrows(LinuxException.class, far::tryReceive).errno());
      assertEquals(open, LinuxTest.open());
    }
    assertTrue(near.send(Op.PING, 9, 0, 0, ""));
    assertTrue(far.receive());
    assertEquals(9, far.id());
  }

  private void sendDescriptors(int count) {
    MemorySegment memory = linux.allocate(1024);
    long at = memory.address();
    memory.set(java.lang.foreign.ValueLayout.JAVA_LONG, 16, at + 64);
    memory.set(java.lang.foreign.ValueLayout.JAVA_LONG, 24, 1);
    memory.set(java.lang.foreign.ValueLayout.JAVA_LONG, 32, at + 128);
    memory.set(java.lang.foreign.ValueLayout.JAVA_LONG, 40, 16 + (4L * count + 7 & ~7L));
    memory.set(java.lang.foreign.ValueLayout.JAVA_LONG, 64, at + 64);
    memory.set(java.lang.foreign.ValueLayout.JAVA_LONG, 72, 24);
    memory.set(java.lang.foreign.ValueLayout.JAVA_LONG, 128, 16 + 4L * count);
    memory.set(JAVA_INT, 136, 1);
    memory.set(JAVA_INT, 140, 1);
    for (int i = 0; i < count; i++) {
      memory.set(JAVA_INT, 144 + 4L * i, near.fd());
    }
    assertEquals(24, linux.sendmsg(near.fd(), at, 0));
  }

  @Test
  void randomBytesNeverDoMoreThanBeRefused() {
    Random random = new Random(20_260_101);
    MemorySegment bytes = linux.allocate(4096);
    int refused = 0;
    for (int round = 0; round < 2_000; round++) {
      int length = 1 + random.nextInt(64);
      for (int i = 0; i < length; i++) {
        bytes.set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
      }
      assertEquals(length, linux.write(near.fd(), bytes.address(), length));
      try {
        assertEquals(Wire.Receipt.MESSAGE, far.tryReceive());
        assertTrue(length >= 24);
        assertEquals(0, far.descriptors());
        assertTrue(Op.name(far.op()).length() > 0 && far.text().length() <= length - 24);
      } catch (LinuxException e) {
        assertEquals(Errno.EPROTO, e.errno());
        assertTrue(length < 24);
        refused++;
      }
    }
    assertTrue(refused > 500);
  }

  @Test
  void tooLongIsRefusedBeforeSending() {
    String tooLong = "x".repeat(Wire.MESSAGE_BYTES_MAX - 23);
    assertThrows(IllegalArgumentException.class, () -> near.send(Op.ZYGOTE, 0, 0, 0, tooLong));
    assertTrue(near.send(Op.ZYGOTE, 0, 0, 0, tooLong.substring(1)));
    assertTrue(far.receive());
    assertEquals(tooLong.substring(1), far.text());
  }

  @Test
  void zygoteCommandComesBack() {
    ZygoteCommand command =
        new ZygoteCommand(List.of("/usr/bin/python3", "-I", "a\nb"), List.of("PATH=/bin", "X="));
    assertEquals(command, ZygoteCommand.decode(command.encode()));
    ZygoteCommand bare = new ZygoteCommand(List.of("/bin/true"), List.of());
    assertEquals(bare, ZygoteCommand.decode(bare.encode()));
    for (String bad :
        new String[] {"", "\0", "/a", "/a\0", "a\0\0", "/a\0\0b", "/a\0\0\0", "/a\0\0b=c\0\0"}) {
      assertThrows(IllegalArgumentException.class, () -> ZygoteCommand.decode(bad), bad);
    }
    assertThrows(
        IllegalArgumentException.class, () -> new ZygoteCommand(List.of("/a", "b\0c"), List.of()));
  }

  @Test
  void spawnCommandComesBack() {
    SpawnCommand command =
        new SpawnCommand("/a b", List.of("/bin/sh", "-c", "x\ny"), List.of("PATH=/bin", "X="));
    assertEquals(command, SpawnCommand.decode(command.encode()));
    for (String bad : new String[] {"", "/", "/\0", "a\0/b\0\0", "/a\0/b", "/a\0b\0\0"}) {
      assertThrows(IllegalArgumentException.class, () -> SpawnCommand.decode(bad), bad);
    }
  }

  @Test
  void statusesAreDescribedAsLambdaDoes() {
    assertEquals("exit status 0", WaitStatus.describe(0));
    assertEquals("exit status 255", WaitStatus.describe(0xff00));
    assertEquals("signal: segmentation fault", WaitStatus.describe(11));
    assertEquals("signal: aborted (core dumped)", WaitStatus.describe(0x86));
    assertEquals("signal: signal 64", WaitStatus.describe(64));
  }
}
