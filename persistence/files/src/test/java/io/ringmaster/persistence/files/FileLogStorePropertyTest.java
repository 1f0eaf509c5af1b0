package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    byte[] bytes = "text".getBytes(StandardCharsets.UTF_8);
    store.append(group, stream, bytes, 0, bytes.length);
  }

  @Property(tries = 300)
  void noNameLeadsOutAndNoTwoNamesAreOne(@ForAll String group, @ForAll String stream)
      throws IOException {
    Path parent = Files.createTempDirectory("log-names");
    Path root = parent.resolve("logs");
    String part = stream.replace('/', '_');
    try (FileLogStore store = FileLogStore.open(root, 1000, 10_000)) {
      append(store, "a" + group.replace('/', '_'), part + "s");
      append(store, "../" + group + "/./../..//\0\n", part + ".1");
    }
    try (Stream<Path> all = Files.walk(parent)) {
      List<Path> paths = all.sorted((a, b) -> b.compareTo(a)).toList();
      List<Path> files = paths.stream().filter(Files::isRegularFile).toList();
      assertTrue(files.stream().allMatch(file -> file.startsWith(root)), files::toString);
      assertEquals(2, files.size(), files::toString);
      for (Path path : paths) {
        Files.delete(path);
      }
    }
  }
}
