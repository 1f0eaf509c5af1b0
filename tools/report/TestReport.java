import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Says what did not run. Collects, over all modules, the tests that ended as skipped (an assumption
 * about the machine did not hold) and the lines {@code id TAB reason} of {@code
 * target/not-run/*.txt}, writes {@code target/not-run.json}, prints it, and ends with the sum of
 * all tests as Surefire writes it.
 *
 * <p>Argument: the root of the tree, then optionally {@code --strict}: exit status 1 if something
 * did not run that {@code tests/expected-absent.txt} does not list (one id per line; {@code *} at
 * its end means any ending; {@code #} begins a comment).
 */
final class TestReport {
  private final Map<String, String> notRun = new TreeMap<>();
  private long tests;
  private long failures;
  private long errors;
  private long skipped;

  private TestReport() {}

  public static void main(String[] arguments) throws IOException {
    Path root = Path.of(arguments[0]);
    boolean strict = List.of(arguments).contains("--strict");
    TestReport report = new TestReport();
    report.collect(root);
    Files.createDirectories(root.resolve("target"));
    Files.writeString(root.resolve("target/not-run.json"), report.json());
    List<String> unexpected = report.unexpected(root.resolve("tests/expected-absent.txt"));
    report.print(unexpected);
    System.exit(strict && !unexpected.isEmpty() ? 1 : 0);
  }

  private void collect(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = String.valueOf(folder.getFileName());
            return name.equals(".git") || name.equals("src")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String folder = String.valueOf(file.getParent().getFileName());
            String name = file.getFileName().toString();
            if (folder.equals("surefire-reports")
                && name.startsWith("TEST-")
                && name.endsWith(".xml")) {
              readSuite(file);
            } else if (folder.equals("not-run") && name.endsWith(".txt")) {
              readLines(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void readSuite(Path file) {
    try {
      Element suite =
          DocumentBuilderFactory.newDefaultInstance()
              .newDocumentBuilder()
              .parse(file.toFile())
              .getDocumentElement();
      tests += Long.parseLong(suite.getAttribute("tests"));
      failures += Long.parseLong(suite.getAttribute("failures"));
      errors += Long.parseLong(suite.getAttribute("errors"));
      skipped += Long.parseLong(suite.getAttribute("skipped"));
      NodeList cases = suite.getElementsByTagName("testcase");
      for (int i = 0; i < cases.getLength(); i++) {
        Element test = (Element) cases.item(i);
        NodeList marks = test.getElementsByTagName("skipped");
        if (marks.getLength() > 0) {
          String id = test.getAttribute("classname") + "#" + test.getAttribute("name");
          notRun.put(id, reason((Element) marks.item(0)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SAXException | ParserConfigurationException e) {
      throw new IllegalStateException(file + " is not a test report", e);
    }
  }

  /** Of tests that were made while they ran, Surefire writes the whole exception instead. */
  private static String reason(Element skipped) {
    String message = skipped.getAttribute("message");
    String first = skipped.getTextContent().strip().lines().findFirst().orElse("");
    return message.isEmpty() ? first.replaceFirst("^\\S+: (Assumption failed: )?", "") : message;
  }

  private void readLines(Path file) throws IOException {
    for (String line : Files.readAllLines(file)) {
      int tab = line.indexOf('\t');
      if (tab > 0) {
        notRun.put(line.substring(0, tab), line.substring(tab + 1));
      } else if (!line.isBlank()) {
        notRun.put(line.strip(), "");
      }
    }
  }

  private List<String> unexpected(Path expectedFile) throws IOException {
    Set<String> exact = new HashSet<>();
    List<String> beginnings = new ArrayList<>();
    for (String raw : Files.readAllLines(expectedFile)) {
      int comment = raw.indexOf('#') == 0 ? 0 : raw.indexOf(" #");
      String line = (comment < 0 ? raw : raw.substring(0, comment)).strip();
      if (line.endsWith("*")) {
        beginnings.add(line.substring(0, line.length() - 1));
      } else if (!line.isEmpty()) {
        exact.add(line);
      }
    }
    return notRun.keySet().stream()
        .filter(id -> !exact.contains(id) && beginnings.stream().noneMatch(id::startsWith))
        .toList();
  }

  private String json() {
    StringBuilder out = new StringBuilder("[");
    String separator = "\n";
    for (Map.Entry<String, String> each : notRun.entrySet()) {
      out.append(separator).append("  {\"id\": ");
      quote(out, each.getKey());
      out.append(", \"reason\": ");
      quote(out, each.getValue());
      out.append('}');
      separator = ",\n";
    }
    return out.append(notRun.isEmpty() ? "]\n" : "\n]\n").toString();
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  private void print(List<String> unexpected) {
    StringBuilder out = new StringBuilder();
    notRun.forEach(
        (id, reason) ->
            out.append("not run: ")
                .append(id)
                .append(unexpected.contains(id) ? " [not in tests/expected-absent.txt]: " : ": ")
                .append(reason)
                .append('\n'));
    out.append("Not run on this machine: ")
        .append(notRun.size())
        .append(", unexpected: ")
        .append(unexpected.size())
        .append('\n');
    out.append("Tests run: ")
        .append(tests)
        .append(", Failures: ")
        .append(failures)
        .append(", Errors: ")
        .append(errors)
        .append(", Skipped: ")
        .append(skipped)
        .append('\n');
    System.out.write(
        out.toString().getBytes(StandardCharsets.UTF_8),
        0,
        out.toString().getBytes(StandardCharsets.UTF_8).length);
    System.out.flush();
  }
}
