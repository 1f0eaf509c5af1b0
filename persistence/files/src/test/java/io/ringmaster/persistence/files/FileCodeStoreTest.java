package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.files.FileCodeStore.Lifetime;
import io.ringmaster.persistence.spi.CodeRefusedException;
import io.ringmaster.persistence.spi.CodeRefusedException.Reason;
import io.ringmaster.persistence.spi.StoredCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FileCodeStoreTest {
  private static final long GRACE_NS = 1000;

  private Path home;
  private Path folder;
  private long nowNs = 5;
  private FileCodeStore store;

  @BeforeEach
  void open() throws IOException {
    home = Files.createTempDirectory("ringmaster-code");
    folder = home.resolve("code");
    store = open(Lifetime.LASTING);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
    PackageFolder.delete(home);
  }

  private FileCodeStore open(Lifetime lifetime) throws IOException {
    return FileCodeStore.open(folder, lifetime, GRACE_NS, () -> nowNs);
  }

  private static Map<String, byte[]> app(String text) {
    return Map.of(
        "lib/app.py",
        text.getBytes(StandardCharsets.UTF_8),
        "run",
        "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] read(InputStream stream) throws IOException {
    try (stream) {
      return stream.readAllBytes();
    }
  }

  private List<String> content() throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.equals(".lock"))
          .sorted()
          .toList();
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void unpacksAZipOnceUnderItsHash() throws Exception {
    byte[] zip =
        new Zips()
            .add("a/app.py", 0100600, "x = 1")
            .add("tool", 0106777, "t")
            .add("l", Zips.LINK, "a")
            .bytes();
    StoredCode code = store.putZip(zip);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(zip);
    assertEquals(HexFormat.of().formatHex(hash), code.key());
    assertEquals(Base64.getEncoder().encodeToString(hash), code.sha256());
    assertEquals(zip.length, code.sizeBytes());
    assertEquals("x = 1", Files.readString(code.folder().resolve("l/app.py")));
    assertEquals("r--r--r--", mode(code.folder().resolve("a/app.py")));
    assertEquals("r-xr-xr-x", mode(code.folder().resolve("tool")));
    assertEquals("r-xr-xr-x", mode(code.folder().resolve("a")));
    assertEquals("r-xr-xr-x", mode(code.folder()));
    assertEquals(0100555, (int) Files.getAttribute(code.folder().resolve("tool"), "unix:mode"));
    assertEquals(code, store.putZip(zip.clone()));
    assertEquals(List.of(code.key(), code.key() + ".zip"), content());
    assertArrayEquals(zip, read(store.openZip(code.key())));
  }

  @Test
  void storesFilesAndFoldersByContent() throws Exception {
    StoredCode files = store.putFiles(app("x"));
    assertEquals(11, files.sizeBytes());
    assertEquals("r--r--r--", mode(files.folder().resolve("lib/app.py")));
    assertEquals("r-xr-xr-x", mode(files.folder().resolve("run")));
    StoredCode copied = store.putFolder(files.folder());
    assertEquals(files, copied);
    assertNotEquals(files.key(), store.putFiles(app("y")).key());
    assertNotEquals(
        store.putFiles(Map.of("a", new byte[] {1}, "b", new byte[] {2})).key(),
        store.putFiles(Map.of("a", new byte[] {2}, "b", new byte[] {1})).key());
  }

  @Test
  void copiesAFolderWithItsLinksAndRefusesThoseThatEscape() throws Exception {
    Path source = Files.createDirectory(home.resolve("source"));
    Files.writeString(source.resolve("app.py"), "x");
    Files.createSymbolicLink(source.resolve("same.py"), Path.of("app.py"));
    StoredCode code = store.putFolder(source);
    assertEquals("x", Files.readString(code.folder().resolve("same.py")));
    assertTrue(Files.isSymbolicLink(code.folder().resolve("same.py")));
    Files.writeString(source.resolve("app.py"), "changed");
    assertEquals("x", Files.readString(code.folder().resolve("app.py")));
    Files.createSymbolicLink(source.resolve("out"), Path.of("../../etc/passwd"));
    CodeRefusedException refusal =
        assertThrows(CodeRefusedException.class, () -> store.putFolder(source));
    assertEquals(Reason.UNREADABLE, refusal.reason());
    assertThrows(CodeRefusedException.class, () -> store.putFolder(source.resolve("app.py")));
    assertThrows(CodeRefusedException.class, () -> store.putFolder(home.resolve("absent")));
    assertEquals(1, content().size());
  }

  @Test
  void leavesNothingOfARefusedPackage() throws Exception {
    byte[] zip = new Zips().add("a", 0, "hello").add("b", 0, "hello").bytes();
    int central = new String(zip, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    zip[central + 16] ^= 1;
    CodeRefusedException refusal =
        assertThrows(CodeRefusedException.class, () -> store.putZip(zip));
    assertTrue(refusal.getMessage().contains("checksum"), refusal.getMessage());
    assertEquals(
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
        refusal.reason().text());
    assertThrows(CodeRefusedException.class, () -> store.putFiles(Map.of("../a", new byte[1])));
    assertThrows(CodeRefusedException.class, () -> store.putFiles(Map.of("a/", new byte[1])));
    assertThrows(CodeRefusedException.class, () -> store.putFiles(Map.of("a\ud800", new byte[1])));
    assertEquals(
        Reason.EMPTY,
        assertThrows(CodeRefusedException.class, () -> store.putFiles(Map.of())).reason());
    assertEquals(
        Reason.EMPTY,
        assertThrows(CodeRefusedException.class, () -> store.putZip(new byte[0])).reason());
    assertEquals(List.of(), content());
  }

  @Test
  void refusesWhatIsTooLarge() {
    CodeRefusedException zipped =
        assertThrows(CodeRefusedException.class, () -> store.putZip(new byte[52_428_800]));
    assertEquals("Zipped size must be smaller than 52428800 bytes", zipped.reason().text());
    byte[] large = new byte[131_072_000];
    CodeRefusedException unzipped =
        assertThrows(
            CodeRefusedException.class, () -> store.putFiles(Map.of("a", large, "b", large)));
    assertEquals("Unzipped size must be smaller than 262144000 bytes", unzipped.reason().text());
  }

  @Test
  void removesAPackageAfterItsLastReferenceAndTheGracePeriod() throws Exception {
    StoredCode code = store.putFiles(app("x"));
    store.retain(code.key());
    store.release(code.key());
    assertEquals(0, store.collect());
    store.release(code.key());
    nowNs += GRACE_NS - 1;
    assertEquals(0, store.collect());
    assertTrue(Files.exists(code.folder()));
    store.putFiles(app("x"));
    nowNs += GRACE_NS;
    assertEquals(0, store.collect());
    store.release(code.key());
    nowNs += GRACE_NS;
    assertEquals(1, store.collect());
    assertFalse(Files.exists(code.folder()));
    assertThrows(IllegalStateException.class, () -> store.release(code.key()));
    assertThrows(IllegalStateException.class, () -> store.retain(code.key()));
    assertTrue(Files.exists(store.putFiles(app("x")).folder().resolve("run")));
  }

  @Test
  void keepsWhatIsReferencedOverARestartAndSweepsTheRest() throws Exception {
    StoredCode kept = store.putFiles(app("kept"));
    StoredCode dropped = store.putFiles(app("dropped"));
    StoredCode forgotten = store.putFiles(app("forgotten"));
    store.release(dropped.key());
    store.close();
    assertEquals(Stream.of(kept.key(), forgotten.key()).sorted().toList(), content());
    Files.createDirectories(folder.resolve(".new-7/half"));
    Files.createDirectories(folder.resolve(".old-8/half"));
    store = open(Lifetime.LASTING);
    assertTrue(store.isStored(forgotten.key()));
    assertFalse(store.isStored(dropped.key()));
    assertEquals(0, store.collect(), "nobody had a chance to retain them");
    store.close();
    store = open(Lifetime.LASTING);
    store.retain(kept.key());
    store.forgetLeftovers();
    assertEquals(1, store.collect());
    assertEquals(List.of(kept.key()), content());
    assertEquals("kept", Files.readString(kept.folder().resolve("lib/app.py")));
  }

  @Test
  void isUsedByOneEngineAtATime() throws IOException {
    FileSystemException inUse =
        assertThrows(FileSystemException.class, () -> open(Lifetime.LASTING));
    assertTrue(inUse.getMessage().contains("in use by another engine"), inUse.getMessage());
    assertTrue(locked(), "the refused store took the lock away");
    store.close();
    assertFalse(locked());
    store = open(Lifetime.LASTING);
  }

  /** Whether the kernel holds a lock of this process on the store's lock file. */
  private boolean locked() throws IOException {
    Object inode = Files.getAttribute(folder.resolve(".lock"), "unix:ino");
    long pid = ProcessHandle.current().pid();
    return Files.readAllLines(Path.of("/proc/locks")).stream()
        .anyMatch(lock -> lock.matches(".* POSIX .* " + pid + " .*:" + inode + " .*"));
  }

  @Test
  void goesWithTheStoreIfItIsTemporary() throws Exception {
    store.close();
    store = open(Lifetime.UNTIL_CLOSE);
    store.putFiles(app("x"));
    store.close();
    store.close();
    assertFalse(Files.exists(folder));
    assertThrows(IllegalStateException.class, () -> store.putFiles(app("x")));
  }

  @Test
  void manyThreadsStoreTheSamePackages() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<StoredCode>> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String text = "app " + i % 5;
        answers.add(threads.submit(() -> store.putFiles(app(text))));
      }
      for (Future<StoredCode> answer : answers) {
        assertTrue(Files.exists(answer.get().folder().resolve("lib/app.py")));
      }
      assertEquals(5, content().size());
      for (Future<StoredCode> answer : answers) {
        store.release(answer.get().key());
      }
    }
    nowNs += GRACE_NS;
    assertEquals(5, store.collect());
    assertEquals(List.of(), content());
  }

  @Test
  void anInterruptedThreadStoresAllTheSame() throws Exception {
    Thread.currentThread().interrupt();
    StoredCode code = store.putFiles(app("x"));
    assertTrue(Thread.interrupted());
    assertTrue(Files.exists(code.folder().resolve("run")));
  }
}
