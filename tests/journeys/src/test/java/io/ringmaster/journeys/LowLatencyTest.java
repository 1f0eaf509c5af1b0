package io.ringmaster.journeys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** An engine that keeps processors awake, where it may; where not it says so and does not open. */
class LowLatencyTest {
  private static final Path DEVICE = Path.of("/dev/cpu_dma_latency");

  private static long held() throws IOException {
    long count = 0;
    try (var entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path entry : entries) {
        if (Files.isSymbolicLink(entry) && Files.readSymbolicLink(entry).equals(DEVICE)) {
          count++;
        }
      }
    }
    return count;
  }

  @Test
  void processorsAreAwakeAsLongAsTheEngineIsOpen() throws IOException {
    EngineConfig config = EngineConfig.builder().sandboxProcesses(false).lowLatency(true).build();
    assertTrue(config.lowLatency());
    if (Files.isWritable(DEVICE)) {
      try (Engine engine = Engine.open(config)) {
        assertEquals(1, held(), engine::toString);
      }
      assertEquals(0, held());
    } else {
      EngineException refused = assertThrows(EngineException.class, () -> Engine.open(config));
      assertTrue(refused.getMessage().contains(DEVICE.toString()), refused.getMessage());
    }
  }
}
