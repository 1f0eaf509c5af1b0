package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.grpc.client.InvocationStream;
import io.ringmaster.grpc.client.RingmasterClient;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code grpc.stream.noop}: invocations a second over one multiplexed stream, by the product's own
 * client; in-JVM handler.
 */
public final class GrpcStreamProbe implements Probe {
  private static final long END_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NS = 200_000;

  private final GrpcServed served;
  private final RingmasterClient client;
  private final InvocationStream stream;
  private final InvokeRequest request = GrpcServed.request();
  private final int count;
  private final AtomicLong answered = new AtomicLong();
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile boolean open;
  private volatile Throwable failure;
  private volatile InvokeResponse last;

  /**
   * Opens it.
   *
   * @param inFlight invocations in flight
   */
  public GrpcStreamProbe(int inFlight) throws IOException {
    count = inFlight;
    served = new GrpcServed(null, EngineConfig.builder());
    client =
        RingmasterClient.connect(
            served.address().getAddress().getHostAddress(), served.address().getPort());
    stream = client.openStream();
    try {
      round(1);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  private void invoke() {
    stream.invoke(request).whenComplete(this::ended);
  }

  private void ended(InvokeResponse answer, Throwable thrown) {
    answered.getAndIncrement();
    last = answer;
    if (thrown != null) {
      failure = thrown;
    }
    if (open && thrown == null) {
      invoke();
    } else {
      inFlight.getAndDecrement();
    }
  }

  @Override
  public double round(long durationNs) throws IOException {
    long from = answered.get();
    open = true;
    inFlight.set(count);
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      invoke();
    }
    long now = begin;
    while (now - begin < durationNs || answered.get() == from && failure == null) {
      LockSupport.parkNanos(Math.max(LOOK_NS, durationNs - (now - begin)));
      now = System.nanoTime();
      if (now - begin > durationNs + END_LIMIT_NS) {
        throw new IOException("no invocation is answered");
      }
    }
    long counted = answered.get() - from;
    now = System.nanoTime();
    open = false;
    while (inFlight.get() > 0) {
      LockSupport.parkNanos(LOOK_NS);
      if (System.nanoTime() - now > END_LIMIT_NS) {
        throw new IOException(inFlight.get() + " invocations do not end");
      }
    }
    if (failure != null) {
      throw new IOException("an invocation failed", failure);
    }
    GrpcServed.check(last);
    return counted * 1e9 / (now - begin);
  }

  @Override
  public long samples() {
    return answered.get();
  }

  @Override
  public void close() {
    stream.close();
    client.close();
    served.close();
  }
}
