package io.ringmaster.bench.queue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Events a second that are published to a stream of NATS JetStream in a file, which is forced
 * before the answer ({@code sync_interval: always}). The stream keeps the last 100,000.
 */
public final class JetStream extends QueueClient {
  private static final String PROGRAM = "nats-server";
  private static final String CONFIGURATION =
      """
      host: 127.0.0.1
      port: -1
      ports_file_dir: "FOLDER/ports"
      jetstream {
        store_dir: "FOLDER/store"
        sync_interval: always
      }
      """;
  private static final String STREAM =
      """
      {"name":"EVENTS","subjects":["events"],"storage":"file","retention":"limits",\
      "discard":"old","max_msgs":100000,"num_replicas":1}\
      """;
  private static final Pattern VERSION = Pattern.compile("v(\\d+)\\.(\\d+)\\.");
  private static final Pattern PORT = Pattern.compile("nats://[^\":]*:(\\d+)");
  private static final byte[] LINE_END = {'\r', '\n'};

  /** The first version that can be told to force before it answers. */
  private static final int MAJOR = 2;

  private static final int MINOR = 10;

  private final QueueServer server;

  private JetStream(QueueServer server, int port, int count) throws IOException {
    super(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), count);
    this.server = server;
  }

  /** Why it cannot be measured here; null: it can. */
  public static String obstacle() {
    String install =
        "; go install github.com/nats-io/nats-server/v2@v2.11.0 builds one, to be on the PATH";
    Path program = QueueServer.find(PROGRAM);
    if (program == null) {
      return "there is no nats-server" + install;
    }
    try {
      Process asked = new ProcessBuilder(program.toString(), "--version").start();
      String told;
      try (InputStream out = asked.getInputStream()) {
        told = new String(out.readAllBytes(), StandardCharsets.UTF_8).strip();
      }
      Matcher version = VERSION.matcher(told);
      boolean found = version.find();
      int major = found ? Integer.parseInt(version.group(1)) : 0;
      int minor = found ? Integer.parseInt(version.group(2)) : 0;
      return major > MAJOR || major == MAJOR && minor >= MINOR
          ? null
          : told + " cannot force before it answers, 2.10 can" + install;
    } catch (IOException e) {
      return program + " cannot be run: " + e.getMessage() + install;
    }
  }

  /**
   * Starts a server.
   *
   * @param count producers
   */
  public static JetStream open(int count) throws IOException {
    Path folder = QueueServer.folder();
    Path ports = Files.createDirectory(folder.resolve("ports"));
    Path file =
        Files.writeString(
            folder.resolve("nats.conf"), CONFIGURATION.replace("FOLDER", folder.toString()));
    QueueServer server =
        QueueServer.start(
            folder,
            List.of(String.valueOf(QueueServer.find(PROGRAM)), "-c", file.toString()),
            ports);
    JetStream stream = null;
    boolean open = false;
    try {
      stream = new JetStream(server, port(server, ports), count);
      stream.connect();
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

  /** Told in a file that it makes when it can be connected to. */
  private static int port(QueueServer server, Path ports) throws IOException {
    Matcher port = PORT.matcher(Files.readString(server.awaitFile(ports)));
    if (!port.find()) {
      throw new IOException("the server tells no port");
    }
    return Integer.parseInt(port.group(1));
  }

  private void connect() throws IOException {
    readLine(); // what the server is
    send("CONNECT {\"verbose\":false,\"pedantic\":false}\r\nSUB answers 1\r\n");
    send("PUB $JS.API.STREAM.CREATE.EVENTS answers " + STREAM.length() + "\r\n" + STREAM + "\r\n");
    awaitAnswer();
  }

  @Override
  void encode(byte[] body, ByteBuffer into) {
    into.put(("PUB events answers " + body.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
    into.put(body).put(LINE_END);
  }

  /** Messages to our own subject, beside what keeps the connection alive. */
  @Override
  void awaitAnswer() throws IOException {
    String head = readLine();
    while (!head.startsWith("MSG ")) {
      if (head.startsWith("-ERR")) {
        throw new IOException("NATS answers " + head);
      }
      if (head.equals("PING")) {
        send("PONG\r\n");
      }
      head = readLine();
    }
    String answer = readText(Integer.parseInt(head.substring(head.lastIndexOf(' ') + 1)));
    if (answer.contains("\"error\"")) {
      throw new IOException("JetStream answers " + answer);
    }
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
