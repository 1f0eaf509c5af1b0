package io.ringmaster.core.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.spi.Sleeper;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class LogBellTest {
  private static final int ROUNDS = 20_000;

  /** Never slept in here; counts what passes on to it. */
  private static final class Untouched implements Sleeper {
    final AtomicInteger wakes = new AtomicInteger();

    @Override
    public void await(long nowNs, long untilNs, BooleanSupplier anythingArrived) {
      throw new IllegalStateException("naps only");
    }

    @Override
    public void wake() {
      wakes.incrementAndGet();
    }

    @Override
    public void close() {}
  }

  /** A ring that is lost leaves the agent in a nap of a minute, and the round fails. */
  @Test
  void aNapEndsWithEveryRing() throws InterruptedException {
    Untouched sleeper = new Untouched();
    LogBell bell = new LogBell(sleeper);
    AtomicLong published = new AtomicLong();
    AtomicLong seen = new AtomicLong();
    Thread agent =
        Thread.ofPlatform()
            .name("log")
            .start(
                () -> {
                  while (seen.get() < ROUNDS) {
                    bell.answered();
                    seen.set(published.get());
                    if (seen.get() < ROUNDS) {
                      bell.nap(TimeUnit.MINUTES.toNanos(1));
                    }
                  }
                });
    Random random = new Random(1);
    for (long round = 1; round <= ROUNDS; round++) {
      for (int i = random.nextInt(200); i > 0; i--) {
        Thread.onSpinWait();
      }
      published.set(round);
      bell.ring();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (seen.get() < round) {
        Thread.yield();
        assertTrue(System.nanoTime() - deadline < 0, "the ring of round " + round + " was lost");
      }
    }
    agent.join(TimeUnit.SECONDS.toMillis(20));
    assertFalse(agent.isAlive());
    assertEquals(ROUNDS, sleeper.wakes.get());
  }

  @Test
  void aRingBeforeTheNapPreventsIt() {
    LogBell bell = new LogBell(new Untouched());
    bell.ring();
    long before = System.nanoTime();
    bell.nap(TimeUnit.MINUTES.toNanos(1));
    assertTrue(System.nanoTime() - before < TimeUnit.SECONDS.toNanos(30));
    assertTrue(bell.rung());
    bell.answered();
    assertFalse(bell.rung());
  }
}
