package io.ringmaster.server.listen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.server.config.Address;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListeningTest {
  private final Linux linux = new Linux();

  /** What is queued at the first is accepted by the second, after the first was closed. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void anAdoptedSocketHasWhatWasQueued(String host) throws Exception {
    InetAddress address = InetAddress.getByName(host);
    Listening first = Listening.bind(new InetSocketAddress(address, 0));
    int duplicate = linux.fcntl(first.descriptor(), Linux.F_DUPFD_CLOEXEC, 0);
    assertTrue(duplicate > 0);
    try (SocketChannel client = SocketChannel.open(first.address())) {
      client.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
      Listening second = Listening.adopt(linux, duplicate);
      assertEquals(first.address(), second.address());
      assertEquals(first.text(), second.text());
      first.channel().close();
      try (SocketChannel accepted = second.channel().accept()) {
        ByteBuffer read = ByteBuffer.allocate(5);
        while (read.hasRemaining()) {
          assertTrue(accepted.read(read) >= 0);
        }
        assertEquals("hello", new String(read.array(), StandardCharsets.UTF_8));
      } finally {
        second.channel().close();
      }
    }
    assertThrows(ConnectException.class, () -> SocketChannel.open(first.address()).close());
  }

  @Test
  void whatDoesNotListenIsRefusedAndClosed() throws Exception {
    int[] ends = new int[2];
    linux.socketpair(ends);
    assertThrows(IOException.class, () -> Inherited.of(ends[0]));
    assertTrue(linux.fcntl(ends[0], Linux.F_GETFD, 0) < 0, "it is still open");
    linux.close(ends[1]);
  }

  @Test
  void anInheritedSocketIsUsedForItsAddressOnly() throws Exception {
    Listening before = Listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    int duplicate = linux.fcntl(before.descriptor(), Linux.F_DUPFD_CLOEXEC, 0);
    before.channel().close();
    InetAddress loopback = before.address().getAddress();
    int port = before.address().getPort();
    try (Inherited inherited = Inherited.of(duplicate)) {
      Listening other = inherited.listening(new Address("localhost", 0, loopback));
      assertTrue(other.address().getPort() != port);
      other.channel().close();
      // It listens: nobody else can.
      assertThrows(
          BindException.class, () -> Listening.bind(new InetSocketAddress(loopback, port)));
      Listening same = inherited.listening(new Address("localhost", port, loopback));
      assertEquals(before.address(), same.address());
      same.channel().close();
    }
    Listening.bind(new InetSocketAddress(loopback, port)).channel().close();
  }

  @Test
  void socketsForAnotherProcessAreNotTouched() throws Exception {
    try (Inherited none = Inherited.fromSystemd(Map.of("LISTEN_PID", "1", "LISTEN_FDS", "2"))) {
      Listening bound =
          none.listening(new Address("127.0.0.1", 0, InetAddress.getLoopbackAddress()));
      assertTrue(bound.text().startsWith("127.0.0.1:"));
      bound.channel().close();
    }
  }

  @Test
  void anAddressInUseIsNamed() throws Exception {
    Listening first = Listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    BindException taken = assertThrows(BindException.class, () -> Listening.bind(first.address()));
    assertTrue(taken.getMessage().startsWith(first.text() + ": "), taken.getMessage());
    first.channel().close();
  }
}
