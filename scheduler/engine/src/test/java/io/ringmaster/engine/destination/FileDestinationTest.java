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
  private static final String ACCOUNT = "123456789012";
  private static final String OTHER = "999999999999";

  @TempDir Path folder;

  private static String append(FileDestination files, String account, String name, int bytes)
      throws Exception {
    CompletableFuture<Optional<String>> done = new CompletableFuture<>();
    files.append(
        account, name, new byte[bytes], failure -> done.complete(Optional.ofNullable(failure)));
    return done.get(20, TimeUnit.SECONDS).orElse(null);
  }

  @Test
  void theyHaveSoMuchAndNoMore() throws Exception {
    try (FileDestination files = new FileDestination(folder, BYTES_MAX, 0)) {
      for (int i = 0; i < 5; i++) {
        assertNull(append(files, ACCOUNT, "large", 10_000));
      }
      assertNotNull(append(files, ACCOUNT, "large", 10_000));
      assertNotNull(append(files, ACCOUNT, "other", 10_000));
      assertEquals(5 * 10_001, Files.size(folder.resolve(ACCOUNT).resolve("large")));
      Files.delete(folder.resolve(ACCOUNT).resolve("large"));
      assertNull(append(files, ACCOUNT, "other", 10_000));
    }
  }

  @Test
  void anAccountLeavesRoomToOthersAndHasFilesOfItsOwn() throws Exception {
    try (FileDestination files = new FileDestination(folder, BYTES_MAX, 0)) {
      while (append(files, ACCOUNT, "told", 10_000) == null) {
        // until it has its share
      }
      assertNull(append(files, OTHER, "told", 10_000));
      assertEquals(10_001, Files.size(folder.resolve(OTHER).resolve("told")));
      assertNotNull(append(files, "../" + OTHER, "told", 1));
      assertNotNull(append(files, "", "told", 1));
    }
  }

  @Test
  void thereIsAnEndToTheirNumber() throws Exception {
    try (FileDestination files = new FileDestination(folder, BYTES_MAX, 0)) {
      int made = 0;
      while (append(files, ACCOUNT, "file-" + made, 1) == null) {
        made++;
      }
      assertTrue(made >= 10 && made <= 13, made + " files");
    }
  }
}
