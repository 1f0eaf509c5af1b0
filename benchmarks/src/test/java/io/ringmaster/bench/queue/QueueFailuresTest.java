package io.ringmaster.bench.queue;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue's server that fails is an error at once, not when a limit has passed. */
final class QueueFailuresTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path folder;

  /** Answers are numbers in lines. */
  private static final class Lines extends QueueClient {
    private Lines(InetSocketAddress address) throws IOException {
      super(address, 4);
    }

    @Override
    void encode(byte[] body, ByteBuffer into) {
      into.put(body);
    }

    @Override
    void awaitAnswer() throws IOException {
      Integer.parseInt(readLine());
    }
  }

  @Test
  void aServerThatEndsAtOnceIsNotWaitedFor() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own"));
    List<String> command = List.of("/bin/sh", "-c", "echo wrong option; exit 1");
    IOException told =
        assertTimeout(
            SOON,
            () ->
                assertThrows(
                    IOException.class,
                    () -> QueueServer.start(own, command, folder.resolve("ready"))));
    assertTrue(told.getMessage().contains("wrong option"), told::getMessage);
    assertTrue(Files.notExists(own));
  }

  @Test
  void aServerEndsWhenItIsClosed() throws IOException {
    Path own = Files.createDirectory(folder.resolve("own"));
    Path ready = own.resolve("ready");
    Path ended = folder.resolve("ended");
    String script =
        "trap 'echo > "
            + ended
            + "; exit' TERM; echo > "
            + ready
            + "; while :; do sleep 0.05; done";
    QueueServer server = QueueServer.start(own, List.of("/bin/sh", "-c", script), ready);
    assertTrue(Files.notExists(ended));
    server.close();
    assertTrue(Files.exists(ended));
    assertTrue(Files.notExists(own));
  }

  /** The connection ends before anything is asked, or with what is no answer. */
  @ParameterizedTest
  @ValueSource(strings = {"", "what\n", "7\n7\n7\n7\n7\n"})
  void aConnectionThatFailsEndsTheRound(String answers) throws IOException {
    try (ServerSocketChannel server =
            ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Lines client = new Lines((InetSocketAddress) server.getLocalAddress())) {
      try (SocketChannel connection = server.accept()) {
        connection.write(ByteBuffer.wrap(answers.getBytes(StandardCharsets.US_ASCII)));
      }
      client.begin();
      assertTimeout(
          SOON, () -> assertThrows(IOException.class, () -> client.round(60_000_000_000L)));
    }
  }
}
