package io.ringmaster.bench.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bench.floor.TailedCycle;
import org.junit.jupiter.api.Test;

class RecoveryProbeTest {
  @Test
  void findsWhatIsOwedAndTheFloorReadsIt() throws Exception {
    try (RecoveryProbe probe = new RecoveryProbe(2_000, 3_000);
        TailedCycle floor = new TailedCycle(probe.newest())) {
      assertTrue(probe.round(1) > 0);
      assertTrue(probe.round(1) > 0);
      assertEquals(2, probe.samples());
      assertEquals("2000 events owed", probe.detail());
      assertTrue(floor.round(1) > 0);
      assertTrue(floor.samples() >= 5, floor::toString); // batches of 1,024 records at most
    }
  }
}
