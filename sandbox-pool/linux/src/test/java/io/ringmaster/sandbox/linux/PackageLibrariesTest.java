package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which packages need a process of their own for the libraries that they bring. */
class PackageLibrariesTest {
  @TempDir Path code;

  private void file(String name) throws IOException {
    Files.createDirectories(code.resolve(name).getParent());
    Files.createFile(code.resolve(name));
  }

  private boolean found() {
    return PackageLibraries.in(
        new SandboxSpec(
            "python3.13", "app.handler", code, null, "x86_64", Map.of(), null, 128, 1, 512, false));
  }

  @ParameterizedTest
  @CsvSource({
    "libz.so, true",
    "lib/libz.so.1.2, true",
    "lib.so, true",
    "z.so, false",
    "lib/_speed.cpython-313-x86_64-linux-gnu.so, false",
    "libz.txt, false",
    "deep/lib/libz.so, false"
  })
  void librariesAreWhatTheLinkerWouldFind(String name, boolean is) throws IOException {
    file(name);
    assertEquals(is, found());
  }

  @Test
  void aVeryLargeFolderIsNotReadToItsEnd() throws IOException {
    for (int i = 0; i < 2_048; i++) {
      file("module" + i + ".py");
    }
    assertFalse(found());
    file("one_more.py");
    assertTrue(found());
  }
}
