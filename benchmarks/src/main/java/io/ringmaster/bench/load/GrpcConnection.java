package io.ringmaster.bench.load;

import io.netty.handler.codec.http2.Http2Headers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * One connection that begins the same unary gRPC call again and again, and reads no more of an
 * answer than what says that it is one: {@code :status 200}, one message, {@code grpc-status 0}.
 * Belongs to the thread that calls it.
 */
final class GrpcConnection extends Http2Connection {
  private static final int MESSAGE_HEAD = 5;
  private static final int STREAM_MAX = Integer.MAX_VALUE - 2;

  private final byte[] message;
  private int streamId = 1;

  /** Calls that wait for the server's window. */
  private int held;

  /** Bytes of answers that the server was not told of as read. */
  private int unread;

  /** What is missing of messages that come in pieces, by stream. */
  private final Map<Integer, Integer> partial = new HashMap<>();

  private int messages;
  private int ended;
  private int lastAt = -1;
  private int lastBytes;
  private byte[] last = {};

  GrpcConnection(InetSocketAddress server, String method, byte[] request) throws IOException {
    super(server, method);
    if (request.length + MESSAGE_HEAD > FRAME_MAX) {
      close();
      throw new IllegalArgumentException("a message of " + request.length + " bytes");
    }
    message =
        ByteBuffer.allocate(MESSAGE_HEAD + request.length)
            .put((byte) 0)
            .putInt(request.length)
            .put(request)
            .array();
  }

  /** Begins so many calls, those that the server's window holds back a little later. */
  void call(int calls) throws IOException {
    held += calls;
    while (held > 0 && window() >= message.length) {
      held--;
      use(message.length);
      if (streamId >= STREAM_MAX) {
        throw new IOException("a connection has no more streams");
      }
      byte[] block = streamId == 1 ? firstHeaders : headers;
      reserve(2 * FRAME_HEAD + block.length + message.length);
      frame(block.length, HEADERS, END_HEADERS, streamId).put(block);
      frame(message.length, DATA, END_STREAM, streamId).put(message);
      streamId += 2;
    }
    flush();
  }

  /** Waits until calls have ended, one at least; answers how many. */
  int answers() throws IOException {
    ended = 0;
    while (ended == 0) {
      read();
    }
    return ended;
  }

  @Override
  void data(int stream, int at, int length) throws IOException {
    unread += length;
    if (unread > WINDOW / 2) {
      frame(4, WINDOW_UPDATE, 0, 0).putInt(unread);
      unread = 0;
    }
    if (length == 0) {
      return;
    }
    Integer rest = partial.isEmpty() ? null : partial.remove(stream);
    if (rest == null && (length < MESSAGE_HEAD || in.get(at) != 0)) {
      throw new IOException("no message, in " + length + " bytes");
    }
    int missing = (rest == null ? MESSAGE_HEAD + in.getInt(at + 1) : rest) - length;
    if (missing < 0) {
      throw new IOException("more than a message, in " + length + " bytes");
    }
    if (missing > 0) {
      partial.put(stream, missing);
      return;
    }
    messages++;
    if (rest == null) {
      lastAt = at + MESSAGE_HEAD;
      lastBytes = length - MESSAGE_HEAD;
    }
  }

  @Override
  void headers(int stream, Http2Headers came, boolean end) throws IOException {
    if (!end) {
      expect(came, ":status", "200");
    } else {
      expect(came, "grpc-status", "0");
      ended++;
      if (--messages < 0) {
        throw new IOException("an answer without a message");
      }
    }
  }

  @Override
  void windowGrew(int stream, int bytes) throws IOException {
    if (stream == 0) {
      call(0);
    }
  }

  @Override
  void taken() {
    if (lastAt >= 0) {
      last = last.length == lastBytes ? last : new byte[lastBytes];
      in.get(lastAt, last);
      lastAt = -1;
    }
  }

  /** The message of the last answer that came in one piece. */
  byte[] last() {
    return last.clone();
  }
}
