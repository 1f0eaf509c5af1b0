package io.ringmaster.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documentation says is there, is there. */
class DocumentationTest {
  private static final Path ROOT = TreeTest.ROOT;
  private static final Path DOCS = ROOT.resolve("tools/docs");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

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

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(DOCS)) {
      List<Path> pages = new ArrayList<>(docs.filter(p -> p.toString().endsWith(".md")).toList());
      pages.add(ROOT.resolve("README.md"));

      return pages;
    }
  }
}
