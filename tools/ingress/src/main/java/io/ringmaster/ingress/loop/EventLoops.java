package io.ringmaster.ingress.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Event loops with a {@link LoopTurn} each, of Netty's NIO transport; several ingresses may use
 * them. They are ended by whoever began them, after the ingresses. Any thread.
 */
public final class EventLoops implements AutoCloseable {
  private static final int THREADS_MAX = 256;
  private static final int THREADS_USUAL_MAX = 16;
  private static final long CLOSE_S = 5;
  private static final FastThreadLocal<LoopTurn> CURRENT = new FastThreadLocal<>();

  private final EventLoopGroup group;
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  private EventLoops(String name, int count) {
    ThreadFactory factory = new DefaultThreadFactory(name, true);
    group =
        new MultiThreadIoEventLoopGroup(
            count,
            run -> {
              Thread thread = factory.newThread(run);
              threads.add(thread);
              return thread;
            },
            NioIoHandler.newFactory(
                SelectorProvider.provider(), () -> new LoopTurn(this::entered)));
  }

  /**
   * Begins them.
   *
   * @param name of their threads, with a number behind it
   * @param threads 1 to 256
   */
  public static EventLoops start(String name, int threads) {
    if (threads < 1 || threads > THREADS_MAX) {
      throw new IllegalArgumentException(
          "event loops must be 1 to " + THREADS_MAX + ": " + threads);
    }
    return new EventLoops(name, threads);
  }

  /** How many there are by default on this machine: half its processors, 1 to 16. */
  public static int usualThreads() {
    return Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, THREADS_USUAL_MAX);
  }

  /** As Netty knows them. */
  public EventLoopGroup group() {
    return group;
  }

  /** That of the calling event loop. */
  public LoopTurn current() {
    LoopTurn turn = CURRENT.get();
    if (turn == null) {
      throw new IllegalStateException("not on an event loop");
    }
    return turn;
  }

  /** The loop that calls, for the first time. */
  private EventLoop entered(LoopTurn turn) {
    CURRENT.set(turn);
    for (EventExecutor each : group) {
      if (each.inEventLoop()) {
        return (EventLoop) each;
      }
    }
    throw new IllegalStateException("not on an event loop of these");
  }

  /** Runs something once on each loop that has not ended. Does not wait. */
  public void onEach(Consumer<EventLoop> run) {
    for (EventExecutor each : group) {
      if (!each.isShuttingDown()) {
        each.execute(() -> run.accept((EventLoop) each));
      }
    }
  }

  /** The same, and waits until each has run it. Not on a loop. */
  public void onEachNow(Consumer<EventLoop> run) {
    for (EventExecutor each : group) {
      if (!each.isShuttingDown()) {
        each.submit(() -> run.accept((EventLoop) each)).awaitUninterruptibly();
      }
    }
  }

  /** Ends them with all their connections; when it returns none of their threads is left. */
  @Override
  public void close() {
    group
        .shutdownGracefully(0, CLOSE_S, TimeUnit.SECONDS)
        .awaitUninterruptibly(2 * CLOSE_S, TimeUnit.SECONDS);
    boolean interrupted = false;
    for (Thread each : threads) { // it tells that it has ended a moment before it does
      try {
        each.join(Duration.ofSeconds(1));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
