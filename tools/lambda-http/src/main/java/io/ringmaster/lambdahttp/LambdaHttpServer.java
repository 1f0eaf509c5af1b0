package io.ringmaster.lambdahttp;

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
import io.netty.util.concurrent.EventExecutor;
import io.ringmaster.api.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Lambda's HTTP API over an engine: HTTP/1.1 and HTTP/2 without TLS on one port. Any thread may
 * call it. The engine is the caller's: it is closed after the server.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the channel.
public final class LambdaHttpServer implements AutoCloseable {
  private static final int BACKLOG = 1024;
  private static final int READ_BYTES_MIN = 512;
  private static final int READ_BYTES_FIRST = 2 * 1024;
  private static final int READ_BYTES_MAX = 64 * 1024;
  private static final long POLL_MS = 20;
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private final Ingress ingress;
  private final MultiThreadIoEventLoopGroup loops;
  private final Map<EventLoop, Deadlines> deadlines = new HashMap<>();
  private final Channel listener;
  private final InetSocketAddress address;
  private boolean closed;

  private LambdaHttpServer(LambdaHttpConfig config, Engine engine) throws IOException {
    ServerSocketChannel socket = config.listening();
    if (socket == null) {
      socket = ServerSocketChannel.open();
      try {
        socket.bind(config.address(), BACKLOG);
      } catch (IOException | RuntimeException e) {
        socket.close();
        throw e;
      }
    }
    address =
        config.listening() == null
            ? (InetSocketAddress) socket.getLocalAddress()
            : config.address();
    ingress = new Ingress(config, engine);
    ingress.address(address);
    loops =
        new MultiThreadIoEventLoopGroup(
            config.eventLoops(),
            new DefaultThreadFactory("ringmaster-http-loop", true),
            NioIoHandler.newFactory(SelectorProvider.provider(), () -> new IngressLoop(ingress)));
    for (EventExecutor each : loops) {
      Deadlines of = new Deadlines((EventLoop) each);
      deadlines.put((EventLoop) each, of);
      of.start();
    }
    listener = listen(socket);
  }

  /**
   * Begins to serve.
   *
   * @throws UncheckedIOException the address cannot be listened on; the message says which and why
   */
  public static LambdaHttpServer start(LambdaHttpConfig config, Engine engine) {
    try {
      return new LambdaHttpServer(config, engine);
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("no HTTP on " + config.address() + ": " + e.getMessage(), e));
    }
  }

  private Channel listen(ServerSocketChannel socket) throws IOException {
    ChannelFuture registered =
        new ServerBootstrap()
            .group(loops, loops)
            .channelFactory(() -> new NioServerSocketChannel(socket))
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(READ_BYTES_MIN, READ_BYTES_FIRST, READ_BYTES_MAX))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted(channel);
                  }
                })
            .register()
            .awaitUninterruptibly();
    if (!registered.isSuccess()) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      socket.close();
      throw new IOException("cannot accept: " + registered.cause().getMessage());
    }
    return registered.channel();
  }

  private void accepted(Channel channel) {
    if (!ingress.connected()) {
      channel.unsafe().closeForcibly();
      return;
    }
    channel.closeFuture().addListener(done -> ingress.disconnected());
    channel.pipeline().addLast(new ProtocolChoice(ingress, deadlines.get(channel.eventLoop())));
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * What was counted since the start, and what there is now: {@code requests, malformed, timedOut,
   * connectionsRefused, overloaded, eventsAccepted, eventsSucceeded, eventsFailed, eventsThrottled,
   * …, connections, requestsRunning, eventsWaiting, bodyBytes}.
   */
  public Map<String, Long> counters() {
    return ingress.counters();
  }

  /** AWS's names of the operations that are served. */
  public Set<String> operations() {
    Set<String> names = new TreeSet<>(ingress.management().served());
    names.addAll(Set.of("Invoke", "InvokeWithResponseStream", "InvokeAsync"));
    return names;
  }

  /**
   * Accepts no more connections: our descriptor of the listening socket is closed. Those that there
   * are get their answers, with {@code Connection: close}, and are closed when they have been idle
   * for two seconds.
   */
  public void stopAccepting() {
    ingress.stop();
    listener.close().awaitUninterruptibly();
  }

  /**
   * Stops: lets requests end for so long, then closes everything. When it returns no thread and no
   * socket of the server is left. Calling it again does nothing.
   *
   * @param drain 0 or more
   */
  public synchronized void close(Duration drain) {
    if (closed) {
      return;
    }
    closed = true;
    long deadline = System.nanoTime() + drain.toNanos();
    stopAccepting();
    try {
      ingress.awaitRequests(drain.toNanos());
      // Kept connections have their two seconds: a client may be sending its next request just now.
      if (drain.isZero()) {
        ingress.finish();
      }
      deadlines.forEach((loop, each) -> loop.execute(each));
      while (ingress.connections() > 0 && System.nanoTime() - deadline < 0) {
        Thread.sleep(POLL_MS);
        deadlines.forEach((loop, each) -> loop.execute(each));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    deadlines.forEach((loop, each) -> loop.execute(each::closeAll));
    ingress.close(Math.max(deadline - System.nanoTime(), TimeUnit.SECONDS.toNanos(1)));
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }

  /** As {@link #close(Duration)} with ten seconds. */
  @Override
  public void close() {
    close(DRAIN);
  }
}
