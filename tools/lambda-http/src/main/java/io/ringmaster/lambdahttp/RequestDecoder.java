package io.ringmaster.lambdahttp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;

/**
 * Netty's decoder of requests, within our limits: what could be read in two ways is refused, and
 * the connection hears of a request's first byte.
 */
final class RequestDecoder extends HttpRequestDecoder {
  /** AWS lets a request line and its headers have 1 MB together. */
  private static final int LINE_MAX = 512 * 1024;

  private static final int HEADERS_MAX = 512 * 1024;
  private static final int CHUNK_MAX = 64 * 1024;

  /** Hears that bytes came. */
  interface Listener {
    /**
     * @param waiting bytes that came before these and are not yet a message: a line or headers
     *     without their end
     */
    void bytesArrived(long waiting);
  }

  private final Listener listener;
  private long waiting;

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
    listener.bytesArrived(waiting);
    if (message instanceof ByteBuf bytes) {
      waiting += bytes.readableBytes();
    }
    super.channelRead(ctx, message);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    super.decode(ctx, buffer, out);
    if (!out.isEmpty()) {
      waiting = buffer.readableBytes();
    }
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both Transfer-Encoding and Content-Length");
  }
}
