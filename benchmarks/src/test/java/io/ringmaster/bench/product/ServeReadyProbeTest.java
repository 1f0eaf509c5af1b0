package io.ringmaster.bench.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With launchers that start no server: that one is built later than this. */
class ServeReadyProbeTest {
  @TempDir Path folder;

  @Test
  void measuresUntilItIsReadyAndEndsIt() throws IOException {
    ServeReadyProbe probe =
        new ServeReadyProbe(
            launcher(
                """
                echo "$3" > %s/data
                sleep 0.05
                echo '{"event":"ready","http":"127.0.0.1:1"}'
                exec sleep 60
                """));
    double ms = probe.round(1);
    assertTrue(ms >= 50 && ms < 60_000, ms + " ms");
    assertEquals(1, probe.samples());
    assertFalse(Files.exists(Path.of(Files.readString(folder.resolve("data")).strip())));
  }

  @Test
  void aStartThatFailsIsNoSample() throws IOException {
    ServeReadyProbe probe = new ServeReadyProbe(launcher("echo no >&2; exit 2\n"));
    assertThrows(IOException.class, () -> probe.round(1));
  }

  private Path launcher(String script) throws IOException {
    Path file = folder.resolve("launcher");
    Files.writeString(file, "#!/bin/sh\n" + script.replace("%s", folder.toString()));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file;
  }
}
