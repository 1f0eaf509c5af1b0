package io.ringmaster.lambdahttp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The first handler of a connection: a client that begins with HTTP/2's preface speaks HTTP/2,
 * every other one HTTP/1.1. Goes when it knows.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the channel.
final class ProtocolChoice extends ByteToMessageDecoder implements Deadlines.Watched {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Ingress ingress;
  private final Deadlines deadlines;
  private final long sinceNs = System.nanoTime();
  private ChannelHandlerContext context;

  ProtocolChoice(Ingress ingress, Deadlines deadlines) {
    this.ingress = ingress;
    this.deadlines = deadlines;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    deadlines.add(this);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    deadlines.remove(this);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    int known = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < known; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
        http1(ctx.pipeline());
        return;
      }
    }
    if (known == PREFACE.length) {
      Http2Connection.install(ctx.pipeline(), ingress, deadlines);
      ctx.pipeline().remove(this);
    }
  }

  private void http1(ChannelPipeline pipeline) {
    Http1Connection connection = new Http1Connection(ingress, deadlines);
    pipeline.addLast(new RequestDecoder(connection), connection);
    pipeline.remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ingress.connectionFailed(cause);
    ctx.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof io.netty.channel.socket.ChannelInputShutdownEvent) {
      ctx.close();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void look(long nowNs) {
    long age = nowNs - sinceNs;
    if (age > ingress.config().headerNs() || ingress.pastKeepAlive(nowNs)) {
      context.close();
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
