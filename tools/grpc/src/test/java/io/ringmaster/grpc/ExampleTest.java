package io.ringmaster.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.FunctionCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example of the documentation runs as it stands there. */
class ExampleTest {
  private static final Pattern JAVA = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
  private static final Path PAGE = Path.of("..", "docs", "grpc.md");
  private static final Path EXAMPLE = Path.of("src/test/java/io/ringmaster/grpc/Example.java");

  @Test
  void theDocumentedExampleIsTheOneThatRuns() throws IOException {
    Matcher documented = JAVA.matcher(Files.readString(PAGE));
    assertTrue(documented.find(), "the page has no example");
    String running = Files.readString(EXAMPLE).replaceAll("\\s+", " ");
    assertTrue(
        running.contains(documented.group(1).strip().replaceAll("\\s+", " ")),
        "the page has another example than " + EXAMPLE);
  }

  @Test
  void itRuns() throws IOException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (World world = new World();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      world.create(
          "hello",
          FunctionCode.inJvm(
              (event, response) ->
                  response.write("\"Hello, " + event.text().split("\"")[3] + "\"")));
      PrintStream before = System.out;
      System.setOut(out);
      try {
        Example.run(world.ingress.address().getPort());
      } finally {
        System.setOut(before);
      }
    }
    assertEquals("\"Hello, world\"\n\"Hello, 99\"\n", printed.toString(StandardCharsets.UTF_8));
  }
}
