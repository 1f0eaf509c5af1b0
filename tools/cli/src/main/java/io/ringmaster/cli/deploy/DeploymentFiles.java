package io.ringmaster.cli.deploy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * The files of a package, by path within it, and the package.
 *
 * @param files contents; of a large archive only what may tell the handler
 * @param executable paths of those that may be executed
 * @param zip the package
 */
record DeploymentFiles(
    SortedMap<String, byte[]> files, java.util.Set<String> executable, byte[] zip) {
  /** The oldest time that a zip can say, in milliseconds; the same whenever it is made. */
  private static final long TIME_MS =
      java.time.Instant.parse("1980-01-01T00:00:00Z").toEpochMilli();

  private static final int FILE_MODE = 0100644;
  private static final int PROGRAM_MODE = 0100755;
  private static final int LOOKED_AT_MAX = 8 << 20;
  private static final java.util.Set<String> SKIPPED =
      java.util.Set.of(".git", ".svn", "__pycache__", ".DS_Store", ".idea", ".vscode");

  /**
   * Reads a folder, and packs it. Links are followed.
   *
   * @throws IOException it cannot be read
   */
  static DeploymentFiles folder(Path folder) throws IOException {
    TreeMap<String, byte[]> files = new TreeMap<>();
    java.util.TreeSet<String> executable = new java.util.TreeSet<>();
    try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        Path within = folder.relativize(file);
        if (Files.isRegularFile(file) && !isSkipped(within)) {
          files.put(within.toString(), Files.readAllBytes(file));
          if (Files.isExecutable(file)) {
            executable.add(within.toString());
          }
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return new DeploymentFiles(files, executable, pack(files, executable));
  }

  private static boolean isSkipped(Path within) {
    for (Path part : within) {
      if (SKIPPED.contains(part.toString())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads an archive, which is the package as it is.
   *
   * @throws IOException it cannot be read
   */
  static DeploymentFiles archive(Path archive) throws IOException {
    byte[] zip = Files.readAllBytes(archive);
    TreeMap<String, byte[]> files = new TreeMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (!entry.isDirectory()) {
          files.put(entry.getName(), in.readNBytes(LOOKED_AT_MAX));
        }
      }
    }
    return new DeploymentFiles(files, java.util.Set.of(), zip);
  }

  private static byte[] pack(SortedMap<String, byte[]> files, java.util.Set<String> executable)
      throws IOException {
    try (SeekableInMemoryByteChannel bytes = new SeekableInMemoryByteChannel()) {
      try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(bytes)) {
        for (var file : files.entrySet()) {
          ZipArchiveEntry entry = new ZipArchiveEntry(file.getKey());
          entry.setTimeLocal(
              java.time.LocalDateTime.ofEpochSecond(TIME_MS / 1000, 0, java.time.ZoneOffset.UTC));
          entry.setUnixMode(executable.contains(file.getKey()) ? PROGRAM_MODE : FILE_MODE);
          entry.setSize(file.getValue().length);
          out.putArchiveEntry(entry);
          out.write(file.getValue());
          out.closeArchiveEntry();
        }
      }
      return java.util.Arrays.copyOf(bytes.array(), (int) bytes.size());
    }
  }
}
