package io.ringmaster.cli.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * The files of a package, by path within it, and the package.
 *
 * @param files contents; of a large archive only what may tell the handler
 * @param executable paths of those that may be executed
 * @param zip the package
 */
record DeploymentFiles(SortedMap<String, byte[]> files, Set<String> executable, byte[] zip) {
  /** The oldest time that a zip can say, in milliseconds; the same whenever it is made. */
  private static final long TIME_MS = Instant.parse("1980-01-01T00:00:00Z").toEpochMilli();

  private static final int FILE_MODE = 0100644;
  private static final int PROGRAM_MODE = 0100755;

  /** Lambda's limit of the files of a package. */
  private static final long UNPACKED_MAX = 262_144_000;

  /** Names of files that may tell a handler. */
  private static final Pattern TELLING =
      Pattern.compile("^[^/]+\\.(py|rb|js|mjs|cjs)$|^bootstrap$|\\.class$|\\.jar$");

  private static final int LOOKED_AT_MAX = 8 << 20;
  private static final Set<String> SKIPPED =
      Set.of(".git", ".svn", "__pycache__", ".DS_Store", ".idea", ".vscode");

  /**
   * Reads a folder, and packs it. Links are followed.
   *
   * @throws IOException it cannot be read
   */
  static DeploymentFiles folder(Path folder) throws IOException {
    TreeMap<String, byte[]> files = new TreeMap<>();
    TreeSet<String> executable = new TreeSet<>();
    long bytes = 0;
    try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        Path within = folder.relativize(file);
        if (Files.isRegularFile(file) && !isSkipped(within)) {
          bytes += Files.size(file);
          if (bytes > UNPACKED_MAX) {
            throw new IOException(
                folder + " has more than " + UNPACKED_MAX + " bytes of files; the last: " + within);
          }
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
   * @param look whether its files are to be looked at
   * @throws IOException it cannot be read, or is no zip
   */
  static DeploymentFiles archive(Path archive, boolean look) throws IOException {
    if (Files.size(archive) > UNPACKED_MAX) {
      throw new IOException(archive + " is larger than " + UNPACKED_MAX + " bytes");
    }
    byte[] zip = Files.readAllBytes(archive);
    TreeMap<String, byte[]> files = new TreeMap<>();
    if (look) {
      try (ZipFile in = ZipFile.builder().setByteArray(zip).get()) {
        for (ZipArchiveEntry entry : Collections.list(in.getEntries())) {
          if (!entry.isDirectory() && TELLING.matcher(entry.getName()).find()) {
            try (InputStream content = in.getInputStream(entry)) {
              files.put(entry.getName(), content.readNBytes(LOOKED_AT_MAX));
            }
          }
        }
      } catch (IOException e) {
        throw new IOException(archive + " is not a zip that can be read: " + e.getMessage(), e);
      }
    }
    return new DeploymentFiles(files, Set.of(), zip);
  }

  private static byte[] pack(SortedMap<String, byte[]> files, Set<String> executable)
      throws IOException {
    try (SeekableInMemoryByteChannel bytes = new SeekableInMemoryByteChannel()) {
      try (ZipArchiveOutputStream out = new ZipArchiveOutputStream(bytes)) {
        for (var file : files.entrySet()) {
          ZipArchiveEntry entry = new ZipArchiveEntry(file.getKey());
          entry.setTimeLocal(LocalDateTime.ofEpochSecond(TIME_MS / 1000, 0, ZoneOffset.UTC));
          entry.setUnixMode(executable.contains(file.getKey()) ? PROGRAM_MODE : FILE_MODE);
          entry.setSize(file.getValue().length);
          out.putArchiveEntry(entry);
          out.write(file.getValue());
          out.closeArchiveEntry();
        }
      }
      return Arrays.copyOf(bytes.array(), (int) bytes.size());
    }
  }
}
