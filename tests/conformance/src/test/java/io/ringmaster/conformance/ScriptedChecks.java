package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** The life of a function as one of AWS's clients sees it; each step of its script is a test. */
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ScriptedChecks {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path NOT_RUN = Path.of("target", "not-run");

  private final String client;
  private final String[] programs;

  ScriptedChecks(String client, String... programs) {
    this.client = client;
    this.programs = programs;
  }

  /** Fetches the client. Answers the command that runs its script, but for the last arguments. */
  abstract List<String> command(Path folder) throws IOException;

  /** Of the process that runs the script, besides what every client is told. */
  Map<String, String> environment(Path folder) {
    return Map.of();
  }

  @TestFactory
  Stream<DynamicTest> steps() throws IOException {
    List<String> missing = Tools.missing(programs);
    if (!missing.isEmpty()) {
      tell("conformance.server." + client, "not installed: " + String.join(", ", missing));
      assumeTrue(false, "not installed: " + missing);
    }
    Path folder = Tools.existing("server", client);
    List<String> command = new ArrayList<>(command(folder));
    Packages packages = Packages.build();
    command.addAll(List.of(packages.folder().toString(), "life-" + client));
    List<JsonNode> outcomes = new ArrayList<>();
    try (TestServer server = TestServer.open()) {
      Map<String, String> variables = new HashMap<>(server.environment());
      variables.putAll(environment(folder));
      String output = Tools.run(folder, variables, command.toArray(String[]::new));
      for (String line : output.lines().toList()) {
        if (line.startsWith("{\"client\"")) {
          outcomes.add(JSON.readTree(line));
        }
      }
    }
    return Stream.concat(
        outcomes.stream().map(this::test),
        Stream.of(DynamicTest.dynamicTest("the table's steps", () -> compare(outcomes))));
  }

  private DynamicTest test(JsonNode outcome) {
    String step = outcome.get("step").asText();
    return DynamicTest.dynamicTest(
        step,
        () -> {
          String detail = outcome.get("detail").asText();
          if (outcome.has("absent")) {
            tell("conformance.server." + client + "." + step, detail);
            return;
          }
          assertTrue(outcome.get("ok").asBoolean(), detail);
        });
  }

  /** Each step that the table names is one of the script, and calls what it is named for. */
  private static void compare(List<JsonNode> outcomes) throws IOException {
    Map<String, Set<String>> called = new HashMap<>();
    for (JsonNode outcome : outcomes) {
      Set<String> operations =
          called.computeIfAbsent(outcome.get("step").asText(), key -> new HashSet<>());
      outcome.get("operations").forEach(operation -> operations.add(operation.asText()));
      if (outcome.has("absent")) {
        operations.add("InvokeWithResponseStream");
      }
    }
    assertEquals(Set.of(), uncalled(called));
  }

  /** The table's operations that the step which they name did not call. */
  static Set<String> uncalled(Map<String, Set<String>> called) throws IOException {
    Set<String> uncalled = new TreeSet<>();
    for (OperationTable.Row row : OperationTable.read().rows()) {
      if (row.served() && !called.getOrDefault(row.step(), Set.of()).contains(row.operation())) {
        uncalled.add(row.operation() + " in " + row.step());
      }
    }
    return uncalled;
  }

  private static void tell(String id, String reason) throws IOException {
    Files.writeString(
        Files.createDirectories(NOT_RUN).resolve(id + ".txt"), id + "\t" + reason + "\n");
  }
}
