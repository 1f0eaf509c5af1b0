package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.LogCursor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLogStoreTest {
  private static final String GROUP = "/aws/lambda/hello";
  private static final String STREAM = "2026/05/28/[$LATEST]0123456789abcdef0123456789abcdef";

  @TempDir Path folder;

  private static void append(FileLogStore store, String group, String stream, String text)
      throws IOException {
    byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
    store.append(group, stream, 1_000, bytes, 1, bytes.length - 2);
  }

  private static FileLogStore.Limits limits(long streamBytesMax, long bytesMax) {
    return new FileLogStore.Limits(streamBytesMax, bytesMax, 0, 1);
  }

  static boolean isPart(Path file) {
    return Files.isRegularFile(file) && LogNames.isPart(file);
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return new ArrayList<>(all.filter(FileLogStoreTest::isPart).sorted().toList());
    }
  }

  @Test
  void aStreamIsAFileThatGrowsAlsoAcrossStarts() throws IOException {
    Path file = folder.resolve("logs" + GROUP + "/" + STREAM);
    try (FileLogStore store = FileLogStore.open(folder.resolve("logs"), limits(1000, 10_000))) {
      append(store, GROUP, STREAM, "one\n");
      append(store, GROUP, STREAM, "two\n");
      assertEquals("one\ntwo\n", Files.readString(file));
    }
    try (FileLogStore store = FileLogStore.open(folder.resolve("logs"), limits(1000, 10_000))) {
      append(store, GROUP, STREAM, "three\n");
    }
    assertEquals("one\ntwo\nthree\n", Files.readString(file));
    assertEquals(
        PosixFilePermissions.fromString("rwx------"),
        Files.getPosixFilePermissions(folder.resolve("logs/aws")));
  }

  @Test
  void manyStreamsNeedFewDescriptors() throws IOException {
    try (FileLogStore store = FileLogStore.open(folder, limits(1000, 10_000_000))) {
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 400; i++) {
          append(store, GROUP, "s/" + i, round + "\n");
        }
      }
      long open = ownDescriptors();
      assertTrue(open <= 256, open + " files are open");
    }
    assertEquals(400, files(folder).size());
    assertEquals("0\n1\n", Files.readString(folder.resolve("aws/lambda/hello/s/7")));
  }

  private long ownDescriptors() throws IOException {
    long count = 0;
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path fd : all.toList()) {
        try {
          count += Files.readSymbolicLink(fd).startsWith(folder.toRealPath()) ? 1 : 0;
        } catch (IOException closedMeanwhile) {
          assertFalse(Files.exists(fd));
        }
      }
    }
    return count;
  }

  @Test
  void aLongStreamGoesOnInANewPartAndKeepsOneOldOne() throws IOException {
    try (FileLogStore store = FileLogStore.open(folder, limits(10, 100_000))) {
      append(store, "g", "s", "first69\n");
      append(store, "g", "s", "second9\n");
      append(store, "g", "s", "third99\n");
      append(store, "g", "s", "4\n");
    }
    assertEquals("second9\n", Files.readString(folder.resolve("g/s+1")));
    assertEquals("third99\n4\n", Files.readString(folder.resolve("g/s+2")));
    assertEquals(2, files(folder).size());
    try (FileLogStore store = FileLogStore.open(folder, limits(10, 100_000))) {
      append(store, "g", "s", "fifth\n");
    }
    assertEquals("fifth\n", Files.readString(folder.resolve("g/s+3")), "also across starts");
  }

  @Test
  void theOldestFilesGoWhenAllAreTooLarge() throws IOException {
    try (FileLogStore store = FileLogStore.open(folder, limits(1000, 600))) {
      for (int i = 0; i < 4; i++) {
        append(store, "g" + i, "s/t", "x".repeat(100));
        Files.setLastModifiedTime(folder.resolve("g" + i + "/s/t"), FileTime.fromMillis(1000L * i));
      }
      append(store, "g9", "s", "y".repeat(100));
    }
    assertFalse(Files.exists(folder.resolve("g0/s")), "its folder goes too");
    assertFalse(Files.exists(folder.resolve("g1/s/t")));
    assertTrue(Files.exists(folder.resolve("g2/s/t")));
    assertEquals("y".repeat(100), Files.readString(folder.resolve("g9/s")));
  }

  @Test
  void aGroupThatGrowsWithoutEndRemovesItsOwnLines() throws IOException {
    try (FileLogStore store = FileLogStore.open(folder, limits(1000, 4000))) {
      append(store, "quiet", "s", "mine\n");
      Files.setLastModifiedTime(folder.resolve("quiet/s"), FileTime.fromMillis(1));
      for (int i = 0; i < 50; i++) {
        append(store, "loud", "s" + i, "x".repeat(300) + "\n");
      }
      assertTrue(bytes("loud") <= 1000, "it has " + bytes("loud"));
    }
    assertEquals("mine\n", Files.readString(folder.resolve("quiet/s")));
  }

  @Test
  void aSmallStoreKeepsTheLastLinesOfItsOnlyStream() throws IOException {
    FileLogStore.Limits small = FileLogStore.Limits.of(4 << 20, 0);
    assertEquals(128 << 10, small.streamBytesMax());
    assertEquals(64 << 10, FileLogStore.Limits.of(1, 0).streamBytesMax());
    assertEquals(64 << 20, FileLogStore.Limits.of(4L << 30, 0).streamBytesMax());
    String line = "x".repeat(999);
    try (FileLogStore store = FileLogStore.open(folder, new FileLogStore.Limits(100, 4000, 0, 1))) {
      for (int i = 0; i < 500; i++) { // one line alone is nearly what the group may have
        append(store, "g", "s", i + line);
        append(store, "g", "s", "end\n");
        LogCursor cursor = store.open("g", "s", 0);
        String last = null;
        while (cursor.next()) {
          last = cursor.text();
        }
        assertEquals(i + line + "end", last);
      }
      assertTrue(bytes("g") < 3000, "it has " + bytes("g"));
    }
  }

  @Test
  void theRestOfALineThatWasRemovedIsNoLine() throws IOException {
    try (FileLogStore store = FileLogStore.open(folder, limits(2000, 1000))) {
      append(store, "g", "s", "begin of a line that goes, ");
      Files.setLastModifiedTime(folder.resolve("g/s"), FileTime.fromMillis(1));
      append(store, "g", "t", "y".repeat(240) + "\n");
      assertFalse(Files.exists(folder.resolve("g/s")));
      append(store, "g", "s", "still of it");
      append(store, "g", "s", ", its end\nanother\n");
      assertEquals("another\n", Files.readString(folder.resolve("g/s+1")), "not where it was");
      append(store, "h", "s", "half a ");
      assertTrue(store.delete("h"));
      append(store, "h", "s", "line\nwhole\n");
      assertEquals("whole\n", Files.readString(folder.resolve("h/s+1")));
    }
  }

  @Test
  void smallFilesCountAsWhatTheyHaveOnDisk() throws IOException {
    FileLogStore.Limits limits = FileLogStore.Limits.of(1 << 20, 0);
    try (FileLogStore store = FileLogStore.open(folder, limits)) {
      for (int i = 0; i < 200; i++) {
        append(store, "g", "s" + i, "x\n");
      }
      assertEquals(8192, store.groups().get(0).bytes() / files(folder).size());
    }
    assertTrue(files(folder).size() <= 32, files(folder).size() + " streams in 256 KiB");
    try (FileLogStore store = FileLogStore.open(folder, limits)) {
      assertEquals(8192, store.groups().get(0).bytes() / files(folder).size());
    }
  }

  private long bytes(String group) throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve(group))) {
      long bytes = 0;
      for (Path file : all.filter(f -> !f.endsWith(LogNames.GROUP)).toList()) {
        bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
      }
      return bytes;
    }
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    Path outside = Files.writeString(folder.resolve("outside"), "mine");
    Files.createDirectories(folder.resolve("logs/g"));
    Files.createSymbolicLink(folder.resolve("logs/g/s"), outside);
    try (FileLogStore store = FileLogStore.open(folder.resolve("logs"), limits(1000, 10_000))) {
      assertThrows(IOException.class, () -> append(store, "g", "s", "text"));
      append(store, "g", "t", "text");
    }
    assertEquals("mine", Files.readString(outside));
  }

  @Test
  void aFolderBelowThatMayNotBeReadIsNotOurs() throws IOException {
    LogFiles finder = new LogFiles(folder);
    Path below = folder.resolve("lost+found");
    AccessDeniedException denied = new AccessDeniedException(below.toString());
    assertEquals(FileVisitResult.CONTINUE, finder.visitFileFailed(below, denied));
    assertThrows(AccessDeniedException.class, () -> finder.visitFileFailed(folder, denied));
    IOException broken = new IOException("broken");
    assertThrows(IOException.class, () -> finder.visitFileFailed(below, broken));
  }

  @Test
  void afterAFailureTheNextAppendIsTriedAgain() throws IOException {
    try (FileLogStore store = FileLogStore.open(folder.resolve("logs"), limits(1000, 10_000))) {
      Path inTheWay = Files.writeString(folder.resolve("logs/g"), "a file where a folder is due");
      assertThrows(IOException.class, () -> append(store, "g", "s", "lost"));
      Files.delete(inTheWay);
      append(store, "g", "s", "kept");
      assertEquals("kept", Files.readString(folder.resolve("logs/g/s")));
    }
  }
}
