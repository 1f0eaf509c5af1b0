package io.ringmaster.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation says is there, is there. */
class DocumentationTest {
  private static final Path ROOT = TreeTest.ROOT;
  private static final Path DOCS = ROOT.resolve("tools/docs");
  private static final Pattern JAVA = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern JAVADOC =
      Pattern.compile("<pre>\\{@code\\n(.*?)\\n \\* }</pre>", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  @TempDir private Path folder;

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path page : pages()) {
      Matcher matcher = LINK.matcher(Files.readString(page));
      while (matcher.find()) {
        links++;
        if (!Files.exists(page.resolveSibling(matcher.group(1)))) {
          broken.add(ROOT.relativize(page) + " → " + matcher.group(1));
        }
      }
    }
    assertEquals(List.of(), broken);
    assertTrue(links > 10, "links found: " + links);
  }

  @Test
  void theIndexListsEveryPage() throws IOException {
    String index = Files.readString(DOCS.resolve("index.md"));
    List<String> missing =
        pages().stream()
            .filter(page -> page.startsWith(DOCS) && !page.endsWith("index.md"))
            .map(page -> DOCS.relativize(page).toString())
            .filter(page -> !index.contains("(" + page + ")"))
            .toList();
    assertEquals(List.of(), missing);
  }

  /** The program on the README's first screen, as it stands there. */
  @Test
  void theReadmesProgramRuns() throws Exception {
    Matcher matcher = JAVA.matcher(Files.readString(ROOT.resolve("README.md")));
    assertTrue(matcher.find(), "README has no program");
    assertEquals("\"Hello, world\"\n", output(matcher.group(1)));
  }

  /** The example in the Javadoc of the engine. */
  @Test
  void theEnginesExampleRuns() throws Exception {
    Path source = ROOT.resolve("scheduler/api/src/main/java/io/ringmaster/api/Engine.java");
    Matcher matcher = JAVADOC.matcher(Files.readString(source));
    assertTrue(matcher.find(), "Engine has no example");
    String body = matcher.group(1).replaceAll("(?m)^ \\* ?", "");
    assertEquals(
        "{\"hello\": \"world\"}\n",
        output("import io.ringmaster.api.*;\nvoid main() {\n" + body + "\n}\n"));
  }

  /** Starts a program from its source, as an embedder would; answers what it printed. */
  private String output(String program) throws IOException, InterruptedException {
    Path source = Files.writeString(folder.resolve("Hello.java"), program);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    try (var flags = Engine.class.getResourceAsStream("/io/ringmaster/engine/jvm.flags")) {
      String text = new String(flags.readAllBytes(), StandardCharsets.UTF_8);
      command.addAll(List.of(text.strip().split(" +")));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), source.toString()));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running");
      String text = Files.readString(output);
      assertEquals(0, process.exitValue(), text);
      return text;
    } finally {
      process.destroyForcibly();
    }
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(DOCS)) {
      List<Path> pages = new ArrayList<>(docs.filter(p -> p.toString().endsWith(".md")).toList());
      pages.add(ROOT.resolve("README.md"));

      return pages;
    }
  }
}
