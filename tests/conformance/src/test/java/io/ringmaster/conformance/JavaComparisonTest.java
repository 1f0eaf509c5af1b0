package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.amazonaws.services.lambda.runtime.Context;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The same handlers and events through AWS's Java client and through the own Java runtime, on the
 * same JVM: the same answers. Where they differ is written down in {@code
 * tools/docs/differences.md}.
 */
@Tag("built")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaComparisonTest {
  private static final Path BEHAVIOURS =
      Path.of("..", "..", "sandbox-pool", "bootstraps", "src", "test", "resources");
  private static final List<String> TABLES =
      List.of("answers", "errors", "loading", "logging", "signatures");

  /** Records are events here, and are none there; and each client has a Context of its own. */
  private static final Set<String> DIFFERENT =
      Set.of("cases.Cases::rec", "cases.Cases$Derived", "cases.Cases::ctx");

  private static final Pattern JVM_ELEMENT = Pattern.compile(",?\"java\\.base/[^\"]*\"");
  private static final Pattern ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private record Row(String handler, List<String> events) {}

  private Engine engine;
  private Path theirs;
  private Path ours;

  @BeforeAll
  void open() throws Exception {
    theirs = Tools.folder("java-comparison", "theirs");
    ours = Tools.folder("java-comparison", "ours");
    Client.JAVA.build(theirs);
    for (Path target : List.of(theirs, ours)) {
      compile(target);
    }
    engine = Engine.open(EngineConfig.builder().environmentsMax(4).genericSandboxes(1).build());
  }

  @AfterAll
  void close() {
    if (engine != null) {
      engine.close();
    }
  }

  private static void compile(Path target) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "-nowarn", "-g"));
    arguments.addAll(List.of("--release", "17", "-d", target.toString(), "-cp"));
    arguments.add(
        Path.of(Context.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString());
    Path sources = Tools.folder("java-comparison", "sources");
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

  private static List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    boolean text = true;
    for (String line : lines()) {
      if (line.startsWith("--- handler")) {
        rows.add(new Row(line.substring("--- handler".length()).strip(), new ArrayList<>()));
        text = true;
      } else if (line.startsWith("--- format") || line.startsWith("--- level")) {
        text = false; // answers do not depend on it
      } else if (line.startsWith("--- event ") && text) {
        rows.getLast().events().add(line.substring("--- event ".length()).replace("\\\\", "\\"));
      }
    }
    return rows.stream()
        .filter(row -> !row.handler().isEmpty() && !DIFFERENT.contains(row.handler()))
        .filter(row -> row.events().stream().noneMatch(JavaComparisonTest::isNoJson))
        .toList();
  }

  private static List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (String table : TABLES) {
      lines.addAll(Files.readAllLines(BEHAVIOURS.resolve("behaviours/java/" + table + ".txt")));
    }
    return lines;
  }

  /** The engine, like Lambda, lets no event through that is no JSON. */
  private static boolean isNoJson(String event) {
    return event.startsWith("anything");
  }

  @TestFactory
  Stream<DynamicTest> theSameAnswers() throws IOException {
    List<Row> rows = rows();
    assertTrue(rows.size() >= 40, rows.size() + " handlers");
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      int number = i;
      tests.add(dynamicTest(row.handler(), () -> compare(row, number)));
    }
    return tests.stream();
  }

  private void compare(Row row, int number) {
    List<String> events = row.events().isEmpty() ? List.of("{}") : row.events();
    List<String> expected = answers("theirs" + number, "provided.al2023", theirs, row, events);
    List<String> actual = answers("ours" + number, "java25", ours, row, events);
    assertEquals(String.join("\n", expected), String.join("\n", actual));
  }

  private List<String> answers(
      String name, String runtime, Path code, Row row, List<String> events) {
    engine
        .functions()
        .create(
            FunctionSpec.named(name)
                .runtime(runtime)
                .handler(row.handler())
                .memoryMb(512)
                .timeoutSeconds(30)
                .code(FunctionCode.folder(code))
                .build());
    List<String> answers = new ArrayList<>();
    for (String event : events) {
      InvocationResult result = engine.invoke(InvokeRequest.of(name, event));
      String text = result.payloadText().replace(name, "NAME");
      text = JVM_ELEMENT.matcher(text).replaceAll("").replace("[,", "[");
      answers.add(result.functionError() + " " + ID.matcher(text).replaceAll("ID"));
    }
    engine.functions().delete(name);
    return answers;
  }
}
