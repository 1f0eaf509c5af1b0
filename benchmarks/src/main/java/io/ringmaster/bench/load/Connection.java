package io.ringmaster.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** One keep-alive connection with one request in flight at most. */
final class Connection implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final int HEAD_BYTES = 8 * 1024;
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int STATUS_AT = "HTTP/1.1 ".length();
  private static final int OK = 200;
  private static final long TAKE_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);

  final SocketChannel channel;
  private final ByteBuffer request;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final byte[] head = new byte[HEAD_BYTES];
  private int responseBytes;
  private int headBytes;

  Connection(InetSocketAddress server, byte[] request) throws IOException {
    this.request = ByteBuffer.allocateDirect(request.length).put(request).flip();
    channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(server);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Begins a request. The socket takes a small one whole; for a large one it is waited. */
  void send() throws IOException {
    buffer.clear();
    responseBytes = 0;
    request.rewind();
    channel.write(request);
    long begin = System.nanoTime();
    while (request.hasRemaining()) {
      if (channel.write(request) == 0) {
        if (System.nanoTime() - begin > TAKE_LIMIT_NS) {
          throw new IOException("the server does not take a request");
        }
        Thread.yield();
      }
    }
  }

  /** Reads what is there; true: the answer is complete. */
  boolean receive() throws IOException {
    if (channel.read(buffer) < 0) {
      throw new EOFException("the server closed the connection: " + text());
    }
    if (responseBytes == 0) {
      readHead();
    }
    if (responseBytes != 0 && buffer.position() > responseBytes) {
      throw new IOException("more than an answer came: " + text());
    }
    return responseBytes != 0 && buffer.position() == responseBytes;
  }

  private void readHead() throws IOException {
    int filled = Math.min(HEAD_BYTES, buffer.position());
    buffer.get(0, head, 0, filled);
    int end = indexOf(END, filled, 0);
    if (end < 0) {
      return;
    }
    headBytes = end + END.length;
    int at = indexOf(LENGTH, end, STATUS_AT);
    if (at < 0 || number(STATUS_AT) != OK) {
      throw new IOException("not a success: " + text());
    }
    at += LENGTH.length;
    while (head[at] == ' ') {
      at++;
    }
    responseBytes = headBytes + number(at);
    if (responseBytes > BUFFER_BYTES) {
      throw new IOException("an answer of " + responseBytes + " bytes");
    }
  }

  /** Where lower-case letters and other bytes begin, whatever the case of what came. */
  private int indexOf(byte[] wanted, int end, int from) {
    for (int at = from; at <= end - wanted.length; at++) {
      int i = 0;
      while (i < wanted.length && lower(head[at + i]) == wanted[i]) {
        i++;
      }
      if (i == wanted.length) {
        return at;
      }
    }
    return -1;
  }

  private static int lower(byte letter) {
    return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
  }

  private int number(int from) {
    int value = 0;
    for (int at = from; head[at] >= '0' && head[at] <= '9'; at++) {
      value = 10 * value + head[at] - '0';
    }
    return value;
  }

  /** Whether the last answer's head has these bytes, letters in lower case. */
  boolean tells(byte[] lowerCase) {
    return indexOf(lowerCase, headBytes, 0) >= 0;
  }

  /** The last answer's body. */
  String body() {
    byte[] bytes = new byte[responseBytes - headBytes];
    buffer.get(headBytes, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The last answer's line and headers. */
  String head() {
    return new String(head, 0, headBytes, StandardCharsets.ISO_8859_1);
  }

  private String text() {
    byte[] bytes = new byte[buffer.position()];
    buffer.get(0, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
