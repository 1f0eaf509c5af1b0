package io.ringmaster.behaviours;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.behaviours.Cell.Exchange;
import io.ringmaster.sandbox.linux.runtimes.ChannelChoice;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every row by every runtime, on a real engine. */
class BehaviourTableTest {
  private static final List<String> FAMILIES =
      List.of("python", "node", "java", "ruby", "provided");
  private static final List<String> RESOURCES =
      List.of(
          "features.txt",
          "failures.txt",
          "init.txt",
          "loading.txt",
          "payloads.txt",
          "invocations.txt",
          "logs.txt");

  /** A line of a log that stands for any number of lines. */
  private static final String ANY_LINES = "{lines}";

  private static final int FUNCTION_NAME_MAX = 64;
  private static final String DEFAULT_INIT_TIMEOUT_MS = "10000";

  @TempDir static Path packages;

  @Test
  void everyRowHasACellForEveryRuntimeOrSaysWhyNot() {
    Map<String, Set<String>> runtimes = new LinkedHashMap<>();
    for (Cell cell : cells()) {
      assertTrue(FAMILIES.contains(cell.runtime()), cell::toString);
      assertTrue(
          runtimes.computeIfAbsent(cell.row(), row -> new TreeSet<>()).add(cell.runtime()),
          () -> "twice: " + cell);
      assertEquals(cell.absence() == null, !cell.exchanges().isEmpty(), cell::toString);
      assertTrue(cell.absence() == null || cell.absence().length() > 10, cell::toString);
    }
    runtimes.forEach((row, found) -> assertEquals(new TreeSet<>(FAMILIES), found, row));
  }

