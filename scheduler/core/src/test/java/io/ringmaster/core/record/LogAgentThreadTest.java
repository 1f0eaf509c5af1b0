package io.ringmaster.core.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.ringmaster.api.EngineConfig.LogSink;
import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.model.InvocationRecorder.Outcome;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.sandbox.spi.Sleeper;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The log agent on a thread of its own. */
class LogAgentThreadTest {

  /** Parks; as the contract of a sleeper wants it. */
  private static final class Parked implements Sleeper {
    private volatile Thread waiting;

    @Override
    public void await(long nowNs, long untilNs, BooleanSupplier anythingArrived) {
      waiting = Thread.currentThread();
      if (!anythingArrived.getAsBoolean()) {
        LockSupport.parkNanos(this, untilNs - nowNs);
      }
      waiting = null;
    }

    @Override
    public void wake() {
      Thread sleeping = waiting;
      if (sleeping != null) {
        LockSupport.unpark(sleeping);
      }
    }

    @Override
    public void close() {}
  }

  @Test
  void everyTailIsCompletedWithItsOutput() throws InterruptedException {
    World names = new World();
    Counters counters = new Counters();
    InvocationRecords records = new InvocationRecords(1024, new Parked(), counters);
    HandlerLines lines = new HandlerLines(counters);
    Semaphore completed = new Semaphore(0);
    LogAgent agent =
        new LogAgent(
            records,
            LogSink.MEMORY,
            null,
            System::nanoTime,
            System::currentTimeMillis,
            _ -> completed.release(),
            List.of(new LogAgent.Source(names.driver, lines)));
    boolean[] stop = new boolean[1];
    Thread thread =
        Thread.ofPlatform()
            .name("log")
            .start(
                () -> {
                  while (!isSet(stop)) {
                    agent.doWork();
                    agent.await();
                  }
                  agent.onClose();
                });
    try {
      Sandbox sandbox = names.sandbox(1, World.version("hello", "$LATEST", "Text"));
      PendingInvocation invocation = new PendingInvocation(_ -> {});
      invocation.logTail(true);
      invocation.sandbox = sandbox;
      invocation.slot = 1 << 10;
      for (int round = 1; round <= 3000; round++) {
        invocation.requestIdLow = round;
        records.started(invocation, World.EPOCH_MS);
        lines.add(1, round, "round " + round);
        invocation.logMark = round;
        assertTrue(records.settled(invocation, Outcome.SUCCESS, World.EPOCH_MS));
        assertTrue(completed.tryAcquire(10, TimeUnit.SECONDS), "round " + round);
        assertTrue(invocation.logTail().contains("round " + round + "\nEND"), invocation.logTail());
        if (round % 1000 == 0) {
          // Long enough for the agent to fall asleep deeply.
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250));
          assertTrue(
              agent.recentLogs(sandbox.version.function.arn).contains("round " + round + "\nEND"));
        }
      }
      assertEquals(0, counters.get(Counter.LOG_RECORDS_DROPPED));
    } finally {
      synchronized (stop) {
        stop[0] = true;
      }
      agent.wake();
      thread.join(TimeUnit.SECONDS.toMillis(10));
      assertFalse(thread.isAlive());
    }
  }

  private static boolean isSet(boolean[] stop) {
    synchronized (stop) {
      return stop[0];
    }
  }

  @Test
  void theDispatcherAllocatesNothing() {
    World world = new World(1024, LogSink.MEMORY);
    Sandbox sandbox = world.sandbox(1, World.version("hello", "$LATEST", "Text"));
    PendingInvocation invocation = world.start(sandbox, false);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    world.settle(invocation, Outcome.SUCCESS, 0);
    long allocated = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 200 && allocated > 0; attempt++) {
      world.turn();
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 500; i++) {
        world.records.started(invocation, i);
        world.records.settled(invocation, Outcome.SUCCESS, i);
      }
      allocated = threads.getCurrentThreadAllocatedBytes() - before;
    }
    assertEquals(0, world.counters.get(Counter.LOG_RECORDS_DROPPED));
    assertEquals(0, allocated);
  }
}
