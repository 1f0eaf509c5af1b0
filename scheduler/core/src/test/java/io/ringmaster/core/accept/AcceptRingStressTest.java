package io.ringmaster.core.accept;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.sandbox.spi.Sleeper;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Producers publish while the consumer goes to sleep again and again: nothing is lost, no wake-up
 * is missed.
 */
class AcceptRingStressTest {

  /** Sleeps by parking, without any time limit: a missed wake-up hangs the test. */
  private static final class ParkingSleeper implements Sleeper {
    private volatile boolean waiting;
    private volatile Thread owner;

    @Override
    public void await(long nowNs, long untilNs, BooleanSupplier anythingArrived) {
      owner = Thread.currentThread();
      waiting = true;
      VarHandle.fullFence();
      while (waiting && !anythingArrived.getAsBoolean()) {
        LockSupport.park(this);
      }
      waiting = false;
    }

    @Override
    public void wake() {
      VarHandle.fullFence();
      if (waiting) {
        waiting = false;
        LockSupport.unpark(owner);
      }
    }

    @Override
    public void close() {}
  }

  @Test
  @Timeout(60)
  void nothingIsLostAndNobodyOversleeps() throws InterruptedException {
    int producers = 2;
    int each = 100_000;
    ParkingSleeper sleeper = new ParkingSleeper();
    AcceptRing ring = new AcceptRing(64, sleeper);
    long[] sums = new long[producers];
    Thread[] threads = new Thread[producers];
    for (int p = 0; p < producers; p++) {
      int id = p;
      threads[p] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < each; i++) {
                      PendingInvocation invocation = new PendingInvocation(door -> {});
                      invocation.sequence = i;
                      invocation.slot = id;
                      while (!ring.offer(invocation)) {
                        Thread.onSpinWait();
                      }
                      if ((i & 15) == 0) {
                        Thread.yield();
                      }
                    }
                  });
    }
    int[] taken = {0};
    long[] next = new long[producers];
    boolean[] inOrder = {true};
    while (taken[0] < producers * each) {
      int polled =
          ring.poll(
              invocation -> {
                taken[0]++;
                inOrder[0] &= next[invocation.slot]++ == invocation.sequence;
                sums[invocation.slot] += invocation.sequence;
              },
              8);
      if (polled == 0) {
        sleeper.await(0, Long.MAX_VALUE, () -> !ring.isEmpty());
      }
    }
    for (int p = 0; p < producers; p++) {
      threads[p].join(TimeUnit.SECONDS.toMillis(10));
      assertEquals((long) each * (each - 1) / 2, sums[p]);
    }
    assertTrue(inOrder[0], "each producer's invocations come in its order");
    assertTrue(ring.isEmpty());
  }

  @Test
  void aFullRingAnswersAtOnce() {
    AcceptRing ring = new AcceptRing(4, new ParkingSleeper());
    for (int i = 0; i < 4; i++) {
      assertTrue(ring.offer(new PendingInvocation(door -> {})));
    }
    assertFalse(ring.offer(new PendingInvocation(door -> {})));
    assertEquals(4, ring.poll(invocation -> {}, 100));
    assertTrue(ring.offer(new PendingInvocation(door -> {})));
  }
}
