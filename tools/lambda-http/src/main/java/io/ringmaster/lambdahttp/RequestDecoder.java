package io.ringmaster.lambdahttp;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Netty's decoder of requests, within our limits: what could be read in two ways is refused, and
 * the connection hears of a request's first byte.
 */
final class RequestDecoder extends HttpRequestDecoder {
  private static final int LINE_MAX = 16 * 1024;
  private static final int HEADERS_MAX = 64 * 1024;
  private static final int CHUNK_MAX = 64 * 1024;

  /** Hears that bytes came. */
  interface Listener {
    void bytesArrived();
  }

  private final Listener listener;

  RequestDecoder(Listener listener) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(LINE_MAX)
            .setMaxHeaderSize(HEADERS_MAX)
            .setMaxChunkSize(CHUNK_MAX)
            .setAllowDuplicateContentLengths(false));
    this.listener = listener;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    listener.bytesArrived();
    super.channelRead(ctx, message);
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Transfer-Encoding and Content-Length");
  }
}
