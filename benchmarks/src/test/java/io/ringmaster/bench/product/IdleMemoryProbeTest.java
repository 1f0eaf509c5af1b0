package io.ringmaster.bench.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bench.Bench;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Language;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class IdleMemoryProbeTest {
  private static final int FEW = 24;

  /** What the rest of the machine does meanwhile moves the figure; that there is one does not. */
  @Test
  void waitsUntilAllAreReadyAndEndsThem() throws IOException {
    BenchRuntime runtime = Bench.runtime(Language.PYTHON);
    assertNotNull(runtime, "no Python on this machine");
    long before = ProcessHandle.current().descendants().count();
    try (IdleMemoryProbe probe = new IdleMemoryProbe(runtime, FEW)) {
      assertTrue(ProcessHandle.current().descendants().count() >= before + FEW);
      assertTrue(Double.isFinite(probe.round(1)));
      assertEquals(1, probe.samples());
      assertEquals(FEW + " sandboxes of 1 engines", probe.detail());
    }
    assertEquals(before, ProcessHandle.current().descendants().count());
  }
}
