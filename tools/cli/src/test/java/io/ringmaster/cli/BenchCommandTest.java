package io.ringmaster.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ringmaster.cli.output.ExitStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCommandTest {
  private static final String RUN =
      """
      {"schema":"ringmaster.bench/1","machine":{"cpu":"c","cpus":2,"arch":"amd64","memoryBytes":1,
       "kernel":"6","jdk":"25","loadAverage":0.1},"commit":"abc","results":[
       {"id":"dispatch.injvm","unit":"1/s","value":%1$s00,"ci95":[%1$s00,%1$s00],"samples":9,
        "floorId":"f","floorValue":100,"ratio":%1$s,"ratioCi95":[%1$s,%1$s],"target":1,
        "targetRelation":">=","met":true,"detail":""}],"absent":[]}
      """;

  private final PrintStream standardOutput = System.out;
  private final PrintStream standardError = System.err;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();

  @TempDir private Path folder;
  private Path now;
  private Path then;

  @BeforeEach
  void write() throws IOException {
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
    now = Files.writeString(folder.resolve("now.json"), String.format(RUN, "2"));
    then = Files.writeString(folder.resolve("then.json"), String.format(RUN, "4"));
  }

  @AfterEach
  void release() {
    System.setOut(standardOutput);
    System.setErr(standardError);
  }

  @Test
  void aRunIsComparedDrawnAndJudgedFromItsDocument() throws IOException {
    Path page = folder.resolve("page.html");
    assertEquals(
        ExitStatus.OK,
        Main.execute(
            "bench",
            "--replay=" + now,
            "--baseline=" + then,
            "--plot=" + page,
            "--check",
            "--json"),
        () -> error.toString(StandardCharsets.UTF_8));
    JsonNode document = new ObjectMapper().readTree(output.toByteArray());
    assertEquals("ringmaster.bench/1", document.path("schema").asText());
    JsonNode change = document.path("baseline").path("changes").path(0);
    assertEquals("dispatch.injvm", change.path("id").asText());
    assertEquals("worse", change.path("verdict").asText());
    assertEquals(0.5, change.path("factor").asDouble());
    assertTrue(Files.readString(page).contains(">dispatch.injvm</text>"));
  }

  @Test
  void aTargetThatIsMissedFailsTheCheckOnly() throws IOException {
    Files.writeString(now, String.format(RUN, "0.5"));
    assertEquals(ExitStatus.OK, Main.execute("bench", "--replay=" + now));
    assertEquals(ExitStatus.CHECK_FAILED, Main.execute("bench", "--replay=" + now, "--check"));
  }

  @Test
  void aDocumentThatIsNoneIsTold() throws IOException {
    Files.writeString(now, "{}");
    assertEquals(ExitStatus.CHECK_FAILED, Main.execute("bench", "--replay=" + now));
    assertTrue(error.toString(StandardCharsets.UTF_8).contains("is no document"));
  }

  @Test
  void loadOfAnEngineOfItsOwn() throws IOException {
    Path table = folder.resolve("table.hgrm");
    Path event = Files.writeString(folder.resolve("event.json"), "{\"--no-option\": [1, 2]}");
    assertEquals(
        ExitStatus.OK,
        Main.execute(
            "bench",
            "load",
            "--rate=500",
            "--seconds=0.2",
            "--warm-up=0.1",
            "--payload",
            "@" + event,
            "--hgrm=" + table,
            "--json"),
        () -> error.toString(StandardCharsets.UTF_8));
    JsonNode document = new ObjectMapper().readTree(output.toByteArray());
    assertEquals("ringmaster.load/1", document.path("schema").asText());
    assertEquals(100, document.path("due").asInt());
    assertTrue(Files.readString(table).contains("Percentile"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--rate=-1",
        "--seconds=0",
        "--in-flight=0",
        "--runtime=cobol",
        "--target=ftp://localhost:1",
        "--target=http://localhost",
        "--target=%"
      })
  void wrongOptionsOfTheLoadAreWrongUsage(String option) {
    assertEquals(ExitStatus.USAGE, Main.execute("bench", "load", option));
    assertEquals("", output.toString(StandardCharsets.UTF_8));
  }
}
