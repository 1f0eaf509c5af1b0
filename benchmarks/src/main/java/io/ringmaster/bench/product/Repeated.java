package io.ringmaster.bench.product;

import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationCallback;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One call that is submitted again as soon as it has settled. Callbacks run on a completion thread,
 * as a client's do; {@link #begin} and {@link #end} belong to the thread that measures.
 */
abstract class Repeated implements Disturbance {
  private static final long END_LIMIT_NS = TimeUnit.MINUTES.toNanos(2);
  private static final long LOOK_NS = 200_000;

  private final Call call;
  private final AtomicLong settled = new AtomicLong();
  private final AtomicLong runningNs = new AtomicLong();
  private long begunNs;

  // Written by the measuring thread, read by the callback.
  private volatile boolean open;

  // Written by the callback when it submits no more; the measuring thread sets it back.
  private volatile boolean quiet = true;

  private volatile RuntimeException failure;

  private final InvocationCallback again =
      new InvocationCallback() {
        @Override
        public void settled(Call each) {
          boolean fine = false;
          try {
            check(each);
            settled.incrementAndGet();
            fine = true;
          } catch (RuntimeException e) {
            failure = e;
          }
          if (fine && open) {
            prepare(each);
            each.submit(this);
          } else {
            quiet = true;
          }
        }
      };

  Repeated(Call call) {
    this.call = call;
  }

  /** Throws unless the answer is what such a call may have. */
  abstract void check(Call answered);

  /** Before each submit but the first. */
  void prepare(Call next) {}

  @Override
  public final void begin() {
    quiet = false;
    open = true;
    begunNs = System.nanoTime();
    call.submit(again);
  }

  @Override
  public final void end() {
    open = false;
    long giveUpNs = System.nanoTime() + END_LIMIT_NS;
    while (!quiet) {
      LockSupport.parkNanos(LOOK_NS);
      if (System.nanoTime() - giveUpNs > 0) {
        throw new IllegalStateException("a call does not settle");
      }
    }
    runningNs.addAndGet(System.nanoTime() - begunNs);
    if (failure != null) {
      throw failure;
    }
    settle();
  }

  /** Waits until what it left behind is over. */
  void settle() {}

  /** Times that it settled. */
  final long count() {
    return settled.get();
  }

  /** Times that it settled, per second of running. */
  final double perSecond() {
    return settled.get() * 1e9 / Math.max(1, runningNs.get());
  }
}
