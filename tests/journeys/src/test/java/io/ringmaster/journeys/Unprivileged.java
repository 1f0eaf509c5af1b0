package io.ringmaster.journeys;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A way to start the engine as an ordinary user, with a copy of the class path that this user may
 * read.
 */
final class Unprivileged implements AutoCloseable {
  private static final String NOBODY = "65534";

  private final Path folder;
  private final String classPath;
  private final boolean root;

  private Unprivileged(Path folder, String classPath, boolean root) {
    this.folder = folder;
    this.classPath = classPath;
    this.root = root;
  }

  /** Skips the test, with the reason, where there is no way. */
  static Unprivileged find() throws IOException {
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(
        !root || Files.isExecutable(Path.of("/usr/bin/setpriv")),
        "setpriv (util-linux) is needed to drop root's privilege");
    Path folder = Files.createTempDirectory("journeys");
    List<String> copies = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path from = Path.of(entry);
      if (Files.exists(from)) {
        Path to = folder.resolve(copies.size() + "-" + from.getFileName());
        copy(from, to);
        copies.add(to.toString());
      }
    }
    Path home = Files.createDirectory(folder.resolve("home"));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Unprivileged(folder, String.join(File.pathSeparator, copies), root);
  }

  String classPath() {
    return classPath;
  }

  /** What stands before the command. */
  List<String> prefix() {
    String home = folder.resolve("home").toString();
    return root
        ? List.of(
            "/usr/bin/setpriv",
            "--reuid",
            NOBODY,
            "--regid",
            NOBODY,
            "--clear-groups",
            "/usr/bin/env",
            "-i",
            "HOME=" + home,
            "PATH=/usr/bin:/bin")
        : List.of();
  }

  /** JVM options so that temporary files go where they are found again. */
  List<String> options() {
    return List.of("-Djava.io.tmpdir=" + folder.resolve("home"));
  }

  /** What the engine left in its folder for temporary files. */
  List<String> leftFiles() throws IOException {
    try (var files = Files.list(folder.resolve("home"))) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(dir).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path copy = file.equals(from) ? to : to.resolve(from.relativize(file).toString());
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException failed)
              throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