  @TestFactory
  Stream<DynamicNode> table() throws IOException {
    Set<String> present = present();
    Map<String, List<Cell>> byInitTimeout =
        cells().stream()
            .filter(cell -> cell.absence() == null && present.contains(cell.runtime()))
            .collect(
                Collectors.groupingBy(
                    cell -> cell.option("init-timeout", DEFAULT_INIT_TIMEOUT_MS),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return byInitTimeout.entrySet().stream()
        .flatMap(entry -> containers(Long.parseLong(entry.getKey()), entry.getValue()));
  }

  /** Each runtime that can map memory runs by either channel. */
  private static Stream<DynamicNode> containers(long initTimeoutMs, List<Cell> cells) {
    List<Cell> mapping =
        cells.stream().filter(cell -> ChannelChoice.SEGMENT.segment(cell.runtime())).toList();
    List<DynamicNode> containers = new ArrayList<>();
    containers.add(container(initTimeoutMs, EngineConfig.Channel.INLINE, cells));
    if (!mapping.isEmpty()) {
      containers.add(container(initTimeoutMs, EngineConfig.Channel.SEGMENT, mapping));
    }
    return containers.stream();
  }

  private static DynamicNode container(
      long initTimeoutMs, EngineConfig.Channel channel, List<Cell> cells) {
    return DynamicContainer.dynamicContainer(
        channel + ", init time-out " + initTimeoutMs + " ms", tests(initTimeoutMs, channel, cells));
  }

  /** The tests of one engine, which the last of them closes. */
  private static Stream<DynamicNode> tests(
      long initTimeoutMs, EngineConfig.Channel channel, List<Cell> cells) {
    Engine[] engine = new Engine[1];
    List<DynamicNode> tests = new ArrayList<>();
    tests.add(
        dynamicTest(
            "the engine opens",
            () ->
                engine[0] =
                    Engine.open(
                        EngineConfig.builder()
                            .environmentsMax(8)
                            .genericSandboxes(1)
                            .channel(channel)
                            .initTimeout(Duration.ofMillis(initTimeoutMs))
                            .build())));
    for (Cell cell : cells) {
      tests.add(dynamicTest(cell.toString(), () -> check(engine[0], cell)));
    }
    tests.add(dynamicTest("the engine closes", () -> engine[0].close()));
    return tests.stream();
  }

  private static List<Cell> cells() {
    return RESOURCES.stream().flatMap(resource -> RowReader.read(resource).stream()).toList();
  }

  /** Families with an interpreter here; the others stand in the report of what did not run. */
  private static Set<String> present() throws IOException {
    Set<String> present = new TreeSet<>();
    List<String> absent = new ArrayList<>();
    for (String family : FAMILIES) {
      var match = Runtimes.findFor(Deployment.runtime(family), RuntimeSettings.NONE);
      if (match.interpreter() == null) {
        absent.add("behaviours." + family + "\t" + match.reason());
      } else {
        present.add(family);
      }
    }
    Files.write(
        Files.createDirectories(Path.of("target", "not-run")).resolve("behaviours.txt"), absent);
    return present;
  }

  /** A function's name: the row's words as far as they fit, and the runtime. */
  private static String name(Cell cell) {
    String words = cell.row().replaceAll("[^a-zA-Z0-9]+", "-");
    int room = FUNCTION_NAME_MAX - 1 - cell.runtime().length();
    return words.substring(0, Math.min(room, words.length())) + "-" + cell.runtime();
  }

  private static void check(Engine engine, Cell cell) throws IOException {
    String name = name(cell);
    Path folder = Files.createDirectories(packages.resolve(name));
    FunctionSpec spec = Deployment.function(name, cell, folder);
    engine.functions().create(spec);
    try {
      for (int i = 0; i < cell.exchanges().size(); i++) {
        check(engine, cell, name, i);
      }
    } finally {
      engine.functions().delete(name);
    }
  }

  private static void check(Engine engine, Cell cell, String name, int index) {
    Exchange exchange = cell.exchanges().get(index);
    InvokeRequest request = InvokeRequest.of(name, exchange.event()).withLogTail();
    String trace = cell.option("trace", null);
    if (trace != null) {
      request = request.withTraceHeader(trace);
    }
    String clientContext = cell.option("client-context", null);
    if (clientContext != null) {
      request = request.withClientContext(clientContext);
    }
    InvocationResult result = engine.invoke(request);
    String kind =
        result.refusal() != null
            ? "refused"
            : result.functionError() != null ? "error" : "response";
    String answer =
        result.refusal() != null
            ? result.refusal().code() + ": " + result.refusal().message()
            : result.payloadText();
    String where = cell + ", invocation " + (index + 1) + ":\n" + shown(kind, answer, result);
    assertEquals(exchange.kind(), kind, where);
    assertTrue(
        Pattern.matches(exchange.answer(), answer, result.requestId()),
        () -> where + "\nwanted\n" + exchange.answer());
    if (exchange.log() != null) {
      checkLog(exchange.log(), result, where);
    }
  }

  private static void checkLog(List<String> wanted, InvocationResult result, String where) {
    List<String> lines = List.of(result.logTail().split("\n"));
    assertTrue(
        linesMatch(wanted, lines, result.requestId()),
        () -> where + "\nwanted\n" + String.join("\n", wanted));
  }

  private static boolean linesMatch(List<String> wanted, List<String> lines, String requestId) {
    if (wanted.isEmpty()) {
      return lines.isEmpty();
    }
    List<String> others = wanted.subList(1, wanted.size());
    if (wanted.getFirst().equals(ANY_LINES)) {
      return IntStream.rangeClosed(0, lines.size())
          .anyMatch(from -> linesMatch(others, lines.subList(from, lines.size()), requestId));
    }
    return !lines.isEmpty()
        && Pattern.matches(wanted.getFirst(), lines.getFirst(), requestId)
        && linesMatch(others, lines.subList(1, lines.size()), requestId);
  }

  private static String shown(String kind, String answer, InvocationResult result) {
    String text = answer.length() > 2000 ? answer.substring(0, 2000) + "…" : answer;
    return kind + "\n" + text + "\n" + (result.logTail() == null ? "" : result.logTail());
  }
}
