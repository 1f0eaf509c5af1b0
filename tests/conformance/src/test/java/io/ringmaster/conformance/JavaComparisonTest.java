package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.amazonaws.services.lambda.runtime.Context;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;

/**
 * Against AWS's Java client, on the same JVM: the rows of our own table of Java behaviours, which
 * was made from that client's answers.
 */
@Tag("built")
class JavaComparisonTest extends ComparisonChecks {
  private static final Path BEHAVIOURS =
      Path.of("..", "..", "sandbox-pool", "bootstraps", "src", "test", "resources");
  private static final List<String> TABLES =
      List.of("answers", "errors", "loading", "logging", "signatures");

  private static final Pattern JVM_ELEMENT = Pattern.compile(",?\"java\\.base/[^\"]*\"");
  private static final Pattern LOG_STREAM =
      Pattern.compile("\\d{4}/\\d\\d/\\d\\d/\\[\\$LATEST][0-9a-f]{32}");
  private static final Pattern ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private static final String RECORD =
      "200 Unhandled \\{\"errorMessage\":\"An error occurred during JSON"
          + " parsing\",\"errorType\":\"java.lang.RuntimeException\",\"stackTrace\":\\[]}";

  private static final Difference CONTEXT =
      Difference.word(
          "com.amazonaws.services.lambda.runtime.api.client.api.LambdaContext",
          "io.ringmaster.runtime.InvocationContext");

  /** Argued in tools/docs/differences.md. */
  private static final Map<String, Difference> DIFFERENCES =
      Map.of(
          "cases.Cases::rec",
          new Difference(RECORD, "200 null \\{\"x\":1,\"label\":\"l\"}"),
          "cases.Cases$Derived",
          new Difference(RECORD, "200 null \\{\"x\":2,\"label\":\"l\"}"),
          "cases.Cases::ctx",
          CONTEXT,
          "cases.Cases::ctx from a mobile client",
          CONTEXT);

  JavaComparisonTest() {
    super(Client.JAVA, DIFFERENCES);
  }

  @Override
  void addHandlers(Path code) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "-nowarn", "-g"));
    arguments.addAll(List.of("--release", "17", "-d", code.toString(), "-cp", core().toString()));
    Path sources = Tools.folder("java", "sources");
    for (String name : List.of("Cases", "Sig")) {
      Path source = sources.resolve(name + ".java");
      Tools.copy(BEHAVIOURS.resolve("functions/java/cases/" + name + ".java.txt"), source);
      arguments.add(source.toString());
    }
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, messages, messages, arguments.toArray(String[]::new));
    assertEquals(0, status, () -> messages.toString(StandardCharsets.UTF_8));
  }

  private static Path core() {
    try {
      return Path.of(Context.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  String runtime() {
    return "java25";
  }

  /** Of each row its handler and its events, but those of no JSON: the engine lets none through. */
  @Override
  List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (String table : TABLES) {
      String text = Files.readString(BEHAVIOURS.resolve("behaviours/java/" + table + ".txt"));
      for (String row : text.split("(?m)^=== ")) {
        List<String> events = values(row, "event");
        if (!row.isEmpty() && events.stream().noneMatch(event -> event.startsWith("anything"))) {
          cases.add(
              new Case(
                  row.lines().findFirst().orElseThrow(),
                  values(row, "handler").getFirst(),
                  events.isEmpty() ? List.of("{}") : events,
                  null,
                  null));
        }
      }
    }
    cases.removeIf(each -> each.handler().isEmpty()); // no function can be made without one
    return cases;
  }

  private static List<String> values(String row, String option) {
    return row.lines()
        .filter(line -> line.startsWith("--- " + option + " "))
        .map(line -> line.substring(option.length() + 5).replace("\\\\", "\\"))
        .toList();
  }

  @Override
  boolean comparesLogs() {
    return false; // AWS's client writes them unframed; our table holds ours
  }

  @Override
  String normal(String answer) {
    String normal = JVM_ELEMENT.matcher(answer).replaceAll("").replace("[,", "[");
    normal = LOG_STREAM.matcher(normal).replaceAll("LOG-STREAM");
    return ID.matcher(normal).replaceAll("ID");
  }
}
