package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where cycles lie: a folder each, named by its number, and one for what was damaged. Immutable but
 * for the storage itself.
 *
 * <p>A cycle's folder holds a queue of Chronicle's: {@code 19700101.cq4}, which all records are in,
 * and {@code metadata.cq4t}. Before its first record the former is called {@code
 * 19700101.precreated}, and Chronicle gives it its name.
 */
final class CycleFolders {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.persistence");

  /** Bytes that a new cycle's file has from the beginning. */
  static final int FIRST_BYTES = 1 << 20;

  /** All of the bytes that Chronicle maps of {@code metadata.cq4t}. */
  static final int METADATA_BYTES = 2 * 64 * 1024;

  private static final String DATA = "19700101.cq4";
  private static final String PREPARED = "19700101.precreated";
  private static final String METADATA = "metadata.cq4t";
  private static final String DAMAGED = "damaged";
  private static final String QUARANTINE = "quarantine";
  private static final int DIGITS = 10;

  private final JournalFiles files;
  private final Path root;

  CycleFolders(JournalFiles files, Path root) {
    this.files = files;
    this.root = root;
  }

  JournalFiles files() {
    return files;
  }

  Path folder(int cycle) {
    return root.resolve(String.format(Locale.ROOT, "%0" + DIGITS + "d", cycle));
  }

  /** The file with a cycle's records. */
  Path data(int cycle) {
    return folder(cycle).resolve(DATA);
  }

  /** That file before the cycle's first record. */
  Path prepared(int cycle) {
    return folder(cycle).resolve(PREPARED);
  }

  /** What Chronicle notes about the queue; of no use once the cycle is written. */
  Path metadata(int cycle) {
    return folder(cycle).resolve(METADATA);
  }

  /** The numbers of all cycles, ascending; those without any record too. */
  List<Integer> list() throws IOException {
    List<Integer> cycles = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(root)) {
      for (Path folder : folders) {
        String name = folder.getFileName().toString();
        if (name.length() == DIGITS && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
          cycles.add(Integer.parseInt(name));
        }
      }
    }
    cycles.sort(null);
    return cycles;
  }

  boolean hasData(int cycle) {
    return Files.exists(data(cycle));
  }

  /**
   * Makes a cycle's folder and its files, with blocks for all that Chronicle maps at first,
   * durably: it takes files of zeros for new ones.
   *
   * @throws IOException it cannot; the file of records is not there then, or cannot be removed
   */
  void prepare(int cycle) throws IOException {
    Path folder = folder(cycle);
    Files.createDirectories(folder);
    boolean whole = false;
    try {
      makeZeros(metadata(cycle), METADATA_BYTES);
      makeZeros(prepared(cycle), FIRST_BYTES);
      whole = true;
    } finally {
      if (!whole) {
        Files.deleteIfExists(prepared(cycle));
      }
    }
    files.syncFolder(folder);
    files.syncFolder(root);
  }

  private void makeZeros(Path path, int bytes) throws IOException {
    try (FileChannel channel = files.open(path)) {
      files.write(channel, ByteBuffer.allocateDirect(bytes), 0);
      files.force(channel, true);
    }
  }

  /** Tells that a cycle is not to be thrown away when it has served. */
  void markDamaged(int cycle) throws IOException {
    Path mark = folder(cycle).resolve(DAMAGED);
    if (!Files.exists(mark)) {
      Files.createFile(mark);
    }
  }

  /** Removes a cycle, or sets it aside if it is damaged. */
  void retire(int cycle) throws IOException {
    Path folder = folder(cycle);
    if (!Files.exists(folder.resolve(DAMAGED))) {
      files.delete(folder);
      return;
    }
    Path quarantine = Files.createDirectories(root.resolve(QUARANTINE));
    Path aside = quarantine.resolve(folder.getFileName() + "-" + System.currentTimeMillis());
    files.rename(folder, aside);
    LOG.log(Level.WARNING, "a damaged part of the journal is kept as {0}", aside);
  }

  /** Damaged cycles, those that still serve and those that were set aside. */
  int damaged() throws IOException {
    int damaged = 0;
    for (int cycle : list()) {
      damaged += Files.exists(folder(cycle).resolve(DAMAGED)) ? 1 : 0;
    }
    if (Files.exists(root.resolve(QUARANTINE))) {
      try (DirectoryStream<Path> aside = Files.newDirectoryStream(root.resolve(QUARANTINE))) {
        for (Path each : aside) {
          damaged += Files.isDirectory(each) ? 1 : 0;
        }
      }
    }
    return damaged;
  }
}
