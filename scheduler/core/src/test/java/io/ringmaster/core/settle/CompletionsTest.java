package io.ringmaster.core.settle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.model.PendingInvocation;
import org.junit.jupiter.api.Test;

/** Callbacks that are slower than invocations. */
class CompletionsTest {
  private static final int MORE_THAN_THE_QUEUE = 70_000;

  private final Completions completions =
      new Completions(
          new Counters(),
          (thread, thrown) -> {
            throw new AssertionError(thrown);
          });
  private int told;

  private void settleMoreThanFit() {
    for (int i = 0; i < MORE_THAN_THE_QUEUE; i++) {
      PendingInvocation invocation = new PendingInvocation(submitted -> {});
      invocation.function("f").submit(call -> told++);
      completions.add(invocation);
    }
  }

  private void work() {
    while (completions.doWork() > 0) {
      // until nothing is queued
    }
  }

  @Test
  void whatDoesNotFitFollows() {
    settleMoreThanFit();
    assertTrue(completions.congested());
    while (told < MORE_THAN_THE_QUEUE) {
      work();
      completions.flush();
    }
    work();
    assertFalse(completions.congested());
    assertEquals(MORE_THAN_THE_QUEUE, told);
  }

  @Test
  void theLastFlushTellsWhatDoesNotFit() {
    settleMoreThanFit();
    completions.flushAll();
    assertFalse(completions.congested());
    work();
    assertEquals(MORE_THAN_THE_QUEUE, told);
  }
}
