package io.ringmaster.lambdahttp;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.ringmaster.api.Engine;
import io.ringmaster.ingress.loop.EventLoops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
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
  private final EventLoops loops;
  private final boolean ownLoops;
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
    ownLoops = config.sharedLoops() == null;
    loops =
        ownLoops
            ? EventLoops.start("ringmaster-http-loop", config.eventLoops())
            : config.sharedLoops();
    ingress = new Ingress(config, loops, engine);
    ingress.address(address);
    for (EventExecutor each : loops.group()) {
      deadlines.put((EventLoop) each, new Deadlines((EventLoop) each));
    }
    deadlines.values().forEach(Deadlines::start);
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
            .group(loops.group(), loops.group())
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
      endLoops();
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
    loops.onEachNow(loop -> deadlines.get(loop).closeAll());
    ingress.close(Math.max(deadline - System.nanoTime(), TimeUnit.SECONDS.toNanos(1)));
    endLoops();
  }

  /** Loops that are others' too go on, and know nothing of the server any more. */
  private void endLoops() {
    if (ownLoops) {
      loops.close();
    } else {
      loops.onEach(
          loop -> {
            deadlines.get(loop).closeAll();
            ingress.forgetLoop();
          });
    }
  }

  /** As {@link #close(Duration)} with ten seconds. */
  @Override
  public void close() {
    close(DRAIN);
  }
}
