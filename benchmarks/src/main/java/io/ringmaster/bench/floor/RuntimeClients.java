package io.ringmaster.bench.floor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Sixteen clients of the Runtime API that do no more than they must: each has a thread and a
 * blocking connection, polls, and answers with the event. The same for the product and its floor.
 */
public final class RuntimeClients implements AutoCloseable {
  /** Clients of one run. */
  public static final int COUNT = 16;

  private static final String HOST = " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  private static final byte[] NEXT =
      bytes("GET /2018-06-01/runtime/invocation/next" + HOST + "\r\n");
  private static final byte[] RESPONSE = bytes("POST /2018-06-01/runtime/invocation/");
  private static final byte[] RESPONSE_END =
      bytes("/response" + HOST + "Content-Type: application/json\r\nContent-Length: ");
  private static final byte[] END = bytes("\r\n\r\n");
  private static final byte[] ID = bytes("\r\nLambda-Runtime-Aws-Request-Id: ");
  private static final byte[] LENGTH = bytes("\r\nContent-Length: ");
  private static final int ID_BYTES = 36;

  private final List<SocketChannel> connections = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile Throwable failure;

  /**
   * Connects and begins to poll.
   *
   * @param ports one for each client
   */
  public RuntimeClients(int[] ports) throws IOException {
    try {
      for (int port : ports) {
        SocketChannel connection =
            SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        connection.socket().setTcpNoDelay(true);
        connections.add(connection);
        threads.add(Thread.ofPlatform().name("bench-client").start(() -> run(connection)));
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void run(SocketChannel connection) {
    try {
      ByteBuffer in = ByteBuffer.allocateDirect(16 * 1024);
      ByteBuffer out = ByteBuffer.allocateDirect(16 * 1024);
      while (true) {
        out.clear();
        send(connection, out.put(NEXT));
        int body = receive(connection, in, "200");
        out.clear();
        out.put(RESPONSE);
        int id = find(in, ID, body) + ID.length;
        out.put(out.position(), in, id, ID_BYTES).position(out.position() + ID_BYTES);
        int length = in.position() - body;
        out.put(RESPONSE_END).put(bytes(Integer.toString(length))).put(END);
        out.put(out.position(), in, body, length).position(out.position() + length);
        send(connection, out);
        receive(connection, in, "202");
      }
    } catch (ClosedChannelException closed) {
      // The benchmark is over.
    } catch (IOException | RuntimeException e) {
      if (connection.isOpen()) {
        failure = e;
      }
    }
  }

  private static void send(SocketChannel connection, ByteBuffer out) throws IOException {
    out.flip();
    while (out.hasRemaining()) {
      connection.write(out);
    }
  }

  /** Reads one answer; where its body begins. Its end is the buffer's position. */
  private static int receive(SocketChannel connection, ByteBuffer in, String status)
      throws IOException {
    in.clear();
    int body = -1;
    int end = -1;
    while (end < 0 || in.position() < end) {
      if (connection.read(in) < 0) {
        throw new ClosedChannelException();
      }
      if (body < 0) {
        int head = find(in, END, in.position());
        if (head >= 0) {
          body = head + END.length;
          int at = find(in, LENGTH, body) + LENGTH.length;
          int length = 0;
          for (; in.get(at) != '\r'; at++) {
            length = length * 10 + in.get(at) - '0';
          }
          end = body + length;
        }
      }
    }
    for (int i = 0; i < status.length(); i++) {
      if (in.get(9 + i) != status.charAt(i)) {
        throw new IllegalStateException("not answered with " + status);
      }
    }
    return body;
  }

  private static int find(ByteBuffer in, byte[] what, int limit) {
    for (int i = 0; i + what.length <= limit; i++) {
      int j = 0;
      while (j < what.length && in.get(i + j) == what[j]) {
        j++;
      }
      if (j == what.length) {
        return i;
      }
    }
    return -1;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Throws if a client failed. */
  public void check() {
    if (failure != null) {
      throw new IllegalStateException("a client failed", failure);
    }
  }

  /** Ends the clients. */
  @Override
  public void close() {
    for (SocketChannel connection : connections) {
      try {
        connection.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
