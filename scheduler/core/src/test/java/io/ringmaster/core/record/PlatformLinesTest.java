package io.ringmaster.core.record;

import static io.ringmaster.core.record.World.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.core.model.InvocationRecorder.InitStatus;
import io.ringmaster.core.model.InvocationRecorder.Outcome;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.core.model.SandboxState;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines around init, tracing and levels, as Lambda writes them. */
class PlatformLinesTest {
  private static final String INIT_START =
      "INIT_START Runtime Version: python:3.13.v1\tRuntime Version ARN:"
          + " arn:aws:lambda:us-east-1::runtime:";
  private static final String TIME = "{\"time\":\"2026-05-28T20:26:40.123Z\",\"type\":\"platform.";

  private final World world = new World();
  private final Sandbox sandbox = world.sandbox(7, World.version("hello", "$LATEST", "Text"));

  private Sandbox json(String applicationLevel, String systemLevel) {
    return world.sandbox(
        8, World.version("json", "$LATEST", "JSON", applicationLevel, systemLevel));
  }

  private static String start() {
    return "START RequestId: " + id(1) + " Version: $LATEST\n";
  }

  private static String report(String duration) {
    return "END RequestId: "
        + id(1)
        + "\nREPORT RequestId: "
        + id(1)
        + "\tDuration: "
        + duration
        + " ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t";
  }

  /** The log without its first line, which is INIT_START. */
  private String afterInitStart() {
    String log = world.log("hello");
    String first = log.substring(0, log.indexOf('\n'));
    assertTrue(first.startsWith(INIT_START), first);
    assertTrue(first.substring(INIT_START.length()).matches("[0-9a-f]{64}"), first);
    return log.substring(first.length() + 1);
  }

  private void initEnds(Sandbox of, InitStatus status, String errorType, long initNs) {
    world.records.initEnded(of, status, errorType, null, initNs, World.EPOCH_MS);
  }

  @Test
  void initStartIsTheFirstLineAndAnInitThatSucceedsHasNoOther() {
    world.records.initStarted(sandbox, World.EPOCH_MS);
    world.write(7, "loading\n", 0);
    initEnds(sandbox, InitStatus.SUCCESS, null, 1);
    world.turn();
    world.settle(world.start(sandbox, false), Outcome.SUCCESS, 0);
    assertEquals("loading\n" + start() + report("3.01") + "\n", afterInitStart());
  }

  @Test
  void outputOfInitPrecedesTheFirstStartHoweverLateItIsRead() {
    world.records.initStarted(sandbox, World.EPOCH_MS);
    initEnds(sandbox, InitStatus.SUCCESS, null, 1);
    PendingInvocation first = world.start(sandbox, true);
    world.write(7, "", 16);
    world.write(7, "loading\n", 40);
    world.write(7, "raw\n", 40);
    world.write(7, "", 56);
    world.write(7, "handling\n", 81);
    world.settle(first, Outcome.SUCCESS, 81);
    String lines = "loading\nraw\n" + start() + "handling\n" + report("3.01") + "\n";
    assertEquals(lines, afterInitStart());
    assertEquals(lines, first.logTail());
  }

  @Test
  void startIsWrittenWhileTheFirstInvocationRuns() {
    world.records.initStarted(sandbox, World.EPOCH_MS);
    initEnds(sandbox, InitStatus.SUCCESS, null, 1);
    world.start(sandbox, false);
    assertEquals(start(), afterInitStart());
  }

