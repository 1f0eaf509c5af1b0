package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SpinningTest {
  private final Spinning spinning = new Spinning(2);

  @Test
  void onlyWhileAProcessorIsToSpare() {
    assertEquals(0, spinning.beginNs(0));
    assertTrue(spinning.beginNs(1) > 0);
    assertEquals(0, spinning.beginNs(2));
    assertEquals(0, new Spinning(1).beginNs(1));
  }

  @Test
  void itStopsWhenItFindsNothingAndRestsLongerEachTime() {
    int rested = 0;
    for (int i = 0; i < 8; i++) {
      assertTrue(spinning.beginNs(1) > 0);
      spinning.ended(false);
      int rest = 0;
      while (spinning.beginNs(1) == 0) {
        rest++;
      }
      assertTrue(rest > rested || rest == 4096, rest + " after " + rested);
      rested = rest;
    }
    assertEquals(4096, rested);
  }

  @Test
  void aFewFailuresAmongFindsDoNotStopIt() {
    for (int i = 0; i < 1_000; i++) {
      assertTrue(spinning.beginNs(1) > 0, "round " + i);
      spinning.ended(i % 4 != 3);
    }
  }

  @Test
  void halfOfThemDo() {
    int looked = 0;
    for (int i = 0; i < 1_000; i++) {
      if (spinning.beginNs(1) > 0) {
        looked++;
        spinning.ended(looked % 2 == 0);
      }
    }
    assertTrue(looked < 200, looked + " times");
  }
}
