package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.CodeRefusedException;
import io.ringmaster.persistence.spi.CodeRefusedException.Reason;
import io.ringmaster.persistence.spi.StoredCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several packages in one folder, as Lambda unpacks layers. */
class MergedPackagesTest {
  @TempDir Path folder;
  private FileCodeStore store;
  private int folders;

  @BeforeEach
  void open() throws Exception {
    store =
        FileCodeStore.open(
            folder.resolve("code"), FileCodeStore.Lifetime.UNTIL_CLOSE, 0, System::nanoTime);
  }

  @AfterEach
  void close() throws Exception {
    store.close();
  }

  private StoredCode files(String... pathsAndTexts) throws Exception {
    Map<String, byte[]> files = new HashMap<>();
    for (int i = 0; i < pathsAndTexts.length; i += 2) {
      files.put(pathsAndTexts[i], pathsAndTexts[i + 1].getBytes(StandardCharsets.UTF_8));
    }
    return store.putFiles(files);
  }

  /** A package of files, where {@code "-> x"} as a text is a link to x. */
  private StoredCode links(String... pathsAndTexts) throws Exception {
    Path source = folder.resolve("source" + ++folders);
    for (int i = 0; i < pathsAndTexts.length; i += 2) {
      Path path = source.resolve(pathsAndTexts[i]);
      Files.createDirectories(path.getParent());
      if (pathsAndTexts[i + 1].startsWith("-> ")) {
        Files.createSymbolicLink(path, Path.of(pathsAndTexts[i + 1].substring(3)));
      } else {
        Files.writeString(path, pathsAndTexts[i + 1]);
      }
    }
    return store.putFolder(source);
  }

  private StoredCode merged(StoredCode... parts) throws Exception {
    List<String> keys = new ArrayList<>();
    for (StoredCode part : parts) {
      keys.add(part.key());
    }
    return store.putMerged(keys);
  }

  @Test
  void foldersAreUnitedAndOfFilesTheLaterCounts() throws Exception {
    StoredCode first =
        files("python/a.py", "1", "python/both.py", "first", "bin/tool", "#!/bin/sh");
    StoredCode second = files("python/b.py", "2", "python/both.py", "second");
    StoredCode whole = merged(first, second);
    assertEquals("1", Files.readString(whole.folder().resolve("python/a.py")));
    assertEquals("2", Files.readString(whole.folder().resolve("python/b.py")));
    assertEquals("second", Files.readString(whole.folder().resolve("python/both.py")));
    assertTrue(Files.isExecutable(whole.folder().resolve("bin/tool")));
    assertEquals(
        "r-xr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(whole.folder())));
    assertEquals(1 + 1 + 6 + 9, whole.sizeBytes());
    assertEquals(whole.sizeBytes(), store.unpackedBytes(whole.key()));
    assertEquals(
        "first", Files.readString(merged(second, first).folder().resolve("python/both.py")));
  }

  @Test
  void equalListsAreOneFolder() throws Exception {
    StoredCode first = files("a", "1");
    StoredCode second = files("b", "2");
    StoredCode once = merged(first, second);
    assertEquals(once, merged(first, second));
    assertNotEquals(once.key(), merged(second, first).key());
    store.release(once.key());
    assertTrue(Files.exists(once.folder()), "the second call holds a reference of its own");
    store.release(once.key());
    store.collect();
    assertFalse(Files.exists(once.folder()));
  }

  @Test
  void filesAndFoldersReplaceEachOther() throws Exception {
    StoredCode folderThere = files("x/deep/a", "1", "x-y", "kept", "x.z", "kept");
    StoredCode fileThere = files("x", "file");
    Path file = merged(folderThere, fileThere).folder();
    assertEquals("file", Files.readString(file.resolve("x")));
    assertEquals("kept", Files.readString(file.resolve("x-y")));
    assertEquals("kept", Files.readString(file.resolve("x.z")));
    assertEquals(
        "1", Files.readString(merged(fileThere, folderThere).folder().resolve("x/deep/a")));
    StoredCode linkThere = links("x", "-> y", "y/a", "through");
    Path real = merged(linkThere, folderThere).folder().resolve("x");
    assertTrue(Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS));
    assertFalse(Files.exists(real.resolve("a")));
  }

  @Test
  void linksThatLeadOutOfTheWholeAreRefused() throws Exception {
    StoredCode inside = links("p/q/l/f", "1", "x", "-> p/q/l/../../../p");
    StoredCode shorter = links("p/q", "-> ../r", "r/l/f", "2");
    CodeRefusedException refused =
        assertThrows(CodeRefusedException.class, () -> merged(inside, shorter));
    assertEquals(Reason.UNREADABLE, refused.reason());
    merged(shorter, inside);
  }

  @Test
  void tooLargeInAllIsRefused() throws Exception {
    Path source = Files.createDirectories(folder.resolve("large"));
    try (var file = new java.io.RandomAccessFile(source.resolve("half").toFile(), "rw")) {
      file.setLength(131_072_000);
    }
    PackageTree half = SourceFolder.read(source);
    PackageTree whole = SourceFolder.read(source);
    CodeRefusedException refused =
        assertThrows(CodeRefusedException.class, () -> whole.overlay(half));
    assertEquals(Reason.LAYERS_TOO_LARGE, refused.reason());
    assertEquals(
        "Layers consume more than the available size of 262144000 bytes", refused.reason().text());
  }
}
