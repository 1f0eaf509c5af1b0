package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.system.Linux;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EpollSleeperTest {
  private final EpollSleeper sleeper = EpollSleeper.open();
  private final Linux linux = new Linux();

  @AfterEach
  void close() {
    sleeper.close();
  }

  @Test
  void sleepsUntilItsTimeAndHardlyLonger() {
    for (long sleepNs : new long[] {0, 100_000, 3_000_000}) {
      long leastNs = Long.MAX_VALUE;
      for (int i = 0; i < 20; i++) {
        long beforeNs = System.nanoTime();
        sleeper.await(beforeNs, beforeNs + sleepNs, () -> false);
        long sleptNs = System.nanoTime() - beforeNs;
        assertTrue(sleptNs >= sleepNs, "woke after " + sleptNs);
        leastNs = Math.min(leastNs, sleptNs);
      }
      assertTrue(leastNs < sleepNs + 1_000_000, "slept " + leastNs + " instead of " + sleepNs);
    }
  }

  /** A timer that rings before it is needed ends one sleep too early, and no other too late. */
  @Test
  void anEarlierDeadlineThatIsNoneAnyMoreEndsOneSleepAtMost() {
    long beginNs = System.nanoTime();
    sleeper.await(beginNs, beginNs + 5_000_000, this::ringsNow);
    long untilNs = beginNs + 20_000_000;
    long before = sleeper.sleeps();
    long nowNs = System.nanoTime();
    while (nowNs < untilNs) {
      sleeper.await(nowNs, untilNs, () -> false);
      nowNs = System.nanoTime();
    }
    // The bell, the old deadline, the new one.
    assertTrue(sleeper.sleeps() - before <= 3, sleeper.sleeps() - before + " sleeps");
  }

  private boolean ringsNow() {
    sleeper.wake();
    return false;
  }

  @Test
  void aDeadlineThatPassedWhileAwakeIsNotSleptThrough() {
    long beginNs = System.nanoTime();
    long untilNs = beginNs + 1_000_000;
    sleeper.await(beginNs, untilNs, this::ringsNow);
    while (System.nanoTime() - untilNs < 1_000_000) {
      sleeper.look();
    }
    // With the clock as it was read before: it sleeps for ever if the ring was taken by a look.
    sleeper.await(beginNs, untilNs, () -> false);
    sleeper.await(beginNs, untilNs + 60_000_000_000L, () -> false);
    assertTrue(System.nanoTime() - untilNs < 10_000_000_000L, "slept through");
  }

  @Test
  void aRungTimerKeepsNobodyAwake() {
    long beginNs = System.nanoTime();
    sleeper.await(beginNs, beginNs + 1, () -> false);
    long nowNs = System.nanoTime();
    sleeper.await(nowNs, nowNs + 3_000_000, () -> false);
    assertTrue(System.nanoTime() - nowNs >= 3_000_000, "did not sleep");
    Thread waker = Thread.ofPlatform().start(this::wakesLater);
    nowNs = System.nanoTime();
    sleeper.await(nowNs, Long.MAX_VALUE, () -> false); // without a deadline
    assertTrue(System.nanoTime() - nowNs >= 3_000_000, "did not sleep");
    while (waker.isAlive()) {
      Thread.onSpinWait();
    }
  }

  private void wakesLater() {
    long fromNs = System.nanoTime();
    while (System.nanoTime() - fromNs < 10_000_000) {
      Thread.yield();
    }
    sleeper.wake();
  }

  @Test
  void doesNotSleepWhenSomethingArrived() {
    long before = sleeper.sleeps();
    sleeper.await(0, Long.MAX_VALUE, () -> true);
    assertEquals(before, sleeper.sleeps());
  }

  @Test
  void aRingBeforeTheSleepIsNotMissed() {
    // The last look runs after the flag was set: this is where a publisher may come.
    sleeper.await(
        0,
        Long.MAX_VALUE,
        () -> {
          sleeper.wake();
          return false;
        });
    assertEquals(1, sleeper.sleeps());
  }

  @Test
  void aRingIsNotRememberedAndTheNextSleepIsOne() {
    aRingBeforeTheSleepIsNotMissed();
    assertEquals(0, sleeper.readyCount());
    long beforeNs = System.nanoTime();
    sleeper.await(beforeNs, beforeNs + 2_000_000, () -> false);
    assertTrue(System.nanoTime() - beforeNs >= 2_000_000, "did not sleep");
    assertEquals(2, sleeper.sleeps());
  }

  @Test
  void remembersWhatWasReady() {
    int[] ends = new int[2];
    assertEquals(0, linux.pipe(Linux.O_NONBLOCK, ends));
    sleeper.watch(ends[0], Linux.EPOLLIN, 42);
    sleeper.look();
    assertEquals(0, sleeper.readyCount());
    linux.eventfdSignal(ends[1]); // eight bytes
    sleeper.await(0, Long.MAX_VALUE, () -> false);
    assertEquals(1, sleeper.readyCount());
    assertEquals(42, sleeper.readyData(0));
    assertEquals(Linux.EPOLLIN, sleeper.readyEvents(0));
    sleeper.forgetReady();
    sleeper.look(); // level-triggered: still there
    assertEquals(1, sleeper.readyCount());
    sleeper.forgetReady();
    sleeper.unwatch(ends[0]);
    sleeper.look();
    assertEquals(0, sleeper.readyCount());
    linux.close(ends[0]);
    linux.close(ends[1]);
  }

  /**
   * Two agents that each wake the other after having published, and sleep for ever otherwise: one
   * wake-up lost, and both sleep for good.
   */
  @Test
  void noWakeUpIsLost() throws Exception {
    boolean full = "full".equals(System.getProperty("ringmaster.tests"));
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(full ? 20 : 3);
    AtomicLong ping = new AtomicLong();
    AtomicLong pong = new AtomicLong();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    try (EpollSleeper other = EpollSleeper.open()) {
      Thread answering =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      long seen = 0;
                      while (seen >= 0) {
                        long last = seen;
                        other.await(0, Long.MAX_VALUE, () -> ping.getPlain() != last);
                        other.forgetReady();
                        long now = ping.getPlain();
                        if (now != seen) {
                          seen = now;
                          pong.setPlain(now);
                          sleeper.wake();
                        }
                      }
                    } catch (Throwable t) {
                      failure.set(t);
                    }
                  });
      long round = 0;
      while (System.nanoTime() < endNs) {
        round++;
        ping.setPlain(round);
        other.wake();
        long wanted = round;
        while (pong.getPlain() != wanted) {
          long nowNs = System.nanoTime();
          assertTrue(nowNs < endNs + TimeUnit.SECONDS.toNanos(10), "asleep in round " + round);
          // Ends only by a wake-up, or far too late.
          sleeper.await(
              nowNs, nowNs + TimeUnit.SECONDS.toNanos(15), () -> pong.getPlain() == wanted);
          sleeper.forgetReady();
        }
      }
      ping.setPlain(-1);
      other.wake();
      answering.join(10_000);
      assertTrue(!answering.isAlive(), "the other one sleeps for good");
      assertEquals(null, failure.get());
      assertTrue(round > 1_000, round + " rounds");
    }
  }

  /**
   * Several publishers at one sleeper, which sleeps only when the count that it saw is the last one
   * published.
   */
  @Test
  void manyPublishers() throws Exception {
    int publishers = 3;
    long each = 200_000;
    AtomicLong published = new AtomicLong();
    Thread[] threads = new Thread[publishers];
    for (int i = 0; i < publishers; i++) {
      threads[i] =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    for (long n = 0; n < each; n++) {
                      published.incrementAndGet();
                      sleeper.wake();
                    }
                  });
    }
    long seen = 0;
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (seen < publishers * each) {
      long last = seen;
      long nowNs = System.nanoTime();
      assertTrue(nowNs < deadlineNs, "asleep at " + seen);
      sleeper.await(nowNs, deadlineNs, () -> published.getPlain() != last);
      sleeper.forgetReady();
      seen = published.getPlain();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
