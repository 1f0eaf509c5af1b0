package io.ringmaster.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One connection of HTTP/2 that begins the same gRPC call again and again, and reads no more of an
 * answer than what says that it is one: {@code :status 200}, one message, {@code grpc-status 0}.
 * Headers are sent as clients of gRPC send them: in full once, by their numbers in the table from
 * then on. Belongs to the thread that calls it.
 */
final class GrpcConnection implements AutoCloseable {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int FRAME_HEAD = 9;
  private static final int FRAME_MAX = 16 * 1024;
  private static final int MESSAGE_HEAD = 5;
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final int WINDOW_FIRST = 65_535;
  private static final int WINDOW = 1 << 20;
  private static final int STREAM_MAX = Integer.MAX_VALUE - 2;
  private static final long LIMIT_MS = TimeUnit.SECONDS.toMillis(60);

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int SETTING_WINDOW = 4;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;

  private final SocketChannel channel;
  private final Selector selector;
  private final byte[] firstHeaders;
  private final byte[] headers;
  private final byte[] message;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ByteBuf inBytes = Unpooled.wrappedBuffer(in);
  private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private int streamId = 1;

  /** Bytes of messages that the server takes. */
  private long window = WINDOW_FIRST;

  /** Calls that wait for it. */
  private int held;

  /** Bytes of answers that the server was not told of as read. */
  private int unread;

  /** What is missing of messages that come in pieces, by stream. */
  private final Map<Integer, Integer> partial = new HashMap<>();

  private int messages;
  private int ended;
  private int lastAt;
  private int lastBytes;
  private byte[] last = {};

  GrpcConnection(InetSocketAddress server, String method, byte[] request) throws IOException {
    if (request.length + MESSAGE_HEAD > FRAME_MAX) {
      throw new IllegalArgumentException("a message of " + request.length + " bytes");
    }
    message =
        ByteBuffer.allocate(MESSAGE_HEAD + request.length)
            .put((byte) 0)
            .putInt(request.length)
            .put(request)
            .array();
    Http2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    Http2Headers sent = headers(server, method);
    firstHeaders = encoded(encoder, sent);
    headers = encoded(encoder, sent);
    selector = Selector.open();
    channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(server);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      out.put(PREFACE);
      frame(6, SETTINGS, 0, 0).putShort((short) SETTING_WINDOW).putInt(WINDOW);
      frame(4, WINDOW_UPDATE, 0, 0).putInt(WINDOW - WINDOW_FIRST);
      flush();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private static Http2Headers headers(InetSocketAddress server, String method) {
    return new DefaultHttp2Headers()
        .method("POST")
        .scheme("http")
        .path('/' + method)
        .authority(server.getAddress().getHostAddress() + ':' + server.getPort())
        .add("te", "trailers")
        .add("content-type", "application/grpc")
        .add("user-agent", "bench/1");
  }

  private static byte[] encoded(Http2HeadersEncoder encoder, Http2Headers headers)
      throws IOException {
    ByteBuf block = Unpooled.buffer();
    try {
      encoder.encodeHeaders(1, headers, block);
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
    byte[] bytes = new byte[block.readableBytes()];
    block.readBytes(bytes);
    return bytes;
  }

  /** Begins so many calls, those that the server's window holds back a little later. */
  void call(int calls) throws IOException {
    held += calls;
    while (held > 0 && window >= message.length) {
      held--;
      window -= message.length;
      if (streamId >= STREAM_MAX) {
        throw new IOException("a connection has no more streams");
      }
      byte[] block = streamId == 1 ? firstHeaders : headers;
      if (out.remaining() < 2 * FRAME_HEAD + block.length + message.length) {
        flush();
      }
      frame(block.length, HEADERS, END_HEADERS, streamId).put(block);
      frame(message.length, DATA, END_STREAM, streamId).put(message);
      streamId += 2;
    }
    flush();
  }

  private ByteBuffer frame(int length, int type, int flags, int stream) {
    return out.putInt(length << 8 | type).put((byte) flags).putInt(stream);
  }

  private void flush() throws IOException {
    out.flip();
    long begin = System.nanoTime();
    while (out.hasRemaining()) {
      if (channel.write(out) == 0) {
        if (System.nanoTime() - begin > TimeUnit.MILLISECONDS.toNanos(LIMIT_MS)) {
          throw new IOException("the server does not take a request");
        }
        Thread.yield();
      }
    }
    out.clear();
  }

  /** Waits until calls have ended, one at least; answers how many. */
  int answers() throws IOException {
    ended = 0;
    while (ended == 0) {
      if (selector.select(key -> {}, LIMIT_MS) == 0) {
        throw new IOException("no answer comes");
      }
      if (channel.read(in) < 0) {
        throw new EOFException("the server closed the connection");
      }
      take();
      if (out.position() > 0) {
        flush();
      }
    }
    return ended;
  }

  /** Takes all frames that are there; the rest is kept for the next read. */
  private void take() throws IOException {
    int end = in.position();
    int at = 0;
    lastAt = -1;
    while (end - at >= FRAME_HEAD) {
      int head = in.getInt(at);
      int length = head >>> 8;
      if (length > FRAME_MAX) {
        throw new IOException("a frame of " + length + " bytes");
      }
      if (end - at < FRAME_HEAD + length) {
        break;
      }
      take(head & 0xff, in.get(at + 4), in.getInt(at + 5), at + FRAME_HEAD, length);
      at += FRAME_HEAD + length;
    }
    if (lastAt >= 0) {
      last = last.length == lastBytes ? last : new byte[lastBytes];
      in.get(lastAt, last);
    }
    in.limit(end).position(at).compact();
  }

  private void take(int type, int flags, int stream, int at, int length) throws IOException {
    switch (type) {
      case DATA -> data(stream, at, length);
      case HEADERS -> headers(flags, stream, at, length);
      case SETTINGS -> {
        if ((flags & ACK) == 0) {
          frame(0, SETTINGS, ACK, 0);
        }
      }
      case PING -> {
        if ((flags & ACK) == 0) {
          frame(8, PING, ACK, 0).putLong(in.getLong(at));
        }
      }
      case WINDOW_UPDATE -> {
        if (stream == 0) {
          window += in.getInt(at);
          call(0);
        }
      }
      default -> throw new IOException("a frame of type " + type + " on stream " + stream);
    }
  }

  private void data(int stream, int at, int length) throws IOException {
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

  private void headers(int flags, int stream, int at, int length) throws IOException {
    if ((flags & ~END_STREAM) != END_HEADERS) {
      throw new IOException("headers with flags " + flags);
    }
    Http2Headers came;
    try {
      came = decoder.decodeHeaders(stream, inBytes.setIndex(at, at + length));
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
    if ((flags & END_STREAM) == 0) {
      expect(came, ":status", "200");
    } else {
      expect(came, "grpc-status", "0");
      ended++;
      if (--messages < 0) {
        throw new IOException("an answer without a message");
      }
    }
  }

  private static void expect(Http2Headers came, String name, String value) throws IOException {
    CharSequence is = came.get(name);
    if (is == null || !value.contentEquals(is)) {
      throw new IOException("not a success: " + came);
    }
  }

  /** The message of the last answer that came in one piece. */
  byte[] last() {
    return last.clone();
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }
}
