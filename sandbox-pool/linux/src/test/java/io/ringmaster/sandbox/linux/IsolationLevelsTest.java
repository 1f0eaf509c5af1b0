package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class IsolationLevelsTest {
  @Test
  void tellsWhatWasFound() {
    IsolationLevels found = IsolationLevels.find();
    assertEquals(
        List.of("L1", "L2", "L3", "L4"),
        found.levels().stream().map(IsolationLevels.Level::level).toList());
    assertEquals("L1", found.chosen());
    assertTrue(found.levels().get(0).available());
    for (IsolationLevels.Level level : found.levels()) {
      assertFalse(level.reason().isBlank());
    }
    found.features().forEach((name, feature) -> assertFalse(feature.reason().isBlank(), name));
    assertTrue(found.features().get("seccomp").available());
  }
}
