package io.ringmaster.bench.floor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One language's programs, in a temporary folder that goes with this object. */
public final class Programs implements AutoCloseable {
  private final Path folder;
  private final Language language;

  private Programs(Path folder, Language language) {
    this.folder = folder;
    this.language = language;
  }

  /** Writes them. */
  public static Programs unpack(Language language) throws IOException {
    Programs programs =
        new Programs(Files.createTempDirectory("ringmaster-bench-").toRealPath(), language);
    try {
      programs.write("", language.programs());
      programs.write("plain", language.plain());
      programs.write("plain", language.code());
      programs.write("code", language.code());
      programs.write("code", language.rawCode());
      return programs;
    } catch (IOException | RuntimeException e) {
      programs.close();
      throw e;
    }
  }

  private void write(String where, List<String> names) throws IOException {
    Path target = Files.createDirectories(folder.resolve(where));
    for (String name : names) {
      Files.write(target.resolve(name), bytes(language, name));
    }
  }

  private static byte[] bytes(Language language, String name) throws IOException {
    String resource = "/io/ringmaster/bench/" + language.id() + "/" + name;
    try (InputStream in = Programs.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is not on the class path");
      }
      return in.readAllBytes();
    }
  }

  /** The echo function's package. */
  public static Map<String, byte[]> code(Language language) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : language.code()) {
      files.put(name, bytes(language, name));
    }
    return files;
  }

  /** The package of the function that waits for a file's lock. */
  public static Map<String, byte[]> burst(Language language) throws IOException {
    return Map.of("burst.py", bytes(language, "burst.py"));
  }

  /** The package of the function that attacks its channel. */
  public static Map<String, byte[]> hostile(Language language) throws IOException {
    return Map.of("hostile.py", bytes(language, "hostile.py"));
  }

  /** A program's path. */
  String file(String name) {
    return folder.resolve(name).toString();
  }

  List<String> bareLoop() {
    return language.bareLoop(folder);
  }

  List<String> rawEcho() {
    return language.rawEcho(folder);
  }

  List<String> burstStart() {
    return List.of(file("burst_start.py"));
  }

  List<String> plainStart() {
    return language.plainStart(folder.resolve("plain"));
  }

  /** The folder with the echo function, as it is deployed. */
  public Path codeFolder() {
    return folder.resolve("code");
  }

  /**
   * A folder for the files of an engine or a process pool.
   *
   * @param bootstraps what is to be found there already; null: nothing
   */
  public Path dataFolder(Path bootstraps) throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    if (bootstraps != null) {
      Files.createSymbolicLink(data.resolve("bootstraps"), bootstraps);
    }
    return data;
  }

  @Override
  public void close() {
    try {
      remove(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes a folder with all that is in it; links are not followed. */
  public static void remove(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes)
              throws IOException {
            // Deployed packages are read-only.
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwx------"));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path each, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(each);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path each, IOException failed)
              throws IOException {
            if (failed != null) {
              throw failed;
            }
            Files.delete(each);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
