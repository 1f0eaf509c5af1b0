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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The same handlers and events through AWS's client and through our bootstrap, by the same
 * interpreter: the same answers. Where they differ, both answers are written down in the test, and
 * the difference is argued in {@code tools/docs/differences.md}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ComparisonChecks {
  private static final int HANDLERS_MIN = 40;
  private static final Pattern PLATFORM_LINE =
      Pattern.compile(
          "(START|END|REPORT|INIT_START|INIT_REPORT|XRAY)"
              + " .*|\\{\"time\":\"[^\"]*\",\"type\":\"platform\\..*");

  /** By the command that starts one of AWS's clients outside Lambda. */
  private static final Pattern STARTER_LINE =
      Pattern.compile("Executing '[^']*' in function directory '.*'");

  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
  private static final Pattern CODE = Pattern.compile("/[^\"'\\\\\\s]*/code/[^/\"'\\\\\\s]*");

  /**
   * One handler and its events.
   *
   * @param name for the reader
   * @param format {@code JSON}, or null for text
   * @param level of the application's log; null: none set
   */
  record Case(String name, String handler, List<String> events, String format, String level) {
    Case(String name, String handler, String event) {
      this(name, handler, List.of(event), null, null);
    }
  }

  /**
   * What each side says, exactly: regular expressions over the whole answers, or a word of theirs
   * in whose place stands one of ours.
   */
  record Difference(String theirs, String ours, boolean isWord) {
    Difference(String theirs, String ours) {
      this(theirs, ours, false);
    }

    static Difference word(String theirs, String ours) {
      return new Difference(theirs, ours, true);
    }
  }

  private final Client client;
  private final Map<String, Difference> differences;
  private Engine engine;
  private Path theirs;
  private Path ours;
  private String runtime;

  ComparisonChecks(Client client, Map<String, Difference> differences) {
    this.client = client;
    this.differences = differences;
  }

  /** Adds the handlers to a folder, be it that of AWS's client or the own one. */
  abstract void addHandlers(Path code) throws IOException;

  /** The identifier that brings the interpreter which the client runs on, too. */
  abstract String runtime() throws IOException;

  abstract List<Case> cases() throws IOException;

  boolean comparesLogs() {
    return true;
  }

  /** Without what differs from run to run, or by what the page on differences says. */
  String normal(String answer) {
    return answer;
  }

  @BeforeAll
  void open() throws IOException {
    String language = client.name().toLowerCase(Locale.ROOT);
    List<String> missing = client.missing();
    if (!missing.isEmpty()) {
      String id = "comparison." + language;
      Files.writeString(
          Files.createDirectories(Path.of("target", "not-run")).resolve(id + ".txt"),
          id + "\tnot installed: " + String.join(", ", missing) + "\n");
      assumeTrue(false, "not installed: " + missing);
    }
    theirs = Tools.folder(language, "theirs");
    client.install(theirs);
    ours = Tools.folder(language, "ours");
    addHandlers(theirs);
    addHandlers(ours);
    runtime = runtime();
    EngineConfig.Builder config = EngineConfig.builder().environmentsMax(4).genericSandboxes(1);
    if (client.interpreters() != null) {
      config.runtimesFolder(client.interpreters());
    }
    engine = Engine.open(config.build());
  }

  @AfterAll
  void close() {
    if (engine != null) {
      engine.close();
    }
  }

  @Test
  void thereAreFortyOfThem() throws IOException {
    List<String> names = cases().stream().map(Case::name).toList();
    assertTrue(names.size() >= HANDLERS_MIN, names::toString);
    assertEquals(List.copyOf(names), names.stream().distinct().toList());
    assertTrue(names.containsAll(differences.keySet()), "a difference without its handler");
  }

  @TestFactory
  Stream<DynamicTest> theSameAnswers() throws IOException {
    return cases().stream().map(each -> dynamicTest(each.name(), () -> compare(each)));
  }

  private void compare(Case each) {
    String name = "compared-" + each.name().replaceAll("[^a-zA-Z0-9]+", "-");
    String wanted = answers(name, "provided.al2023", theirs, each);
    String got = answers(name, runtime, ours, each);
    Difference difference = differences.get(each.name());
    if (difference == null) {
      assertEquals(wanted, got);
      return;
    }
    assertNotEquals(wanted, got, "no difference any more: take it off the list and the page");
    if (difference.isWord()) {
      assertEquals(wanted.replace(difference.theirs(), difference.ours()), got);
    } else {
      assertMatches(difference.theirs(), wanted);
      assertMatches(difference.ours(), got);
    }
  }

  private static void assertMatches(String pattern, String answer) {
    if (!Pattern.compile(pattern, Pattern.DOTALL).matcher(answer).matches()) {
      assertEquals(pattern, answer);
    }
  }

  /** What the callers get and the log holds. */
  private String answers(String name, String by, Path code, Case each) {
    FunctionSpec.Builder spec =
        FunctionSpec.named(name)
            .runtime(by)
            .handler(each.handler())
            .memoryMb(512)
            .timeoutSeconds(30)
            .code(FunctionCode.folder(code));
    if (each.format() != null) {
      spec.logFormat(each.format());
    }
    if (each.level() != null) {
      spec.applicationLogLevel(each.level());
    }
    engine.functions().create(spec.build());
    List<String> answers = new ArrayList<>();
    try {
      for (String event : each.events()) {
        InvocationResult result = engine.invoke(InvokeRequest.of(name, event).withLogTail());
        String all =
            result.statusCode() + " " + result.functionError() + " " + result.payloadText();
        all = CODE.matcher(all + (comparesLogs() ? log(result) : "")).replaceAll("CODE");
        answers.add(
            normal(TIME.matcher(all.replace(result.requestId(), "REQUEST-ID")).replaceAll("TIME")));
      }
    } finally {
      engine.functions().delete(name);
    }
    return String.join("\n", answers);
  }

  private static String log(InvocationResult result) {
    return result
        .logTail()
        .lines()
        .filter(line -> !PLATFORM_LINE.matcher(line).matches())
        .filter(line -> !STARTER_LINE.matcher(line).matches())
        .map(line -> "\n" + line)
        .collect(Collectors.joining());
  }

  /** The cases of a file in which an event stands as a comment above each handler. */
  static List<Case> annotated(Path file, Pattern pattern, String prefix) throws IOException {
    return pattern
        .matcher(Files.readString(file))
        .results()
        .map(
            found -> {
              String name = found.group(2);
              return new Case(
                  name,
                  prefix + name,
                  List.of(found.group(1)),
                  name.contains("json") ? "JSON" : null,
                  name.endsWith("_warn") ? "WARN" : null);
            })
        .toList();
  }
}
