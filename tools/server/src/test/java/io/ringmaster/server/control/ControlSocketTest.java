package io.ringmaster.server.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.Wire;
import io.ringmaster.server.config.Address;
import io.ringmaster.server.listen.Inherited;
import io.ringmaster.server.listen.Listening;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path data;

  private final AtomicBoolean full = new AtomicBoolean();
  private final AtomicBoolean released = new AtomicBoolean();
  private final AtomicBoolean ending = new AtomicBoolean();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicBoolean resumed = new AtomicBoolean();
  private final List<Path> copied = new ArrayList<>();
  private final List<Listening> sockets = new ArrayList<>();

  private final ControlSocket.Commands commands =
      new ControlSocket.Commands() {
        @Override
        public void backup(Path target) {
          if (target.endsWith("full")) {
            throw new UncheckedIOException(new IOException("the disk is full"));
          }
          copied.add(target);
        }

        @Override
        public List<Listening> sockets() {
          return sockets;
        }

        @Override
        public long drainNs() {
          return 1_000_000;
        }

        @Override
        public void release() throws IOException {
          if (full.get()) {
            throw new IOException("too many open files");
          }
          released.set(true);
        }

        @Override
        public boolean isEnding() {
          return ending.get();
        }

        @Override
        public void end() {
          ended.set(true);
          for (Listening socket : sockets) {
            try {
              socket.channel().close();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        }

        @Override
        public void resume() {
          resumed.set(true);
        }
      };

  private static void await(String what, BooleanSupplier holds) throws InterruptedException {
    long endNs = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.getAsBoolean()) {
      assertTrue(System.nanoTime() < endNs, what);
      Thread.sleep(5);
    }
  }

  @Test
  void aBackupIsAskedForAndItsFailureTold() throws Exception {
    try (ControlSocket server = ControlSocket.open(data, commands)) {
      assertNotNull(server);
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(ControlPath.file(data))));
      try (ControlClient client = ControlClient.connect(data)) {
        client.backup(Path.of("/somewhere"));
      }
      try (ControlClient client = ControlClient.connect(data)) {
        IOException failure =
            assertThrows(IOException.class, () -> client.backup(Path.of("/full")));
        assertTrue(failure.getMessage().contains("the disk is full"), failure.getMessage());
      }
    }
    assertEquals(List.of(Path.of("/somewhere")), copied);
    assertFalse(Files.exists(ControlPath.file(data)));
    assertNull(ControlClient.connect(data));
  }

  /** The sockets change hands while a connection waits at one of them. */
  @Test
  void anotherServerTakesOverWithoutLosingWhatWaits() throws Exception {
    sockets.add(Listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    sockets.add(Listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    InetSocketAddress address = sockets.get(1).address();
    try (ControlSocket server = ControlSocket.open(data, commands);
        SocketChannel waiting = SocketChannel.open(address);
        ControlClient client = ControlClient.connect(data)) {
      assertNotNull(server);
      try (Inherited inherited = client.takeOver(PATIENCE)) {
        assertTrue(released.get());
        assertFalse(ended.get());
        Listening mine =
            inherited.listening(new Address("127.0.0.1", address.getPort(), address.getAddress()));
        try (SocketChannel accepted = mine.channel().accept()) {
          assertEquals(waiting.getLocalAddress(), accepted.getRemoteAddress());
        }
        client.ready();
        await("the first ends", ended::get);
        mine.channel().close();
      }
      assertFalse(resumed.get());
    }
  }

  /** It has the data and the sockets, and ends before it says that it serves. */
  @Test
  void whoEndsBeforeItServesLeavesTheServerServing() throws Exception {
    sockets.add(Listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    try (ControlSocket server = ControlSocket.open(data, commands)) {
      assertNotNull(server);
      try (ControlClient client = ControlClient.connect(data);
          Inherited inherited = client.takeOver(PATIENCE)) {
        assertNotNull(inherited);
        assertTrue(released.get());
        assertFalse(resumed.get());
      }
      await("it goes on", resumed::get);
      assertFalse(ended.get());
    }
    sockets.get(0).channel().close();
  }

  /** It gives nothing up where it could not serve again; the next one may ask. */
  @Test
  void whoCannotKeepItsSocketsGoesOn() throws Exception {
    sockets.add(Listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    try (ControlSocket server = ControlSocket.open(data, commands)) {
      assertNotNull(server);
      full.set(true);
      try (ControlClient client = ControlClient.connect(data)) {
        IOException failure = assertThrows(IOException.class, () -> client.takeOver(PATIENCE));
        assertEquals("too many open files", failure.getMessage());
      }
      full.set(false);
      try (ControlClient client = ControlClient.connect(data);
          Inherited inherited = client.takeOver(PATIENCE)) {
        assertNotNull(inherited);
        assertTrue(released.get());
      }
      await("it goes on", resumed::get);
      assertFalse(ended.get());
    }
    sockets.get(0).channel().close();
  }

  /** It is told to stop while it waits for the other one. */
  @Test
  void whoIsToEndDoesNotWait() throws Exception {
    sockets.add(Listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    try (ControlSocket server = ControlSocket.open(data, commands)) {
      assertNotNull(server);
      try (ControlClient client = ControlClient.connect(data);
          Inherited inherited = client.takeOver(PATIENCE)) {
        assertNotNull(inherited);
        ending.set(true);
        await("it ends", ended::get);
        assertFalse(resumed.get());
      }
    }
  }

  /** Two channels of one socket: it listens until the last one is closed. */
  @Test
  void aSocketOutlivesItsFirstChannel() throws Exception {
    Listening first = Listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Listening second = first.duplicate();
    assertEquals(first.address(), second.address());
    first.channel().close();
    try (SocketChannel waiting = SocketChannel.open(second.address());
        SocketChannel accepted = second.channel().accept()) {
      assertEquals(waiting.getLocalAddress(), accepted.getRemoteAddress());
    }
    second.channel().close();
    assertThrows(IOException.class, () -> SocketChannel.open(second.address()).close());
  }

  /** Who asked is gone when its turn comes, or cannot use what it got: the server goes on. */
  @Test
  void itEndsForNobodyWhoIsGone() throws Exception {
    sockets.add(Listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    try (ControlSocket server = ControlSocket.open(data, commands)) {
      assertNotNull(server);
      for (boolean looks : new boolean[] {false, true}) {
        Linux linux = new Linux();
        int fd = linux.localSocket(false);
        try (ControlPath path = new ControlPath(linux, data);
            Wire wire = new Wire(linux, fd)) {
          assertEquals(0, linux.connectLocal(fd, path.name()));
          assertTrue(wire.send(ControlOp.TAKE_OVER, 0, 0, 0, ""));
          if (looks) {
            assertTrue(wire.receive());
            assertEquals(ControlOp.SOCKETS, wire.op());
            assertEquals(1_000_000, wire.b());
          }
        }
      }
      // It answers the next one, after those.
      try (ControlClient client = ControlClient.connect(data)) {
        client.backup(Path.of("/a"));
      }
      assertFalse(ended.get());
      assertTrue(sockets.get(0).channel().isOpen());
      sockets.get(0).channel().close();
      // A socket that listens no more cannot be handed over, and that is told.
      try (ControlClient client = ControlClient.connect(data)) {
        assertThrows(IOException.class, () -> client.takeOver(PATIENCE));
      }
      try (ControlClient client = ControlClient.connect(data)) {
        client.backup(Path.of("/b"));
      }
      assertFalse(ended.get());
    }
    assertEquals(List.of(Path.of("/a"), Path.of("/b")), copied);
  }

  @Test
  void whatAKilledServerLeftIsReplaced() throws Exception {
    Files.writeString(ControlPath.file(data), "");
    assertNull(ControlClient.connect(data));
    try (ControlSocket server = ControlSocket.open(data, commands)) {
      assertNotNull(server);
      try (ControlClient client = ControlClient.connect(data)) {
        client.backup(Path.of("/a"));
      }
    }
  }

  /** A Unix socket's name has at most 107 bytes; a data folder may have a longer one. */
  @Test
  void theFolderMayHaveALongName() throws Exception {
    Path deep = Files.createDirectories(data.resolve("a".repeat(120)).resolve("b".repeat(100)));
    try (ControlSocket server = ControlSocket.open(deep, commands)) {
      assertNotNull(server);
      try (ControlClient client = ControlClient.connect(deep)) {
        client.backup(Path.of("/a"));
      }
    }
    assertEquals(List.of(Path.of("/a")), copied);
  }
}
