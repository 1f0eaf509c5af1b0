package io.ringmaster.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringmaster.cli.serve.StopSignals.Meaning;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StopSignalsTest {
  /** As {@code timeout(1)} sends it: to the process, and to the group that it is in. */
  @Test
  void theSameSignalOnceMoreIsNotTheSecond() {
    StopSignals.Sequence signals = new StopSignals.Sequence();
    long firstNs = -5;
    assertEquals(Meaning.STOP, signals.next(firstNs));
    assertEquals(Meaning.NOTHING, signals.next(firstNs));
    assertEquals(Meaning.NOTHING, signals.next(firstNs + TimeUnit.MILLISECONDS.toNanos(249)));
    assertEquals(Meaning.AT_ONCE, signals.next(firstNs + TimeUnit.MILLISECONDS.toNanos(250)));
    assertEquals(Meaning.AT_ONCE, signals.next(firstNs + TimeUnit.HOURS.toNanos(1)));
  }
}
