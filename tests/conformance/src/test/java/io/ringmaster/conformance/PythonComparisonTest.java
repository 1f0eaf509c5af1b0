package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The same handlers through our Python bootstrap and through AWS's client, by the same interpreter:
 * the same answers, but for what the page on differences argues.
 */
@Tag("built")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PythonComparisonTest {
  private static final Path HANDLERS =
      Path.of("src", "test", "handlers", "python", "handlers.py").toAbsolutePath();
  private static final Pattern CASE =
      Pattern.compile("^# (.*)\n(?:async )?def ([a-z_]+)\\(event, context\\)", Pattern.MULTILINE);

  /** Where only the kind of the answer is the same; argued in tools/docs/differences.md. */
  private static final Set<String> DIFFERENT = Set.of("too_deep", "recursion", "not_callable");

  private static final Pattern ERROR_TYPE = Pattern.compile("\"errorType\": \"([^\"]*)\"");

  private Engine engine;
  private Path theirs;
  private Path ours;
  private String runtime;

  @BeforeAll
  void open() throws IOException {
    List<String> missing = Client.PYTHON.missing();
    if (!missing.isEmpty()) {
      Files.writeString(
          Files.createDirectories(Path.of("target", "not-run")).resolve("comparison.python.txt"),
          "comparison.python\tnot installed: " + String.join(", ", missing) + "\n");
      assumeTrue(false, "not installed: " + missing);
    }
    theirs = Tools.folder("python", "comparison");
    Client.PYTHON.build(theirs);
    Files.copy(HANDLERS, theirs.resolve("handlers.py"));
    ours = Tools.folder("python", "own");
    Files.copy(HANDLERS, ours.resolve("handlers.py"));
    Path python = Tools.interpreter("python3", "-c", "import sys; print(sys.executable)");
    runtime =
        "python"
            + Tools.run(
                    ours,
                    Map.of(),
                    python.toString(),
                    "-c",
                    "import sys; print('%d.%d' % sys.version_info[:2])")
                .strip();
    engine = Engine.open(EngineConfig.builder().environmentsMax(4).genericSandboxes(1).build());
  }

  @AfterAll
  void close() {
    if (engine != null) {
      engine.close();
    }
  }

  private static Map<String, String> cases() throws IOException {
    Map<String, String> cases = new LinkedHashMap<>();
    Matcher found = CASE.matcher(Files.readString(HANDLERS));
    while (found.find()) {
      cases.put(found.group(2), found.group(1));
    }
    cases.put("not_callable", "{}");
    return cases;
  }

  @Test
  void thereAreFortyOfThem() throws IOException {
    assertTrue(cases().size() >= 40, "too few");
  }

  @TestFactory
  Stream<DynamicTest> handlers() throws IOException {
    return cases().entrySet().stream()
        .map(each -> dynamicTest(each.getKey(), () -> compare(each.getKey(), each.getValue())));
  }

  private void compare(String handler, String event) {
    String name = "compared-" + handler.replace('_', '-');
    String wanted = answer(name, "provided.al2023", theirs, handler, event);
    String got = answer(name, runtime, ours, handler, event);
    if (DIFFERENT.contains(handler)) {
      assertNotEquals(wanted, got, "no difference any more: take it off the list and the page");
      assertEquals(errorType(wanted), errorType(got));
    } else {
      assertEquals(wanted, got);
    }
  }

  private static String errorType(String answer) {
    Matcher found = ERROR_TYPE.matcher(answer);
    assertTrue(found.find(), answer);
    return found.group(1);
  }

  /** What the caller gets, without what differs from call to call. */
  private String answer(String name, String by, Path code, String handler, String event) {
    engine
        .functions()
        .create(
            FunctionSpec.named(name)
                .runtime(by)
                .handler("handlers." + handler)
                .memoryMb(512)
                .timeoutSeconds(30)
                .code(FunctionCode.folder(code))
                .build());
    try {
      InvocationResult result = engine.invoke(InvokeRequest.of(name, event));
      return (result.statusCode() + " " + result.functionError() + " " + result.payloadText())
          .replace(result.requestId(), "REQUEST-ID")
          .replaceAll("/[^\"\\\\ ]*/code/[^/\"\\\\]*", "CODE");
    } finally {
      engine.functions().delete(name);
    }
  }
}
