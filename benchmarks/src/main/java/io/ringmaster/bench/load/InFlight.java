package io.ringmaster.bench.load;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls, always so many in flight. Each that ends begins another, on the thread on which it ended;
 * the thread that runs a round only counts.
 */
public final class InFlight {
  private static final long END_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NS = 200_000;

  private final int count;
  private final Runnable begin;
  private final AtomicLong answered = new AtomicLong();
  private final AtomicInteger inFlight = new AtomicInteger();

  // Written by the thread that runs a round.
  private volatile boolean open;

  // Written by who ends calls.
  private volatile Throwable failure;

  /**
   * @param count calls in flight, at least 1
   * @param begin begins one, whose end is told by {@link #ended}
   */
  public InFlight(int count, Runnable begin) {
    this.count = count;
    this.begin = begin;
  }

  /**
   * A call has ended.
   *
   * @param thrown null: it went well
   */
  public void ended(Throwable thrown) {
    answered.getAndIncrement();
    if (thrown != null) {
      failure = thrown;
    }
    if (open && thrown == null) {
      begin.run();
    } else {
      inFlight.getAndDecrement();
    }
  }

  /**
   * Calls for so long.
   *
   * @return answers per second
   * @throws IOException a call failed, or does not end
   */
  public double run(long durationNs) throws IOException {
    long from = answered.get();
    open = true;
    inFlight.set(count);
    long beganNs = System.nanoTime();
    for (int i = 0; i < count; i++) {
      begin.run();
    }
    long now = beganNs;
    while (now - beganNs < durationNs || answered.get() == from && failure == null) {
      LockSupport.parkNanos(Math.max(LOOK_NS, durationNs - (now - beganNs)));
      now = System.nanoTime();
      if (now - beganNs > durationNs + END_LIMIT_NS) {
        throw new IOException("no call is answered");
      }
    }
    long counted = answered.get() - from;
    now = System.nanoTime();
    open = false;
    while (inFlight.get() > 0) {
      LockSupport.parkNanos(LOOK_NS);
      if (System.nanoTime() - now > END_LIMIT_NS) {
        throw new IOException(inFlight.get() + " calls do not end");
      }
    }
    if (failure != null) {
      throw new IOException("a call failed", failure);
    }
    return counted * 1e9 / (now - beganNs);
  }

  /** Answers so far. */
  public long answered() {
    return answered.get();
  }
}
