package io.ringmaster.bench.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bench.Bench;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Language;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ChannelSaturatedProbeTest {
  private static final int BUSY = 2;
  private static final int IDLE = 6;

  @Test
  void idleProcessesStayBesideThoseThatAreBusy() throws IOException {
    BenchRuntime runtime = Bench.runtime(Language.PYTHON);
    assertNotNull(runtime, "no Python on this machine");
    long before = ProcessHandle.current().descendants().count();
    try (ChannelSaturatedProbe probe = ChannelSaturatedProbe.ofIdle(runtime, BUSY, IDLE)) {
      assertEquals(BUSY + IDLE + " sandboxes", probe.detail());
      assertTrue(probe.round(50_000_000) > 0);
      assertTrue(probe.samples() > 0);
      assertEquals(BUSY + IDLE + " sandboxes", probe.detail());
    }
    assertEquals(before, ProcessHandle.current().descendants().count());
  }
}
