package io.ringmaster.bench.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bench.Bench;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Language;
import io.ringmaster.bench.harness.Probe;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class NeighbourProbeTest {
  private static final long ROUND_NS = 100_000_000;

  private static BenchRuntime python() {
    BenchRuntime runtime = Bench.runtime(Language.PYTHON);
    assertNotNull(runtime, "no Python on this machine");
    return runtime;
  }

  private static long first(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertTrue(matcher.find(), text);
    return Long.parseLong(matcher.group(1));
  }

  /** An attack that nobody notices would measure nothing. */
  @Test
  void attacksAreViolationsAndTheQuietFunctionAnswersAll() throws Exception {
    try (NeighbourProbe probe = NeighbourProbe.ofHostile(python())) {
      for (int i = 0; i < 20 && first(probe.detail(), "(\\d+) attacks") < 3; i++) {
        assertTrue(probe.round(ROUND_NS) > 0);
      }
      assertTrue(first(probe.detail(), "(\\d+) attacks") >= 3, probe.detail());
      assertEquals(0, first(probe.detail(), "(\\d+) of them survived"), probe.detail());
      assertTrue(first(probe.detail(), "(\\d+) protocol violations") >= 3, probe.detail());
      assertTrue(probe.samples() > 0);
    }
  }

  @Test
  void aloneNothingIsBesideIt() throws Exception {
    try (NeighbourProbe probe = NeighbourProbe.ofPayloads(python(), 4096)) {
      Probe alone = probe.alone();
      assertTrue(alone.round(ROUND_NS / 10) > 0);
      assertTrue(alone.samples() > 0);
      assertEquals(0, probe.samples());
      assertTrue(probe.detail().contains(" 0/s;"), probe.detail());
      assertTrue(probe.round(ROUND_NS / 10) > 0);
      assertTrue(probe.samples() > 0);
      assertFalse(probe.detail().contains(" 0/s;"), probe.detail());
    }
  }
}
