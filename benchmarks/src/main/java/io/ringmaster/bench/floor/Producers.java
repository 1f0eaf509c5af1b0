package io.ringmaster.bench.floor;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;

/**
 * Producers of events, each of which hands over its next one when the last was accepted. They share
 * the thread that measures, as connections share an event loop; acceptances come from any thread.
 *
 * <p>Ordering: {@code waiting} is written before the queue is looked at again, and read after an
 * offer.
 */
public final class Producers {
  private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

  private final MpscUnboundedVarHandleArrayQueue<Producer> ready =
      new MpscUnboundedVarHandleArrayQueue<>(1024);
  private final Consumer<Producer> work;
  private final int count;
  private final AtomicReference<String> failure = new AtomicReference<>();
  private final Thread thread = Thread.currentThread();
  private volatile boolean waiting;
  private long accepted;
  private long nextEvent;

  /** One of them. */
  public final class Producer {
    private Producer() {}

    /** Number of its next event. */
    public long next() {
      return nextEvent++;
    }

    /** Its event was accepted. Any thread. */
    public void accepted() {
      ready.offer(this);
      if (waiting) {
        LockSupport.unpark(thread);
      }
    }

    /** Its event was not. Any thread. */
    public void failed(String detail) {
      failure.compareAndSet(null, detail);
      LockSupport.unpark(thread);
    }
  }

  /**
   * Belongs to the calling thread.
   *
   * @param work hands over a producer's next event
   */
  public Producers(int count, Consumer<Producer> work) {
    this.count = count;
    this.work = work;
    for (int i = 0; i < count; i++) {
      ready.offer(new Producer());
    }
  }

  /** Events a second. All producers are ready again afterwards. */
  public double round(long durationNs) throws IOException {
    long begin = System.nanoTime();
    long handed = 0;
    do {
      work.accept(take());
      handed++;
    } while (System.nanoTime() - begin < durationNs);
    Producer[] rest = new Producer[count];
    for (int i = 0; i < count; i++) {
      rest[i] = take();
    }
    long tookNs = System.nanoTime() - begin;
    for (Producer each : rest) {
      ready.offer(each);
    }
    accepted += handed;
    return handed * 1e9 / tookNs;
  }

  private Producer take() throws IOException {
    Producer next = ready.relaxedPoll();
    long giveUpNs = System.nanoTime() + LIMIT_NS;
    while (next == null) {
      if (failure.get() != null || System.nanoTime() - giveUpNs > 0) {
        throw new IOException("not accepted: " + failure.get());
      }
      waiting = true;
      if (ready.isEmpty()) {
        LockSupport.parkNanos(this, LIMIT_NS);
      }
      waiting = false;
      next = ready.relaxedPoll();
    }
    return next;
  }

  /** Events so far. */
  public long accepted() {
    return accepted;
  }
}
