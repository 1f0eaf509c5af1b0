package io.ringmaster.bench.floor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LatenciesTest {
  @Test
  void quantilesAreOfTheRound() {
    Latencies latencies = new Latencies(1000);
    for (int i = 100; i >= 1; i--) {
      latencies.add(i * 1000L);
    }
    assertEquals(99, latencies.quantileUs(0.99));
    assertEquals(0, latencies.quantileUs(0.99), "a new round began");
    latencies.add(7000);
    assertEquals(7, latencies.quantileUs(0.99));
    assertEquals(101, latencies.samples());
  }
}
