package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.RegistryStore.Change;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileRegistryStoreTest {
  @TempDir Path folder;

  private static Change put(String key, String value) {
    return new Change(key, value.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, String> all(FileRegistryStore store) throws IOException {
    Map<String, String> all = new TreeMap<>();
    store.forEach((key, value) -> all.put(key, new String(value, StandardCharsets.UTF_8)));
    return all;
  }

  private FileRegistryStore open() throws IOException {
    return FileRegistryStore.open(folder, true);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  @Test
  void whatWasCommittedIsThereAgain() throws IOException {
    try (FileRegistryStore store = open()) {
      assertEquals(Map.of(), all(store));
      store.commit(List.of(put("b", "1"), put("a", "2"), put("c", "3")));
      store.commit(List.of(put("b", "4"), new Change("c", null), new Change("never", null)));
      assertEquals(Map.of("a", "2", "b", "4"), all(store));
    }
    try (FileRegistryStore store = open()) {
      assertEquals(Map.of("a", "2", "b", "4"), all(store));
    }
  }

  @Test
  void aClosedStoreSaysSo() throws IOException {
    FileRegistryStore store = open();
    store.close();
    store.close();
    IOException refused =
        assertThrows(IOException.class, () -> store.commit(List.of(put("a", "1"))));
    assertTrue(refused.getMessage().contains("closed"), refused.getMessage());
  }

  @Test
  void callersMayBeInterrupted() throws Exception {
    int callers = 8;
    int each = 50;
    AtomicInteger made = new AtomicInteger();
    AtomicInteger stillInterrupted = new AtomicInteger();
    try (FileRegistryStore store = open()) {
      List<Thread> threads = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        String name = "caller-" + caller;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < each; i++) {
                        Thread.currentThread().interrupt();
                        try {
                          store.commit(List.of(put(name + "-" + i, "x")));
                          made.incrementAndGet();
                        } catch (IOException e) {
                          throw new IllegalStateException(e);
                        }
                        stillInterrupted.addAndGet(Thread.interrupted() ? 1 : 0);
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertEquals(callers * each, made.get());
    assertEquals(callers * each, stillInterrupted.get());
    try (FileRegistryStore store = open()) {
      assertEquals(callers * each, all(store).size());
    }
  }

  @Test
  void aDamagedFileIsSetAsideAndTheSnapshotServes() throws IOException {
    try (FileRegistryStore store = open()) {
      store.commit(List.of(put("a", "1"), put("b", "2")));
    }
    byte[] rubbish = new byte[8192];
    Arrays.fill(rubbish, (byte) 'x');
    Files.write(file("registry.mv"), rubbish);
    try (FileRegistryStore store = open()) {
      assertEquals(Map.of("a", "1", "b", "2"), all(store));
      store.commit(List.of(put("c", "3")));
    }
    try (FileRegistryStore store = open()) {
      assertEquals(Map.of("a", "1", "b", "2", "c", "3"), all(store));
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> aside =
          files.filter(f -> f.getFileName().toString().contains("unreadable")).toList();
      assertEquals(1, aside.size());
      assertEquals(rubbish.length, Files.size(aside.getFirst()), "what was there is kept");
    }
  }

  /** As a clean end leaves it, and as a {@code kill -9} does: with an old snapshot. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noDamageIsServedAndNoneIsSilent(boolean ended) throws IOException {
    int commits = 5;
    Map<String, byte[]> files = new TreeMap<>();
    try (FileRegistryStore store = open()) {
      for (int i = 0; i < commits; i++) {
        store.commit(List.of(put("key-" + i, "value-" + i)));
      }
      if (!ended) {
        files.putAll(files());
      }
    }
    if (ended) {
      files.putAll(files());
    }
    byte[] good = files.get("registry.mv");
    for (int at = 0; at < good.length; at += Integer.getInteger("ringmaster.stride", 997)) {
      byte[] flipped = good.clone();
      flipped[at] ^= 0x15;
      requireWhole(files, flipped, commits, ended, "flipped at " + at);
      requireWhole(files, Arrays.copyOf(good, at), commits, ended, "cut at " + at);
    }
  }

  private Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private void requireWhole(
      Map<String, byte[]> files, byte[] content, int commits, boolean ended, String what)
      throws IOException {
    for (String file : files().keySet()) {
      Files.delete(file(file));
    }
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(file(file.getKey()), file.getValue());
    }
    Files.write(file("registry.mv"), content);
    try (FileRegistryStore store = open()) {
      Map<String, String> found = all(store);
      for (int i = 0; i < found.size(); i++) {
        assertEquals("value-" + i, found.get("key-" + i), what + ": no commit's state: " + found);
      }
      if (ended) {
        assertEquals(commits, found.size(), what);
      }
      assertTrue(found.size() == commits || store.wasDamaged(), what + ": lost in silence");
      store.commit(List.of(put("more", "1")));
    }
  }

  @Test
  void theSnapshotServesWhereTheFileIsMissing() throws IOException {
    try (FileRegistryStore store = open()) {
      store.commit(List.of(put("a", "1")));
    }
    Files.delete(file("registry.mv"));
    try (FileRegistryStore store = open()) {
      assertEquals(Map.of("a", "1"), all(store));
    }
  }

  @Test
  void aDamagedSnapshotIsNotServed() throws IOException {
    try (FileRegistryStore store = open()) {
      store.commit(List.of(put("a", "1")));
    }
    byte[] snapshot = Files.readAllBytes(file("registry.snapshot"));
    for (int at = 0; at < snapshot.length; at++) {
      byte[] flipped = snapshot.clone();
      flipped[at] ^= 0x01;
      Files.write(file("registry.snapshot"), flipped);
      assertThrows(
          DamagedFileException.class, () -> RegistrySnapshot.read(file("registry.snapshot")));
      Files.write(file("registry.snapshot"), Arrays.copyOf(snapshot, at));
      assertThrows(
          DamagedFileException.class, () -> RegistrySnapshot.read(file("registry.snapshot")));
    }
    Files.write(file("registry.mv"), new byte[8192]);
    IOException refused = assertThrows(IOException.class, this::open);
    assertTrue(refused.getMessage().contains("snapshot"), refused.getMessage());
    assertTrue(Files.exists(file("registry.mv")), "nothing is moved when nothing can replace it");
  }

  @Test
  void aLaterVersionsFileIsLeftAlone() throws IOException {
    try (FileRegistryStore store = open()) {
      store.commit(List.of(put("a", "1")));
    }
    try (MVStore later = MVStore.open(file("registry.mv").toString())) {
      later
          .openMap(
              "about",
              new MVMap.Builder<String, byte[]>()
                  .keyType(StringDataType.INSTANCE)
                  .valueType(ByteArrayDataType.INSTANCE))
          .put("schema", SealedRecord.seal("schema", new byte[] {0, 0, 0, 0, 0, 0, 0, 3}));
      later.commit();
    }
    IOException refused = assertThrows(IOException.class, this::open);
    assertTrue(refused.getMessage().contains("later version"), refused.getMessage());
    try (Stream<Path> files = Files.list(folder)) {
      assertFalse(files.anyMatch(f -> f.toString().contains("unreadable")));
    }
  }
}
