package io.ringmaster.bench.floor;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A bare HTTP server of Netty's own parts on loopback, which answers each request on the loop that
 * read it.
 */
final class HttpServer implements AutoCloseable {
  private static final int BODY_MAX = 1 << 20;

  private final MultiThreadIoEventLoopGroup loops;
  private final Channel listener;

  /** Makes an answer's body of a request's. On an event loop. */
  @FunctionalInterface
  interface Answering {
    /** The request's body is not to be kept. */
    ByteBuf answer(ByteBuf body);
  }

  /**
   * Opens one that answers at once, with status 200.
   *
   * @param threads event loops
   * @param answering asked once by each connection, on its event loop
   */
  static HttpServer answering(int threads, Supplier<Answering> answering) {
    return new HttpServer(threads, () -> new Answers(answering.get()));
  }

  /**
   * Opens it.
   *
   * @param threads event loops
   * @param handlers asked once by each connection for who gets its whole requests
   */
  HttpServer(int threads, Supplier<ChannelHandler> handlers) {
    loops =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("bench-netty", true), NioIoHandler.newFactory());
    listener =
        new ServerBootstrap()
            .group(loops, loops)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpObjectAggregator(BODY_MAX))
                        .addLast(handlers.get());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  private static final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Answering answering;

    Answers(Answering answering) {
      this.answering = answering;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored")
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      ByteBuf body = answering.answer(request.content());
      DefaultFullHttpResponse response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
          .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
      context.writeAndFlush(response, context.voidPromise());
    }
  }

  /** What an echo answers. */
  static ByteBuf echo(ByteBuf body) {
    byte[] bytes = new byte[body.readableBytes()];
    body.readBytes(bytes);
    return Unpooled.wrappedBuffer(bytes);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
