package io.ringmaster.core.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.EngineStatus.FunctionStatus;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FunctionFiguresTest {
  private final FunctionState function =
      new FunctionState(
          new AccountState("111122223333", 10),
          "hello",
          "arn:aws:lambda:eu-west-1:111122223333:function:hello");

  @Test
  void everyRunFallsIntoOneClassOfDurations() {
    assertFalse(function.figures.any());
    int classes = FunctionStatus.DURATION_BOUNDS_MS.size();
    long[] expected = new long[classes + 1];
    long sumNs = 0;
    for (int i = 0; i < classes; i++) {
      long boundNs = TimeUnit.MILLISECONDS.toNanos(FunctionStatus.DURATION_BOUNDS_MS.get(i));
      function.figures.ran(boundNs, false);
      function.figures.ran(boundNs + 1, i == 0);
      sumNs += 2 * boundNs + 1;
      expected[i]++;
      expected[i + 1]++;
    }
    function.figures.throttled();
    FunctionStatus status = function.figures.describe(function);
    assertTrue(function.figures.any());
    assertArrayEquals(expected, status.durations());
    assertEquals(2L * classes, status.invocations());
    assertEquals(1, status.errors());
    assertEquals(1, status.throttles());
    assertEquals(sumNs, status.durationNs());
    assertEquals("hello", status.functionName());
    // A copy: what comes later does not change it.
    function.figures.ran(1, false);
    assertArrayEquals(expected, status.durations());
  }
}
