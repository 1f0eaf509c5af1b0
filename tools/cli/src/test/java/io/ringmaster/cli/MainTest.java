package io.ringmaster.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.ringmaster.cli.demo.DemoCommand;
import io.ringmaster.cli.output.ExitStatus;
import io.ringmaster.cli.output.Output;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
  static final Iterable<String> LATER = Main.LATER;

  private final PrintStream standardOutput = System.out;
  private final PrintStream standardError = System.err;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void release() {
    System.setOut(standardOutput);
    System.setErr(standardError);
  }

  @ParameterizedTest
  @FieldSource("LATER")
  void aCommandOfALaterReleaseSaysSo(String command) {
    assertEquals(ExitStatus.USAGE, Main.execute(command));
    assertTrue(error.toString(StandardCharsets.UTF_8).contains(command + ": not yet available"));
  }

  @Test
  void noCommandIsWrongUsage() {
    assertEquals(ExitStatus.USAGE, Main.execute());
    assertTrue(error.toString(StandardCharsets.UTF_8).contains("say which command"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--runs=-1", "--invocations=-1", "--faults=meteor", "--seed=x"})
  void wrongOptionsOfTheSimulatorAreWrongUsage(String option) {
    assertEquals(ExitStatus.USAGE, Main.execute("simulate", option));
    assertEquals("", output.toString(StandardCharsets.UTF_8));
  }

  @Test
  void aBenchmarkThatIsNotThereIsWrongUsage() {
    assertEquals(
        ExitStatus.USAGE, Main.execute("bench", "--only=dispatch.turn,nonsense", "--json"));
    assertEquals("", output.toString(StandardCharsets.UTF_8));
    assertTrue(error.toString(StandardCharsets.UTF_8).contains("no benchmark nonsense"));
  }

  @Test
  void equalSimulationsGiveEqualDocumentsButForTheirSpeed() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode[] documents = new ObjectNode[2];
    for (int i = 0; i < documents.length; i++) {
      assertEquals(
          ExitStatus.OK,
          Main.execute("simulate", "--seed=7", "--runs=1", "--invocations=2000", "--json"),
          () -> error.toString(StandardCharsets.UTF_8));
      documents[i] = (ObjectNode) mapper.readTree(output.toByteArray());
      output.reset();
      System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    }
    assertEquals("ringmaster.simulate/1", documents[0].get("schema").asText());
    assertTrue(documents[0].get("invocations").asLong() >= 2000, documents[0]::toString);
    assertTrue(documents[0].get("steps").asLong() > 0, documents[0]::toString);
    assertEquals(0, documents[0].get("violations").size());
    assertTrue(documents[0].remove("perSecond").asDouble() > 0);
    assertTrue(documents[1].remove("perSecond").asDouble() > 0);
    assertEquals(documents[0], documents[1]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--seconds=0", "--seconds=x", "--require=cobol", "--unknown"})
  void wrongOptionsAreWrongUsage(String option) {
    assertEquals(ExitStatus.USAGE, Main.execute("demo", option));
    assertEquals("", output.toString(StandardCharsets.UTF_8));
  }

  @Test
  void helpIsForEveryCommand() {
    assertEquals(ExitStatus.OK, Main.execute("--help"));
    assertEquals(ExitStatus.OK, Main.execute("demo", "--help"));
    String text = output.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("Exit status:"), text);
    assertTrue(text.contains("--require"), text);
  }

  @Test
  void anOptionIsAlsoAnEnvironmentVariable() {
    CommandLine line = new CommandLine(new DemoCommand());
    line.setDefaultValueProvider(
        new EnvironmentDefaults(Map.of("RINGMASTER_SECONDS", "3.5", "RINGMASTER_JSON", "true")));
    line.parseArgs("--seconds", "2");
    assertEquals(2.0, (double) line.getCommandSpec().findOption("--seconds").getValue());
    assertEquals(true, line.getCommandSpec().findOption("--json").getValue());
    line.parseArgs();
    assertEquals(3.5, (double) line.getCommandSpec().findOption("--seconds").getValue());
  }

  @Test
  void theReferencePageIsTheOneInTheDocumentation() throws Exception {
    Path page = Path.of("../docs/commands.md");
    assertEquals(
        Files.readString(page),
        ReferenceCommand.page(Main.commandLine()),
        "write it again: ./ringmaster reference > tools/docs/commands.md");
  }

  @Test
  void theConfigurationPageIsTheOneInTheDocumentation() throws Exception {
    assertEquals(
        Files.readString(Path.of("../docs/configuration.md")),
        ReferenceCommand.configurationPage(),
        "write it again: ./ringmaster reference configuration > tools/docs/configuration.md");
  }

  /** What went wrong is told in a line, without a stack trace, and is not wrong usage. */
  @Test
  void aFileThatIsNotThereIsTold() {
    assertEquals(ExitStatus.CHECK_FAILED, Main.execute("invoke", "any", "@/no/such/file"));
    String text = error.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("NoSuchFileException: /no/such/file"), text);
    assertEquals(1, text.lines().count(), text);
  }

  @Test
  void theCompletionScriptKnowsCommandsAndOptions() {
    assertEquals(ExitStatus.OK, Main.execute("completion"));
    String script = output.toString(StandardCharsets.UTF_8);
    assertTrue(script.contains("serve") && script.contains("--state-pending-min"), script);
  }

  @Test
  void doctorSaysWhatTheMachineCanDo() throws Exception {
    assertEquals(ExitStatus.OK, Main.execute("doctor", "--json"));
    JsonNode document = new ObjectMapper().readTree(output.toByteArray());
    assertEquals("ringmaster.doctor/1", document.get("schema").asText());
    List<String> names = new ArrayList<>();
    document.fieldNames().forEachRemaining(names::add);
    assertEquals(
        List.of(
            "schema",
            "kernel",
            "arch",
            "cpus",
            "memoryBytes",
            "cgroup",
            "levels",
            "chosen",
            "runtimes",
            "features",
            "jvmFlagsMissing"),
        names);
    assertTrue(document.get("arch").asText().matches("x86_64|arm64"));
    assertTrue(document.get("memoryBytes").asLong() > 1L << 28, document::toString);
    assertTrue(document.get("cgroup").asText().matches("v1|v2|hybrid|none"));
    List<String> levels = new ArrayList<>();
    document.get("levels").forEach(level -> levels.add(level.get("level").asText()));
    assertEquals(List.of("L1", "L2", "L3", "L4"), levels);
    assertEquals("L1", document.get("chosen").get("python").asText());
    assertEquals("L1", document.get("chosen").get("provided").asText());
    JsonNode journal = document.get("features").get("asyncJournal");
    assertEquals(true, journal.get("available").asBoolean());
    List<String> found = new ArrayList<>();
    for (JsonNode runtime : document.get("runtimes")) {
      String id = runtime.get("id").asText();
      boolean available = runtime.get("available").asBoolean();
      boolean program = available && !id.startsWith("provided");
      assertEquals(program, runtime.get("path").isTextual(), runtime::toString);
      assertEquals(program, runtime.get("version").isTextual(), runtime::toString);
      assertEquals(available, runtime.get("match").isTextual(), runtime::toString);
      assertEquals(
          runtime.get("match").asText().equals("exact"),
          runtime.get("reason").asText().isEmpty(),
          runtime::toString);
      if (available) {
        found.add(id.replaceFirst("[0-9.].*", "").replace("nodejs", "node"));
      }
    }
    assertTrue(found.containsAll(List.of("python", "java", "provided")), found::toString);
    document
        .get("chosen")
        .properties()
        .forEach(
            chosen -> assertEquals(found.contains(chosen.getKey()), chosen.getValue().isTextual()));
    assertEquals(0, document.get("jvmFlagsMissing").size(), document::toString);
  }

  @Test
  void aDocumentStandsAloneOnStandardOutput() throws Exception {
    Output command = Output.open(true);
    command.progress("for people");
    command.line("for people too");
    System.out.println("a library's line");
    command.document("ringmaster.test/1", out -> out.writeNumberField("answer", 42));
    JsonNode document = new ObjectMapper().readTree(output.toByteArray());
    assertEquals("ringmaster.test/1", document.get("schema").asText());
    assertEquals(42, document.get("answer").asInt());
    String people = error.toString(StandardCharsets.UTF_8);
    assertTrue(people.contains("for people too") && people.contains("a library's line"), people);
  }
}
