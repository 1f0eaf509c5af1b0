package io.ringmaster.lambdahttp;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.HttpConversionUtil;
import io.netty.util.AsciiString;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;

/**
 * The change from HTTP/1.1 to HTTP/2 that a client asks for with {@code Upgrade: h2c} (RFC 7540,
 * 3.2). Its request, which is here as a whole, becomes the first stream. On the connection's loop.
 */
final class Upgrade {
  private static final String H2C = "h2c";
  private static final int PAIR_BYTES = 6;
  private static final int PAIRS_MAX = 64;
  private static final int CONNECT_PROTOCOL = 8;

  private Upgrade() {}

  /** Whether the client asks for it, and says what HTTP/2 needs to know. */
  static boolean wanted(HttpRequest request) {
    HttpHeaders headers = request.headers();
    return headers.contains(HttpHeaderNames.UPGRADE, H2C, true)
        && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderNames.UPGRADE, true)
        && headers.containsValue(
            HttpHeaderNames.CONNECTION, Http2CodecUtil.HTTP_UPGRADE_SETTINGS_HEADER, true)
        && understood(headers.getAll(Http2CodecUtil.HTTP_UPGRADE_SETTINGS_HEADER))
        && request.protocolVersion().equals(HttpVersion.HTTP_1_1);
  }

  /** The payload of a SETTINGS frame, in Base64 for URLs: pairs of 16-bit ids and 32-bit values. */
  private static boolean understood(List<String> settings) {
    if (settings.size() != 1) {
      return false;
    }
    ByteBuffer pairs;
    try {
      pairs = ByteBuffer.wrap(Base64.getUrlDecoder().decode(settings.get(0)));
    } catch (IllegalArgumentException e) {
      return false;
    }
    boolean good =
        pairs.remaining() % PAIR_BYTES == 0 && pairs.remaining() <= PAIRS_MAX * PAIR_BYTES;
    while (good && pairs.hasRemaining()) {
      int id = Short.toUnsignedInt(pairs.getShort());
      long value = Integer.toUnsignedLong(pairs.getInt());
      good =
          switch (id) {
            case Http2CodecUtil.SETTINGS_ENABLE_PUSH, CONNECT_PROTOCOL -> value <= 1;
            case Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE -> value <= Integer.MAX_VALUE;
            case Http2CodecUtil.SETTINGS_MAX_FRAME_SIZE ->
                value >= Http2CodecUtil.MAX_FRAME_SIZE_LOWER_BOUND
                    && value <= Http2CodecUtil.MAX_FRAME_SIZE_UPPER_BOUND;
            default -> true;
          };
    }
    return good;
  }

  /**
   * Changes.
   *
   * @param http1 of the connection that goes if this succeeds
   * @return false: what the client says of its settings is not understood, and nothing has changed
   */
  static boolean attempt(
      ChannelHandlerContext http1,
      HttpRequest asked,
      byte[] body,
      Ingress ingress,
      Deadlines deadlines) {
    ChannelPipeline pipeline = http1.pipeline();
    HttpResponseEncoder encoder = new HttpResponseEncoder();
    HttpServerUpgradeHandler change =
        new HttpServerUpgradeHandler(
            from -> {
              ((Http1Connection) http1.handler()).handedOn();
              pipeline.remove(http1.handler());
              pipeline.remove(encoder);
            },
            protocol ->
                AsciiString.contentEquals(H2C, protocol)
                    ? Http2Connection.upgrade(ingress, deadlines)
                    : null,
            Math.max(1, body.length));
    pipeline.addLast(encoder, change);
    http1.fireChannelRead(head(asked));
    http1.fireChannelRead(new DefaultLastHttpContent(Unpooled.wrappedBuffer(body)));
    if (pipeline.context(change) == null) {
      pipeline.remove(RequestDecoder.class); // hands on what it has read beyond
      return true;
    }
    pipeline.remove(change);
    pipeline.remove(encoder);
    return false;
  }

  /** As HTTP/2 has it; what the body was like is over. */
  private static HttpRequest head(HttpRequest asked) {
    HttpRequest head = new DefaultHttpRequest(asked.protocolVersion(), asked.method(), asked.uri());
    head.headers()
        .set(asked.headers())
        .remove(HttpHeaderNames.EXPECT)
        .remove(HttpHeaderNames.TRANSFER_ENCODING)
        .set(HttpConversionUtil.ExtensionHeaderNames.SCHEME.text(), HttpScheme.HTTP.name());
    return head;
  }
}