  @Test
  void aFailedInitIsReportedBeforeTheInvocationThatIsAnsweredWithIt() {
    world.records.initStarted(sandbox, World.EPOCH_MS);
    byte[] document =
        "{\"errorType\":\"Runtime.ImportModuleError\",\"errorMessage\":\"Unable to import\"}"
            .getBytes(StandardCharsets.UTF_8);
    world.initFails(sandbox, document, 137_690_000);
    PendingInvocation blamed = world.start(sandbox, true);
    blamed.coldStart = true;
    blamed.offeredNs = Long.MIN_VALUE;
    blamed.initNs = 95_000_000;
    world.write(7, "[ERROR] Runtime.ImportModuleError: …\n", 0);
    world.error(blamed, "Runtime.ImportModuleError", "Unable to import");
    blamed.errorType = "Runtime.InitError";
    world.settle(blamed, Outcome.FAILURE, 0);
    String lines =
        "[ERROR] Runtime.ImportModuleError: …\n"
            + "INIT_REPORT Init Duration: 137.69 ms\tPhase: init\tStatus: error\tError Type:"
            + " Runtime.ImportModuleError\n"
            + start()
            + report("98.01")
            + "Status: error\tError Type: Runtime.ImportModuleError\n";
    assertEquals(lines, afterInitStart());
    assertEquals(lines, blamed.logTail());
  }

  @Test
  void anInitTimeOutAndTheSecondInitInsideTheInvocation() {
    world.records.initStarted(sandbox, World.EPOCH_MS);
    world.write(7, "slow\n", 0);
    initEnds(sandbox, InitStatus.TIMEOUT, null, 9_999_470_000L);
    sandbox.state(SandboxState.RESETTING);
    sandbox.state(SandboxState.RESET);
    world.records.ended(sandbox);
    world.turn();
    sandbox.state(SandboxState.RESTARTING);
    world.records.initStarted(sandbox, World.EPOCH_MS);
    PendingInvocation invocation = world.start(sandbox, true);
    world.write(7, "slow again\n", 0);
    world.turn();
    initEnds(sandbox, InitStatus.TIMEOUT, null, 3_000_120_000L);
    world.error(invocation, "Sandbox.Timedout", "…");
    world.settle(invocation, Outcome.TIMEOUT, 0);
    assertEquals(
        "slow\nINIT_REPORT Init Duration: 9999.47 ms\tPhase: init\tStatus: timeout\n"
            + "slow again\nINIT_REPORT Init Duration: 3000.12 ms\tPhase: invoke\tStatus: timeout\n"
            + start()
            + "2026-05-28T20:26:40.126Z "
            + id(1)
            + " Task timed out after 3.00 seconds\n\n"
            + report("3000.00")
            + "Status: timeout\n",
        afterInitStart());
    assertTrue(invocation.logTail().startsWith("slow again\nINIT_REPORT"), invocation.logTail());
  }

  @Test
  void aRestartThatSucceedsIsPartOfTheDuration() {
    sandbox.state(SandboxState.RESETTING);
    sandbox.state(SandboxState.RESET);
    sandbox.state(SandboxState.RESTARTING);
    world.records.initStarted(sandbox, World.EPOCH_MS);
    PendingInvocation invocation = world.start(sandbox, false);
    world.write(7, "loading\n", 0);
    initEnds(sandbox, InitStatus.SUCCESS, null, 100_000_000);
    sandbox.readyNs = 5;
    invocation.offeredNs = 4;
    invocation.coldStart = true;
    invocation.initNs = 100_000_000;
    world.turn();
    world.settle(invocation, Outcome.SUCCESS, 0);
    assertEquals(start() + "loading\n" + report("103.01") + "\n", world.log("hello"));
  }

  @Test
  void aSampledTraceHasALineOfItsOwn() {
    String root = "1-5759e988-bd862e3fe1be46a994272793";
    PendingInvocation invocation = world.start(sandbox, false);
    invocation.traceHeader("Root=" + root + ";Parent=53995c3f42cd8ad8;Sampled=1");
    world.settle(invocation, Outcome.SUCCESS, 0);
    assertEquals(
        start()
            + report("3.01")
            + "\nXRAY TraceId: "
            + root
            + "\tSegmentId: 53995c3f42cd8ad8\tSampled: true\t\n",
        world.log("hello"));
  }

  @ParameterizedTest
  @CsvSource({
    "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0",
    "Root=1-5759e988-bd862e3fe1be46a994272793",
    "Sampled=1",
    "'Root=1-5759e988-bd862e3fe1be46a994272793\tX;Sampled=1'",
    "'Root=1-5759e988-bd862e3fe1be46a994272793\nREPORT;Sampled=1'"
  })
  void otherTraceHeadersShowNothing(String header) {
    PendingInvocation invocation = world.start(sandbox, false);
    invocation.traceHeader(header);
    world.settle(invocation, Outcome.SUCCESS, 0);
    assertEquals(start() + report("3.01") + "\n", world.log("hello"));
  }

