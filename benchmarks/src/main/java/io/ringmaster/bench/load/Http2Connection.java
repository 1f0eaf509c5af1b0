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
import java.util.concurrent.TimeUnit;

/**
 * One connection of HTTP/2 from a gRPC client, and no more of HTTP/2 than a load needs: frames as
 * they lie in one buffer for each way, the server's windows, the client's, headers sent by their
 * numbers in the table after the first time. Belongs to the thread that calls it.
 */
abstract class Http2Connection implements AutoCloseable {
  static final int FRAME_HEAD = 9;
  static final int FRAME_MAX = 16 * 1024;
  static final int WINDOW_FIRST = 65_535;
  static final int WINDOW = 1 << 20;

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int WINDOW_UPDATE = 8;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final long LIMIT_MS = TimeUnit.SECONDS.toMillis(60);
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int SETTING_WINDOW = 4;
  private static final int SETTING_BYTES = 6;
  private static final int ACK = 1;

  /** A block of headers that begins a call: the first of a connection, and those after it. */
  final byte[] firstHeaders;

  final byte[] headers;

  /** What came, from 0 to its position. */
  final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);

  private final SocketChannel channel;
  private final Selector selector;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
  private final ByteBuf inBytes = Unpooled.wrappedBuffer(in);
  private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);

  /** Bytes of messages that the server takes on this connection. */
  private long window = WINDOW_FIRST;

  Http2Connection(InetSocketAddress server, String method) throws IOException {
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
      frame(SETTING_BYTES, SETTINGS, 0, 0).putShort((short) SETTING_WINDOW).putInt(WINDOW);
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

  // ---- what is sent ----

  /** Room for so many bytes; those before may be sent now. */
  final void reserve(int bytes) throws IOException {
    if (out.remaining() < bytes) {
      flush();
    }
  }

  /** Begins a frame; its content is to be put behind it. */
  final ByteBuffer frame(int length, int type, int flags, int stream) {
    return out.putInt(length << 8 | type).put((byte) flags).putInt(stream);
  }

  /** Bytes that the connection's window has room for. */
  final long window() {
    return window;
  }

  /** So many bytes of it are used. */
  final void use(int bytes) {
    window -= bytes;
  }

  final void flush() throws IOException {
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

  // ---- what comes ----

  /** Waits for bytes and takes all frames that are there; the rest is kept for the next read. */
  final void read() throws IOException {
    if (selector.select(key -> {}, LIMIT_MS) == 0) {
      throw new IOException("no answer comes");
    }
    if (channel.read(in) < 0) {
      throw new EOFException("the server closed the connection");
    }
    int end = in.position();
    int at = 0;
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
    taken();
    in.limit(end).position(at).compact();
    if (out.position() > 0) {
      flush();
    }
  }

  private void take(int type, int flags, int stream, int at, int length) throws IOException {
    switch (type) {
      case DATA -> data(stream, at, length);
      case HEADERS -> {
        if ((flags & ~END_STREAM) != END_HEADERS) {
          throw new IOException("headers with flags " + flags);
        }
        headers(stream, decoded(stream, at, length), (flags & END_STREAM) != 0);
      }
      case SETTINGS -> {
        if ((flags & ACK) == 0) {
          settings(at, length);
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
        }
        windowGrew(stream, in.getInt(at));
      }
      default -> throw new IOException("a frame of type " + type + " on stream " + stream);
    }
  }

  private void settings(int at, int length) throws IOException {
    for (int each = at; each < at + length; each += SETTING_BYTES) {
      if (in.getShort(each) == SETTING_WINDOW) {
        windowSet(in.getInt(each + 2));
      }
    }
  }

  private Http2Headers decoded(int stream, int at, int length) throws IOException {
    try {
      return decoder.decodeHeaders(stream, inBytes.setIndex(at, at + length));
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  /** Content of a stream, in {@link #in}. */
  abstract void data(int stream, int at, int length) throws IOException;

  /** Headers of a stream, or, at its end, its trailers. */
  abstract void headers(int stream, Http2Headers came, boolean end) throws IOException;

  /** The server takes more, of this stream or (0) of all. */
  abstract void windowGrew(int stream, int bytes) throws IOException;

  /** The window of each stream, as the server wants it from the beginning. */
  void windowSet(int bytes) throws IOException {}

  /** All frames of one read were taken; what lies in {@link #in} is moved after this. */
  void taken() {}

  static void expect(Http2Headers came, String name, String value) throws IOException {
    CharSequence is = came.get(name);
    if (is == null || !value.contentEquals(is)) {
      throw new IOException("not a success: " + came);
    }
  }

  @Override
  public void close() throws IOException {
    selector.close();
    channel.close();
  }
}
