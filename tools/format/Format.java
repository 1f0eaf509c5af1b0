import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import com.google.googlejavaformat.java.StringWrapper;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Formats every Java source of the tree, or checks that it is formatted. Started from source with
 * google-java-format on the class path, by {@code mvn verify} (check) and {@code ./ringmaster fmt}
 * (apply).
 *
 * <p>Arguments: {@code check|apply}, the root of the tree. Exit status 0: formatted; 1: something
 * is not (check), or cannot be parsed.
 */
final class Format {
  private static final Set<String> SKIPPED = Set.of("target", ".git");

  private Format() {}

  public static void main(String[] arguments) throws IOException {
    boolean apply = arguments[0].equals("apply");
    Path root = Path.of(arguments[1]);
    List<String> wrong =
        sources(root).parallelStream()
            .filter(file -> differs(file, apply))
            .map(file -> root.relativize(file).toString())
            .sorted()
            .toList();
    wrong.forEach(file -> System.err.println((apply ? "formatted " : "not formatted: ") + file));
    if (!apply && !wrong.isEmpty()) {
      System.err.println("apply the formatting with: ./ringmaster fmt");
      System.exit(1);
    }
  }

  private static boolean differs(Path file, boolean apply) {
    try {
      String text = Files.readString(file);
      Formatter formatter =
          new Formatter(
              JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.GOOGLE).build());
      String formatted =
          formatter.formatSource(
              ImportOrderer.reorderImports(
                  RemoveUnusedImports.removeUnusedImports(text),
                  JavaFormatterOptions.Style.GOOGLE));
      formatted = StringWrapper.wrap(formatted, formatter);
      if (text.equals(formatted)) {
        return false;
      }
      if (apply) {
        Files.writeString(file, formatted);
      }
      return true;
    } catch (IOException | FormatterException e) {
      throw new IllegalStateException(file + ": " + e.getMessage(), e);
    }
  }

  private static List<Path> sources(Path root) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return SKIPPED.contains(String.valueOf(folder.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && file.toString().endsWith(".java")) {
              found.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }
}
