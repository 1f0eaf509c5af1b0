package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.LogStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class FileLogStorePropertyTest {

  private static void append(FileLogStore store, String group, String stream) throws IOException {
    byte[] bytes = "text\n".getBytes(StandardCharsets.UTF_8);
    store.append(group, stream, 1000, bytes, 0, bytes.length);
  }

  @Property(tries = 100)
  void noNameLeadsOutAndNoTwoNamesAreOne(@ForAll String group, @ForAll String stream)
      throws IOException {
    Path parent = Files.createTempDirectory("log-names");
    Path root = parent.resolve("logs");
    String part = stream.replace('/', '_');
    try (FileLogStore store =
        FileLogStore.open(root, new FileLogStore.Limits(1000, 100_000, 0, 1))) {
      String one = "a" + group.replace('/', '_');
      String other = "../" + group + "/./../..//\0\n";
      append(store, one, part + "s");
      append(store, other, part + "+1");
      assertEquals(2, store.groups().size());
      assertTrue(store.open(one, part + "s", 0).next());
      assertTrue(store.open(other, part + "+1", 0).next());
      assertFalse(store.open(one, part + "+1", 0).next());
      LogStore.Stream listed = store.streams(one, 0).get(0);
      assertEquals(1000, listed.firstMs());
      assertTrue(part.length() > 20 || listed.name().equals(part + "s"), listed.name());
    }
    try (Stream<Path> all = Files.walk(parent)) {
      List<Path> paths = all.sorted((a, b) -> b.compareTo(a)).toList();
      List<Path> files = paths.stream().filter(FileLogStoreTest::isPart).toList();
      assertTrue(files.stream().allMatch(file -> file.startsWith(root)), files::toString);
      assertEquals(2, files.size(), files::toString);
      for (Path path : paths) {
        Files.delete(path);
      }
    }
  }
}
