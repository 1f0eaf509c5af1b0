package io.ringmaster.lambdahttp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One connection that speaks HTTP/2: its streams, and what becomes of it as a whole. */
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the channel.
final class Http2Connection extends ChannelInboundHandlerAdapter implements Deadlines.Watched {
  private static final int STREAMS_MAX = 128;
  private static final int WINDOW_BYTES = 256 * 1024;
  private static final int HEADERS_MAX = 64 * 1024;

  private final Ingress ingress;
  private final Deadlines deadlines;
  private final Set<Http2Stream> streams = new HashSet<>();
  private ChannelHandlerContext context;
  private long idleSinceNs = System.nanoTime();
  private boolean leaving;

  private Http2Connection(Ingress ingress, Deadlines deadlines) {
    this.ingress = ingress;
    this.deadlines = deadlines;
  }

  /** For a client that begins with HTTP/2. */
  static void install(ChannelPipeline pipeline, Ingress ingress, Deadlines deadlines) {
    Http2Connection connection = new Http2Connection(ingress, deadlines);
    pipeline.addLast(codec(), connection, connection.streams());
  }

  /** For one that changes to it. */
  static Http2ServerUpgradeCodec upgrade(Ingress ingress, Deadlines deadlines) {
    Http2Connection connection = new Http2Connection(ingress, deadlines);
    return new Http2ServerUpgradeCodec(codec(), connection, connection.streams());
  }

  private static Http2FrameCodec codec() {
    return Http2FrameCodecBuilder.forServer()
        .initialSettings(
            Http2Settings.defaultSettings()
                .maxConcurrentStreams(STREAMS_MAX)
                .initialWindowSize(WINDOW_BYTES)
                .maxHeaderListSize(HEADERS_MAX))
        .build();
  }

  private Http2MultiplexHandler streams() {
    return new Http2MultiplexHandler(
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new Http2Stream(ingress, Http2Connection.this));
          }
        });
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    deadlines.add(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    deadlines.remove(this);
  }

  void opened(Http2Stream stream) {
    streams.add(stream);
  }

  void ended(Http2Stream stream) {
    streams.remove(stream);
    idleSinceNs = System.nanoTime();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2FrameStreamException) {
      // One stream's: the others go on.
      ctx.fireExceptionCaught(cause);
      return;
    }
    ingress.connectionFailed(cause);
    ctx.close();
  }

  @Override
  public void look(long nowNs) {
    if (ingress.stopping() && !leaving) {
      leaving = true;
      context.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    }
    if (streams.isEmpty()) {
      if (nowNs - idleSinceNs > ingress.config().idleNs() || ingress.pastKeepAlive(nowNs)) {
        context.close();
      }
    } else {
      List.copyOf(streams).forEach(each -> each.look(nowNs));
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
