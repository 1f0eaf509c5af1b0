package io.ringmaster.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shape of the source tree. */
class TreeTest {
  private static final int LINES_MAX = 600;
  static final Path ROOT = root();
  private static final Set<String> SKIPPED =
      Set.of("target", ".git", "__pycache__", "node_modules");

  /** What people write and read: programs, and the rows of tables. */
  private static final Set<String> ENDINGS =
      Set.of("java", "py", "sh", "cjs", "mjs", "js", "rb", "go", "rs", "c", "txt");

  private static final List<Path> sources = new ArrayList<>();

  @BeforeAll
  static void walk() throws IOException {
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return SKIPPED.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = file.getFileName().toString();
            if (ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1))) {
              sources.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    assertTrue(sources.size() > 20, "this is not the root of the tree: " + ROOT);
  }

  @Test
  void noFileIsTooLong() {
    List<String> tooLong =
        sources.stream()
            .filter(file -> lines(file) > LINES_MAX)
            .map(file -> ROOT.relativize(file) + ": " + lines(file) + " lines")
            .toList();
    assertEquals(List.of(), tooLong);
  }

  @Test
  void everyPackageSaysWhatItIs() {
    Set<Path> without =
        sources.stream()
            .filter(file -> file.toString().contains("/src/main/java/"))
            .map(Path::getParent)
            .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
            .map(ROOT::relativize)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(Set.of(), without);
  }

  private static int lines(Path file) {
    try {
      return Files.readAllLines(file).size();
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  /** Maven runs tests in their module's folder. */
  private static Path root() {
    return Path.of("").toAbsolutePath().getParent().getParent();
  }
}
