package io.ringmaster.bench.queue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Events a second that are appended to a stream of Redis, whose file is forced before the answer
 * ({@code appendfsync always}), once for all that came meanwhile. The stream keeps about the last
 * 100,000; its file is never rewritten.
 */
public final class RedisStream extends QueueClient {
  private static final String PROGRAM = "redis-server";
  private static final String CONFIGURATION =
      """
      port 0
      unixsocket FOLDER/socket
      dir FOLDER
      save ""
      appendonly yes
      appendfsync always
      auto-aof-rewrite-percentage 0
      """;
  private static final byte[] ADD = add();
  private static final byte[] LINE_END = {'\r', '\n'};

  private final QueueServer server;

  private RedisStream(QueueServer server, Path folder, int count) throws IOException {
    super(UnixDomainSocketAddress.of(folder.resolve("socket")), count);
    this.server = server;
  }

  /** Why it cannot be measured here; null: it can. */
  public static String obstacle() {
    return QueueServer.find(PROGRAM) == null
        ? "there is no redis-server on the PATH; install redis-server (Debian, Ubuntu)"
        : null;
  }

  /**
   * Starts a server.
   *
   * @param count producers
   */
  public static RedisStream open(int count) throws IOException {
    Path folder = QueueServer.folder();
    Path file =
        Files.writeString(
            folder.resolve("redis.conf"), CONFIGURATION.replace("FOLDER", folder.toString()));
    QueueServer server =
        QueueServer.start(
            folder,
            List.of(String.valueOf(QueueServer.find(PROGRAM)), file.toString()),
            folder.resolve("socket"));
    RedisStream stream = null;
    boolean open = false;
    try {
      stream = new RedisStream(server, folder, count);
      stream.begin();
      open = true;
      return stream;
    } finally {
      if (!open && stream != null) {
        stream.close();
      } else if (!open) {
        server.close();
      }
    }
  }

  /** The command up to the event's bytes. */
  private static byte[] add() {
    String[] words = {"XADD", "events", "MAXLEN", "~", "100000", "*", "event"};
    StringBuilder text = new StringBuilder("*" + (words.length + 1) + "\r\n");
    for (String word : words) {
      text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  void encode(byte[] body, ByteBuffer into) {
    into.put(ADD).put(("$" + body.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
    into.put(body).put(LINE_END);
  }

  /** A string: the event's id. */
  @Override
  void awaitAnswer() throws IOException {
    String head = readLine();
    if (!head.startsWith("$")) {
      throw new IOException("Redis answers " + head);
    }
    readText(Integer.parseInt(head.substring(1)));
  }

  @Override
  public void close() throws IOException {
    try {
      super.close();
    } finally {
      server.close();
    }
  }
}
