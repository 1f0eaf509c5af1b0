package io.ringmaster.bench.product;

import io.ringmaster.persistence.spi.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders of journals that are measured: on the disk on which temporary files are. */
final class JournalFolders {
  /** Takes what is owed, for nothing. */
  static final Journal.Recovery NOBODY = (_, _, _, _, _, _, _, _) -> {};

  private JournalFolders() {}

  static Path create() throws IOException {
    return Files.createTempDirectory("ringmaster-bench-");
  }

  static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> paths = Files.walk(folder)) {
      all = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
