package io.ringmaster.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.Agent;
import org.junit.jupiter.api.Test;

class AgentThreadTest {
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

  /** An agent with that many pieces of work. */
  private record Countdown(AtomicInteger left, Runnable each) implements Agent {
    @Override
    public int doWork() {
      if (left.get() == 0) {
        return 0;
      }
      left.decrementAndGet();
      each.run();
      return 1;
    }

    @Override
    public String roleName() {
      return "test";
    }
  }

  private void runAndClose(AtomicInteger left, Runnable each) {
    AgentThread thread =
        new AgentThread(
            "ringmaster-test",
            new Countdown(left, each),
            Thread::onSpinWait,
            () -> {},
            failures::add);
    thread.start();
    thread.close();
  }

  @Test
  void finishesWhatIsThereBeforeItEnds() {
    AtomicInteger left = new AtomicInteger(1000);
    runAndClose(left, () -> {});
    assertEquals(0, left.get());
    assertEquals(List.of(), failures);
  }

  @Test
  void goesOnAfterAFailure() {
    AtomicInteger left = new AtomicInteger(2);
    runAndClose(
        left,
        () -> {
          throw new IllegalStateException("on purpose");
        });
    assertEquals(0, left.get());
    assertEquals(2, failures.size());
  }

  @Test
  void aCallbackThatNeverReturnsDoesNotHangTheClose() {
    CountDownLatch never = new CountDownLatch(1);
    runAndClose(
        new AtomicInteger(1),
        () -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertTrue(failures.getFirst().getMessage().contains("does not end"), failures::toString);
    never.countDown();
  }
}
