package io.ringmaster.lambdahttp;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.concurrent.FastThreadLocal;
import io.ringmaster.api.Engine;
import io.ringmaster.api.Functions;
import io.ringmaster.api.Owner;
import io.ringmaster.ingress.loop.EventLoops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What all connections share. Any thread, but where it says otherwise. */
final class Ingress {
  /** What is counted. */
  enum Counter {
    REQUESTS,
    MALFORMED,
    TIMED_OUT,
    CONNECTIONS_REFUSED,
    CONNECTIONS_FAILED,
    OVERLOADED,
    INTERNAL_ERRORS;

    /** As {@code timedOut}. */
    String camel() {
      StringBuilder text = new StringBuilder();
      for (String each : name().toLowerCase(Locale.ROOT).split("_")) {
        text.append(
            text.isEmpty() ? each : Character.toUpperCase(each.charAt(0)) + each.substring(1));
      }
      return text.toString();
    }
  }

  private static final long KEPT_AFTER_STOP_NS = 2_000_000_000L;
  private static final long SLOWEST_BYTES_PER_SECOND = 32 * 1024;
  private static final System.Logger LOG = System.getLogger("io.ringmaster.lambdahttp");

  private final LambdaHttpConfig config;
  private final Engine engine;
  private final Router router = new Router(Operations.ALL);
  private final Owners owners;
  private final Management management;
  private final CodeLinks links = new CodeLinks();
  private final Threads threads;
  private final AtomicLong bodyBytes = new AtomicLong();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final LongAdder[] counters = new LongAdder[Counter.values().length];
  private final Set<StreamedPage> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;
  private volatile long stoppedNs;
  private volatile boolean finishing;
  private volatile int port;
  private volatile boolean loopback;

  /** That of the event loop that asks. */
  private final FastThreadLocal<IngressLoop> loops;

  Ingress(LambdaHttpConfig config, EventLoops eventLoops, Engine engine) {
    this.config = config;
    this.engine = engine;
    for (int i = 0; i < counters.length; i++) {
      counters[i] = new LongAdder();
    }
    owners = new Owners(config.defaultOwner());
    management = new Management(this);
    loops =
        new FastThreadLocal<>() {
          @Override
          protected IngressLoop initialValue() {
            return new IngressLoop(Ingress.this, eventLoops.current());
          }

          @Override
          protected void onRemoval(IngressLoop loop) {
            loop.close();
          }
        };
    threads = new Threads(config.managementThreads());
  }

  LambdaHttpConfig config() {
    return config;
  }

  Engine engine() {
    return engine;
  }

  /** Functions of an owner. */
  Functions functions(Owner owner) {
    return owner.equals(config.defaultOwner()) ? engine.functions() : engine.functions(owner);
  }

  Router router() {
    return router;
  }

  Owners owners() {
    return owners;
  }

  Management management() {
    return management;
  }

  CodeLinks links() {
    return links;
  }

  void count(Counter counter) {
    counters[counter.ordinal()].increment();
  }

  Map<String, Long> counters() {
    Map<String, Long> values = new LinkedHashMap<>();
    for (Counter each : Counter.values()) {
      values.put(each.camel(), counters[each.ordinal()].sum());
    }
    values.put("connections", (long) connections.get());
    values.put("requestsRunning", (long) running.get());
    values.put("bodyBytes", bodyBytes.get());
    return values;
  }

  /** That of the calling event loop. */
  IngressLoop loop() {
    return loops.get();
  }

  /** The event loop that calls knows nothing of the server any more. */
  void forgetLoop() {
    loops.remove();
  }

  Threads threads() {
    return threads;
  }

  /**
   * Makes room for bytes of bodies.
   *
   * @return false: there is none
   */
  boolean reserve(long bytes) {
    if (bodyBytes.addAndGet(bytes) > config.bodyBytesMax()) {
      bodyBytes.addAndGet(-bytes);
      count(Counter.OVERLOADED);
      return false;
    }
    return true;
  }

  void release(long bytes) {
    bodyBytes.addAndGet(-bytes);
  }

  /** Whether one more connection may be. */
  boolean connected() {
    if (connections.incrementAndGet() > config.connectionsMax()) {
      connections.decrementAndGet();
      count(Counter.CONNECTIONS_REFUSED);
      return false;
    }
    return true;
  }

  void disconnected() {
    connections.decrementAndGet();
  }

  void requestBegun() {
    running.incrementAndGet();
    count(Counter.REQUESTS);
  }

  void requestEnded() {
    if (running.decrementAndGet() == 0 && stopping) {
      synchronized (running) {
        running.notifyAll();
      }
    }
  }

  /** One that began and ended here begins once more elsewhere. */
  void requestMoved() {
    counters[Counter.REQUESTS.ordinal()].decrement();
  }

  /** Waits until no request is running, at most so long. */
  void awaitRequests(long ns) throws InterruptedException {
    long deadline = System.nanoTime() + ns;
    synchronized (running) {
      while (running.get() > 0) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          return;
        }
        running.wait(left);
      }
    }
  }

  boolean stopping() {
    return stopping;
  }

  void stop() {
    if (!stopping) {
      stoppedNs = System.nanoTime();
      stopping = true;
      streams.forEach(StreamedPage::stop);
    }
  }

  /** A page in parts goes on, or does no longer; those that there are end when the server stops. */
  void streams(StreamedPage page, boolean goesOn) {
    if (goesOn) {
      streams.add(page);
    } else {
      streams.remove(page);
    }
  }

  /** Connections without a request are closed from now on. */
  void finish() {
    finishing = true;
  }

  int connections() {
    return connections.get();
  }

  void address(InetSocketAddress address) {
    port = address.getPort();
    loopback = address.getAddress().isLoopbackAddress();
  }

  /** Whether only this machine reaches the server. */
  boolean loopback() {
    return loopback;
  }

  /** Where the server listens. */
  int port() {
    return port;
  }

  /** Whether connections without a request are no longer kept. */
  boolean pastKeepAlive(long nowNs) {
    return finishing || stopping && nowNs - stoppedNs > KEPT_AFTER_STOP_NS;
  }

  /** How long the bytes of a body may take at the least rate. */
  static long slowestNs(long bytes) {
    return bytes * (1_000_000_000L / SLOWEST_BYTES_PER_SECOND);
  }

  void connectionFailed(Throwable cause) {
    if (cause instanceof Http2Exception || cause instanceof DecoderException) {
      count(Counter.MALFORMED);
    } else if (!(cause instanceof IOException)) {
      internalError("a connection", cause);
    }
    count(Counter.CONNECTIONS_FAILED);
  }

  void internalError(String where, Throwable cause) {
    count(Counter.INTERNAL_ERRORS);
    LOG.log(System.Logger.Level.ERROR, "internal error in " + where, cause);
  }

  /** Ends the threads; what runs on them is let finish for so long. */
  void close(long ns) {
    try {
      if (!threads.close(System.nanoTime() + ns)) {
        LOG.log(System.Logger.Level.WARNING, "management calls are still running");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
