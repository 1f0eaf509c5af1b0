package io.ringmaster.bench.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {

  /** Writes down when it was asked, and answers what it was told to. */
  private static final class Scripted implements Probe {
    private final String name;
    private final double figure;
    private final List<String> log;
    private long samples;

    Scripted(String name, double figure, List<String> log) {
      this.name = name;
      this.figure = figure;
      this.log = log;
    }

    @Override
    public double round(long durationNs) {
      log.add(name + durationNs);
      samples++;
      return figure;
    }

    @Override
    public long samples() {
      return samples;
    }

    @Override
    public void close() {}
  }

  @Test
  void probeAndFloorTakeTurnsAndChangeTheOrder() throws Exception {
    List<String> log = new ArrayList<>();
    Rounds rounds =
        Rounds.measure(new Scripted("A", 30, log), new Scripted("F", 20, log), new Effort(4, 5, 0));
    assertEquals(List.of("F5", "A5", "A5", "F5", "F5", "A5", "A5", "F5"), log);
    assertEquals(30, rounds.value());
    assertEquals(20, rounds.floor());
    assertEquals(1.5, rounds.ratio());
    assertEquals(4, rounds.samples());
    assertEquals(new Interval(1.5, 1.5), rounds.ratioInterval());
  }

  @Test
  void warmUpIsNotCounted() throws Exception {
    List<String> log = new ArrayList<>();
    Rounds rounds =
        Rounds.measure(new Scripted("A", 1, log), new Scripted("F", 1, log), new Effort(1, 5, 400));
    assertEquals(
        List.of("A100", "F100", "A100", "F100", "A100", "F100", "A100", "F100", "F5", "A5"), log);
    assertEquals(1, rounds.samples());
  }

  @Test
  void withoutFloorThereIsNoRatio() throws Exception {
    Rounds rounds =
        Rounds.measure(new Scripted("A", 1, new ArrayList<>()), null, new Effort(2, 1, 0));
    assertTrue(Double.isNaN(rounds.ratio()));
    assertNull(rounds.ratioInterval());
  }
}