  private String levels(String systemLevel, Outcome outcome, InitStatus init) {
    Sandbox of = json("", systemLevel);
    world.records.initStarted(of, World.EPOCH_MS);
    initEnds(of, init, init == InitStatus.ERROR ? "Runtime.ExitError" : null, 125_330_000);
    world.turn();
    world.settle(world.start(of, false), outcome, 0);
    StringBuilder types = new StringBuilder();
    for (String line : world.log("json").split("\n")) {
      if (!line.isEmpty()) {
        assertTrue(line.startsWith("{\"time\":\"2026-05-28T20:26:40.12"), line);
        types.append(line.replaceFirst(".*?\"type\":\"platform\\.([a-zA-Z]+)\".*", "$1 "));
      }
    }
    return types.toString().strip();
  }

  @Test
  void debugShowsAllPlatformRecords() {
    assertEquals(
        "initStart initRuntimeDone initReport start runtimeDone report",
        levels("DEBUG", Outcome.SUCCESS, InitStatus.SUCCESS));
    String log = world.log("json");
    assertTrue(
        log.startsWith(
            TIME
                + "initStart\",\"record\":{\"initializationType\":\"on-demand\",\"phase\":\"init\","
                + "\"runtimeVersion\":\"python:3.13.v1\",\"runtimeVersionArn\":"
                + "\"arn:aws:lambda:us-east-1::runtime:"),
        log);
    assertTrue(log.contains("\",\"functionName\":\"json\",\"functionVersion\":\"$LATEST\"}}\n"));
    assertTrue(
        log.contains(
            TIME
                + "initRuntimeDone\",\"record\":{\"initializationType\":\"on-demand\",\"phase\":"
                + "\"init\",\"status\":\"success\"}}\n"
                + TIME
                + "initReport\",\"record\":{\"initializationType\":\"on-demand\",\"phase\":"
                + "\"init\",\"status\":\"success\",\"metrics\":{\"durationMs\":125.33}}}\n"),
        log);
    assertTrue(
        log.contains(
            "\"platform.runtimeDone\",\"record\":{\"requestId\":\""
                + id(1)
                + "\",\"status\":\"success\",\"metrics\":{\"durationMs\":3.01,\"producedBytes\":0}}}\n"),
        log);
  }

  @Test
  void infoIsTheDefaultAndLeavesOutWhatDebugs() {
    assertEquals("initStart start report", levels("", Outcome.SUCCESS, InitStatus.SUCCESS));
    assertEquals(
        "initStart start runtimeDone report",
        new PlatformLinesTest().levels("INFO", Outcome.ERROR, InitStatus.SUCCESS));
  }

  @Test
  void warnShowsWhatFailed() {
    assertEquals("", levels("WARN", Outcome.SUCCESS, InitStatus.SUCCESS));
    assertEquals(
        "initRuntimeDone initReport runtimeDone report",
        new PlatformLinesTest().levels("WARN", Outcome.FAILURE, InitStatus.ERROR));
    assertEquals(
        "initRuntimeDone initReport runtimeDone report",
        new PlatformLinesTest().levels("WARN", Outcome.TIMEOUT, InitStatus.TIMEOUT));
  }

  @Test
  void theTextFormatKnowsNoLevels() {
    Sandbox text = world.sandbox(9, World.version("text", "1", "Text", "ERROR", "WARN"));
    world.start(text, false);
    world.write(9, "{\"level\":\"debug\",\"timestamp\":\"2024-11-02T16:51:31Z\"}\n", 0);
    assertTrue(world.log("text").contains("debug"));
    assertTrue(world.log("text").startsWith("START"));
  }

