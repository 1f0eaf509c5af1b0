package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wish to the kernel, told to a file. */
class AwakeProcessorsTest {
  @TempDir Path folder;

  private static long open(Path file) throws IOException {
    long count = 0;
    try (var entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path entry : entries) {
        if (Files.isSymbolicLink(entry) && Files.readSymbolicLink(entry).equals(file)) {
          count++;
        }
      }
    }
    return count;
  }

  @Test
  void theWishIsNoneAndLastsUntilTheEnd() throws Exception {
    Path device = Files.createFile(folder.toRealPath().resolve("device"));
    assertTrue(AwakeProcessors.feature(device).available());
    AwakeProcessors awake = AwakeProcessors.hold(device);
    assertArrayEquals(new byte[4], Files.readAllBytes(device));
    assertEquals(1, open(device));
    awake.close();
    assertEquals(0, open(device));
  }

  @Test
  void whatIsNotThereIsSaidAndNotMade() throws Exception {
    Path device = folder.resolve("none");
    IOException refused = assertThrows(IOException.class, () -> AwakeProcessors.hold(device));
    String reason = "there is no " + device + " on this machine";
    assertEquals("low latency: " + reason, refused.getMessage());
    assertEquals(new IsolationLevels.Feature(false, reason), AwakeProcessors.feature(device));
    assertFalse(Files.exists(device));
  }

  @Test
  void whatRefusesTheWishIsClosed() throws Exception {
    Path full = Path.of("/dev/full");
    IOException refused = assertThrows(IOException.class, () -> AwakeProcessors.hold(full));
    assertTrue(refused.getMessage().startsWith("low latency: /dev/full: "), refused.getMessage());
    assertEquals(0, open(full));
  }
}
