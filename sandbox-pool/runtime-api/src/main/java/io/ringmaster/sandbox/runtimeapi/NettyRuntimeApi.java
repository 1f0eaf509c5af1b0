package io.ringmaster.sandbox.runtimeapi;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.ringmaster.sandbox.spi.RuntimeApi;
import io.ringmaster.sandbox.spi.RuntimeApiSession;
import io.ringmaster.sandbox.spi.Slots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The Runtime API on Netty: a listener of its own per sandbox process, on 127.0.0.1, and a few
 * event loops for all of them. A session and its connections belong to one loop.
 *
 * <p>The loops' threads are daemons and start with the first session, so that an engine without
 * processes has none. Any thread may call it.
 */
public final class NettyRuntimeApi implements RuntimeApi {
  private static final int THREADS_MAX = 4;
  private static final int BACKLOG = 64;
  private static final int READ_BYTES_MIN = 512;
  private static final int READ_BYTES_FIRST = 2 * 1024;
  private static final int READ_BYTES_MAX = 64 * 1024;
  private static final long CLOSE_SECONDS_MAX = 5;

  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private final Object lock = new Object();

  // Guarded by lock.
  private MultiThreadIoEventLoopGroup loops;
  private boolean closed;

  @Override
  public RuntimeApiSession open(int slots, Runnable arrived) {
    if (slots < 1 || slots > Slots.PER_SANDBOX_MAX) {
      throw new IllegalArgumentException("slots: " + slots);
    }
    Session session = new Session(loop(), slots, arrived, sessions::remove);
    ChannelFuture bind =
        new ServerBootstrap()
            .group(session.loop(), session.loop())
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(READ_BYTES_MIN, READ_BYTES_FIRST, READ_BYTES_MAX))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Connection(session.side()));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .awaitUninterruptibly();
    if (!bind.isSuccess()) {
      throw new UncheckedIOException(
          new IOException("no port for the Runtime API: " + bind.cause().getMessage()));
    }
    session.listensOn(bind.channel());
    sessions.add(session);
    synchronized (lock) {
      if (closed) {
        session.close();
      }
    }
    return session;
  }

  private EventLoop loop() {
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException("closed");
      }
      if (loops == null) {
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, THREADS_MAX);
        loops =
            new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory("ringmaster-runtime-api", true),
                NioIoHandler.newFactory());
      }
      return loops.next();
    }
  }

  /** Closes every session that is left, and ends the loops. */
  @Override
  public void close() {
    MultiThreadIoEventLoopGroup ending;
    synchronized (lock) {
      closed = true;
      ending = loops;
      loops = null;
    }
    sessions.forEach(Session::close);
    if (ending != null) {
      ending
          .shutdownGracefully(0, CLOSE_SECONDS_MAX, TimeUnit.SECONDS)
          .awaitUninterruptibly(2 * CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }
  }
}
