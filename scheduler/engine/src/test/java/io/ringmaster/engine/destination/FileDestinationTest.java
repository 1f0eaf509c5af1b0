package io.ringmaster.engine.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files do not fill the disk. */
class FileDestinationTest {
  private static final int BYTES_MAX = 100_000;

  @TempDir Path folder;

  private static String append(FileDestination files, String name, int bytes) throws Exception {
    CompletableFuture<Optional<String>> done = new CompletableFuture<>();
    files.append(name, new byte[bytes], failure -> done.complete(Optional.ofNullable(failure)));
    return done.get(20, TimeUnit.SECONDS).orElse(null);
  }

  @Test
  void theyHaveSoMuchAndNoMore() throws Exception {
    try (FileDestination files = new FileDestination(folder, BYTES_MAX)) {
      for (int i = 0; i < 9; i++) {
        assertNull(append(files, "large", 10_000));
      }
      assertNotNull(append(files, "large", 10_000));
      assertNotNull(append(files, "other", 10_000));
      assertEquals(9 * 10_001, Files.size(folder.resolve("large")));
      Files.delete(folder.resolve("large"));
      assertNull(append(files, "other", 10_000));
    }
  }

  @Test
  void thereIsAnEndToTheirNumber() throws Exception {
    try (FileDestination files = new FileDestination(folder, BYTES_MAX)) {
      int made = 0;
      while (append(files, "file-" + made, 1) == null) {
        made++;
      }
      assertTrue(made >= 20 && made <= 24, made + " files");
    }
  }
}