  @Test
  void theLevelThatARecordsHeaderTellsCounts() {
    Sandbox of = json("ERROR", "WARN");
    world.start(of, false);
    world.write(8, "own format\n", 100, 5);
    world.write(8, "no level\n", 200, 0);
    world.write(8, "{\"level\":\"ERROR\",\"timestamp\":\"2024-11-02T16:51:31Z\"}\n", 300, 4);
    world.write(8, "worst\n", 400, 6);
    world.turn();
    assertEquals("own format\nworst\n", world.log("json"));
  }

  @Test
  void anEmptyRecordAfterInitHidesNothing() {
    world.records.initStarted(sandbox, World.EPOCH_MS);
    initEnds(sandbox, InitStatus.SUCCESS, null, 1);
    world.turn();
    PendingInvocation first = world.start(sandbox, true);
    world.turn();
    world.write(7, "", 16);
    world.write(7, "handling\n", 41);
    world.settle(first, Outcome.SUCCESS, 41);
    String lines = start() + "handling\n" + report("3.01") + "\n";
    assertEquals(lines, afterInitStart());
    assertEquals(lines, first.logTail());
  }

  @Test
  void applicationLinesBelowTheLevelAreLeftOut() {
    Sandbox of = json("WARN", "WARN");
    PendingInvocation invocation = world.start(of, true);
    String stamp = "\"timestamp\":\"2024-11-02T16:51:31.587199Z\"";
    String error = "{\"level\":\"ERROR\"," + stamp + ",\"message\":\"kept\"}\n";
    String nested = "{\"a\":{\"level\":\"DEBUG\"},\"level\":\"warning\"," + stamp + "}\n";
    world.write(8, error, 100);
    world.write(8, "{\"level\":\"INFO\"," + stamp + "}\n", 200);
    world.write(8, "plain text is INFO\n", 300);
    world.write(8, "{\"level\":\"ERROR\",\"message\":\"without a time it is INFO\"}\n", 400);
    // Raw output comes as it was cut.
    world.write(8, nested.substring(0, 10), 400);
    world.write(8, nested.substring(10) + "more plain", 400);
    world.write(8, " text\n" + error.substring(0, error.length() - 1), 400);
    world.settle(invocation, Outcome.SUCCESS, 400);
    world.turn();
    assertEquals(error + nested + error.substring(0, error.length() - 1), invocation.logTail());
    assertFalse(world.log("json").contains("plain"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"level\":\"TRACE\",\"time\":\"2024-11-02T16:51:31Z\"} | TRACE",
        "{\"timestamp\":\"2024-11-02T16:51:31Z\",\"log_level\":\"ERROR\"} | ERROR",
        "{ \"timestamp\" : \"2024-11-02T16:51:31+01:00\" , \"level\" : \"Fatal\" } | FATAL",
        "{\"level\":\"DEBUG\",\"timestamp\":\"yesterday\"} | INFO",
        "{\"level\":\"LOUD\",\"timestamp\":\"2024-11-02T16:51:31Z\"} | INFO",
        "{\"level\":50,\"timestamp\":\"2024-11-02T16:51:31Z\"} | INFO",
        "{\"x\":[1,{\"y\":\"}\"}],\"level\":\"ERROR\",\"timestamp\":\"2024-11-02T16:51:31Z\"} |"
            + " ERROR",
        "{\"x\\\"\":1,\"level\":\"ERROR\",\"timestamp\":\"2024-11-02T16:51:31Z\"} | ERROR",
        "{\"level\":\"ERROR\",\"timestamp\":\"2024-11-02T16:51:31Z\" | INFO",
        "{\"level | INFO",
        "{ | INFO",
        "{\"a\"} | INFO",
        "[\"level\",\"ERROR\"] | INFO",
      })
  void levelsAreReadFromJson(String line, LineLevel level) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    assertEquals(level, LineLevel.of(bytes, 0, bytes.length));
  }

  @ParameterizedTest
  @CsvSource({
    "python3.13, python:3.13.v1",
    "nodejs22.x, nodejs:22.v1",
    "java8.al2, java:8.al2.v1",
    "provided.al2023, provided:al2023.v1",
    "injvm, injvm.v1"
  })
  void runtimeVersionsHaveAwsForm(String runtime, String version) {
    assertEquals(version, RuntimeVersion.of(runtime, "us-east-1").version());
  }
}
