package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.files.FileCodeStore.Lifetime;
import io.ringmaster.persistence.spi.StoredCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Packages as archives, and copies of them. */
class PackageArchiveTest {
  private Path home;
  private FileCodeStore store;

  @BeforeEach
  void open() throws IOException {
    home = Files.createTempDirectory("packages-");
    store = FileCodeStore.open(home.resolve("code"), Lifetime.LASTING, 0, System::nanoTime);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
    PackageFolder.delete(home);
  }

  private static byte[] read(FileCodeStore from, String key) throws IOException {
    try (InputStream stream = from.openZip(key)) {
      return stream.readAllBytes();
    }
  }

  /** Kind, mode and content of everything in a folder. */
  private static Map<String, String> content(Path folder) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.toList()) {
        Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        String what =
            Files.isSymbolicLink(path)
                ? Files.readSymbolicLink(path).toString()
                : Files.isDirectory(path) ? "" : Files.readString(path);
        found.put(folder.relativize(path).toString(), mode + " " + what);
      }
    }
    return found;
  }

  private Path source() throws IOException {
    Path folder = Files.createDirectories(home.resolve("source/lib/grüße"));
    Files.writeString(folder.resolve("app.py"), "x = 1\n".repeat(1000));
    Files.writeString(folder.resolve("empty"), "");
    Files.createSymbolicLink(home.resolve("source/link"), Path.of("lib"));
    Files.writeString(home.resolve("source/run"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(
        home.resolve("source/run"), PosixFilePermissions.fromString("rwxr-xr-x"));
    return home.resolve("source");
  }

  @Test
  void anArchiveMadeOfAFolderHasAllOfIt() throws Exception {
    StoredCode folder = store.putFolder(source());
    byte[] archive = read(store, folder.key());
    assertArrayEquals(archive, read(store, folder.key()), "equal packages, equal archives");
    StoredCode again = store.putZip(archive);
    assertEquals(content(folder.folder()), content(again.folder()));
    try (Stream<Path> left = Files.list(home.resolve("code"))) {
      assertFalse(left.anyMatch(path -> path.getFileName().toString().startsWith(".new")));
    }
  }

  @Test
  void anArchiveGoesWithItsPackage() throws Exception {
    byte[] zip = new Zips().add("a", Zips.FILE, "1").bytes();
    StoredCode code = store.putZip(zip);
    assertArrayEquals(zip, read(store, code.key()));
    try (InputStream open = store.openZip(code.key())) {
      store.release(code.key());
      assertEquals(1, store.collect());
      assertArrayEquals(zip, open.readAllBytes(), "who reads it reads on");
    }
    try (Stream<Path> left = Files.list(home.resolve("code"))) {
      assertEquals(List.of(".lock"), left.map(p -> p.getFileName().toString()).toList());
    }
  }

  @Test
  void anArchiveWithoutItsPackageWasLeftByACrash() throws Exception {
    store.close();
    Path left = home.resolve("code").resolve("0".repeat(64) + ".zip");
    Files.writeString(left, "half");
    open(home.resolve("code"));
    assertFalse(Files.exists(left));
  }

  private void open(Path folder) throws IOException {
    store = FileCodeStore.open(folder, Lifetime.LASTING, 0, System::nanoTime);
  }

  @Test
  void anArchiveOfAPackageThatLostItIsKeptAgain() throws Exception {
    byte[] zip = new Zips().add("a", Zips.FILE, "1").bytes();
    StoredCode code = store.putZip(zip);
    Files.delete(home.resolve("code").resolve(code.key() + ".zip"));
    assertTrue(read(store, code.key()).length > 0, "made of its files");
    store.putZip(zip);
    assertArrayEquals(zip, read(store, code.key()));
  }

  @Test
  void copiesOutliveWhatTheyAreCopiesOf() throws Exception {
    byte[] zip = new Zips().add("a", Zips.FILE, "1").bytes();
    StoredCode archive = store.putZip(zip);
    StoredCode folder = store.putFolder(source());
    StoredCode other = store.putFiles(Map.of("b", "2".getBytes(StandardCharsets.UTF_8)));
    Map<String, String> before = content(folder.folder());
    store.copyTo(home.resolve("copy"), List.of(archive.key(), folder.key()));
    store.release(archive.key());
    store.release(folder.key());
    store.close();
    try (FileCodeStore copy =
        FileCodeStore.open(home.resolve("copy"), Lifetime.LASTING, 0, System::nanoTime)) {
      assertArrayEquals(zip, read(copy, archive.key()));
      assertEquals(before, content(copy.folder(folder.key())));
      assertFalse(copy.isStored(other.key()));
    }
  }
}
