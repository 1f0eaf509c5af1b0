package io.ringmaster.core.accept;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.InsufficientCapacityException;
import com.lmax.disruptor.RingBuffer;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.sandbox.spi.Sleeper;

/** Where invocations come in. */
public final class AcceptRing {
  private final RingBuffer<Entry> ring;
  private final EventPoller<Entry> poller;
  private final EventPoller.Handler<Entry> handler = this::take;
  private Taker taker;
  private int left;

  /** What the dispatcher does with each. */
  @FunctionalInterface
  public interface Taker {
    /** Takes one invocation. Dispatcher thread. */
    void take(PendingInvocation invocation);
  }

  private static final class Entry {
    PendingInvocation invocation;
  }

  /**
   * @param size a power of two
   * @param sleeper the dispatcher's
   */
  public AcceptRing(int size, Sleeper sleeper) {
    ring = RingBuffer.createMultiProducer(Entry::new, size, new RingingWaitStrategy(sleeper));
    poller = ring.newPoller();
    ring.addGatingSequences(poller.getSequence());
  }

  /** Hands an invocation in. Any thread; never waits. False: the ring is full. */
  public boolean offer(PendingInvocation invocation) {
    long sequence;
    try {
      sequence = ring.tryNext();
    } catch (InsufficientCapacityException full) {
      return false;
    }
    ring.get(sequence).invocation = invocation;
    ring.publish(sequence);
    return true;
  }

  /** Takes what arrived, at most {@code limit}, and tells how many. Dispatcher thread. */
  public int poll(Taker to, int limit) {
    if (isEmpty()) {
      return 0;
    }
    taker = to;
    left = limit;
    try {
      poller.poll(handler);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    return limit - left;
  }

  private boolean take(Entry entry, long sequence, boolean endOfBatch) {
    PendingInvocation invocation = entry.invocation;
    entry.invocation = null;
    left--;
    taker.take(invocation);
    return left > 0;
  }

  /** Whether nothing waits in the ring. Dispatcher thread. */
  public boolean isEmpty() {
    return poller.getSequence().get() >= ring.getCursor();
  }
}
