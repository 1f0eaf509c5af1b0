package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders that tests made. */
final class TestFolders {
  private TestFolders() {}

  /** Removes one and everything in it. */
  static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(folder)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }

  /** The files with records, oldest first. */
  static List<Path> cycles(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder, 2)) {
      return paths.filter(path -> path.toString().endsWith(".cq4")).sorted().toList();
    }
  }
}
