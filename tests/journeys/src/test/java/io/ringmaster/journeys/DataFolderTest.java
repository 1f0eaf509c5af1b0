package io.ringmaster.journeys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One engine at a time uses a data folder, whoever else tries. */
class DataFolderTest {
  @TempDir Path folder;

  private EngineConfig config() {
    return EngineConfig.builder().sandboxProcesses(false).dataFolder(folder).build();
  }

  @Test
  void aSecondEngineOfThisJvmIsRefusedAndTakesNoLockAway() throws IOException {
    try (Engine first = Engine.open(config())) {
      EngineException refused =
          assertThrows(EngineException.class, () -> Engine.open(config()).close());
      assertTrue(refused.getMessage().contains("in use"), refused.getMessage());
      assertTrue(locked(), "another process could use the folder of an open engine");
      assertEquals(0, first.status().sandboxes().size());
    }
    assertFalse(locked());
    Engine.open(config()).close();
  }

  /** The pool of processes is open when the log's folder turns out to be unusable. */
  @Test
  void anEngineThatCannotBeOpenedLeavesNoProcess() throws IOException {
    Files.writeString(folder.resolve("logs"), "in the way");
    EngineConfig config =
        EngineConfig.builder().dataFolder(folder).logSink(EngineConfig.LogSink.STORE).build();
    assertThrows(EngineException.class, () -> Engine.open(config).close());
    assertEquals(0, ProcessHandle.current().descendants().count());
    assertFalse(locked());
  }

  @Test
  void onlyTemporaryFoldersAreSwept() throws IOException {
    FileTime longAgo = FileTime.from(Instant.now().minusSeconds(3600));
    Path own = Files.createTempDirectory("ringmaster-");
    Path left = Files.createTempDirectory("ringmaster-");
    try {
      EngineConfig inOwn = EngineConfig.builder().sandboxProcesses(false).dataFolder(own).build();
      Engine.open(inOwn).close();
      Files.createFile(left.resolve("temporary"));
      Files.createFile(left.resolve("lock"));
      Files.setLastModifiedTime(own.resolve("lock"), longAgo);
      Files.setLastModifiedTime(left.resolve("lock"), longAgo);
      Engine.open(EngineConfig.builder().sandboxProcesses(false).build()).close();
      assertTrue(Files.exists(own.resolve("lock")), "an embedder's folder is kept");
      assertFalse(Files.exists(left), "what a killed engine left is removed");
    } finally {
      delete(own);
      delete(left);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** Whether the kernel holds a lock of this process on the folder's lock file. */
  private boolean locked() throws IOException {
    Object inode = Files.getAttribute(folder.resolve("lock"), "unix:ino");
    long pid = ProcessHandle.current().pid();
    return Files.readAllLines(Path.of("/proc/locks")).stream()
        .anyMatch(lock -> lock.matches(".* POSIX .* " + pid + " .*:" + inode + " .*"));
  }
}
