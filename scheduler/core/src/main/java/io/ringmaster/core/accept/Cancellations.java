package io.ringmaster.core.accept;

import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.sandbox.spi.Sleeper;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Invocations that their callers do not want any more, on their way to the dispatcher: any thread
 * pushes, the dispatcher takes all at once. Each submit of a call is in it once at most, so it is
 * as bounded as the calls in flight.
 *
 * <p>An entry is a hint only: by the time it is read its call may have settled, and may even have
 * been submitted again. The invocation itself says whether it was cancelled.
 *
 * <p>Ordering pair: as in {@code CreditStack}.
 */
public final class Cancellations {
  private final AtomicReference<Entry> top = new AtomicReference<>();
  private final Sleeper sleeper;

  /** One of the stack. */
  public record Entry(PendingInvocation invocation, Entry below) {}

  /**
   * @param sleeper the dispatcher's
   */
  public Cancellations(Sleeper sleeper) {
    this.sleeper = sleeper;
  }

  /** Any thread. */
  public void push(PendingInvocation invocation) {
    Entry below;
    do {
      below = top.get();
    } while (!top.compareAndSet(below, new Entry(invocation, below)));
    sleeper.wake();
  }

  /** Takes all; the last one pushed, or null. Dispatcher thread. */
  public Entry takeAll() {
    return top.get() == null ? null : top.getAndSet(null);
  }

  /** Whether none is in it. Any thread. */
  public boolean isEmpty() {
    return top.get() == null;
  }
}
