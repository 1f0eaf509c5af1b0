package io.ringmaster.core.record;

import static io.ringmaster.core.record.World.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.EngineConfig.LogSink;
import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.model.InvocationRecorder.InitStatus;
import io.ringmaster.core.model.InvocationRecorder.Outcome;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Sandbox;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogAgentTest {
  private static final String REPORT =
      "\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t";

  private final World world = new World();
  private final Sandbox sandbox = world.sandbox(7, World.version("hello", "$LATEST", "Text"));
  private final Sandbox json = world.sandbox(8, World.version("json", "3", "JSON"));

  private static String lines(int number, String output) {
    return "START RequestId: " + id(number) + " Version: $LATEST\n" + output + end(number) + "\n";
  }

  private static String end(int number) {
    return "END RequestId: " + id(number) + "\nREPORT RequestId: " + id(number) + REPORT;
  }

  @Test
  void writesStartOutputEndAndReport() {
    PendingInvocation invocation = world.start(sandbox, false);
    world.write(7, "hello\n", 22);
    assertFalse(world.settle(invocation, Outcome.SUCCESS, 22));
    assertEquals(lines(1, "hello\n"), world.log("hello"));
    assertEquals("", world.log("other"));
    assertEquals(List.of(), world.completed);
  }

  @Test
  void reportsTheInitOfAColdStart() {
    PendingInvocation invocation = world.start(sandbox, false);
    invocation.coldStart = true;
    invocation.initNs = 110_096_000;
    world.settle(invocation, Outcome.SUCCESS, 0);
    assertTrue(world.log("hello").endsWith("Max Memory Used: 36 MB\tInit Duration: 110.10 ms\t\n"));
  }

  @Test
  void reportsATimeOut() {
    PendingInvocation invocation = world.start(sandbox, false);
    world.write(7, "working\n", 24);
    world.error(invocation, "Sandbox.Timedout", "…");
    world.settle(invocation, Outcome.TIMEOUT, 0);
    assertEquals(
        "START RequestId: "
            + id(1)
            + " Version: $LATEST\nworking\n2026-05-28T20:26:40.126Z "
            + id(1)
            + " Task timed out after 3.00 seconds\n\n"
            + end(1).replace("Duration: 3.01 ms\tB", "Duration: 3000.00 ms\tB")
            + "Status: timeout\n",
        world.log("hello"));
  }

  @Test
  void reportsACrash() {
    PendingInvocation invocation = world.start(sandbox, false);
    world.write(7, "partial", 0);
    world.error(
        invocation,
        "Runtime.ExitError",
        "RequestId: " + id(1) + " Error: Runtime exited with error: exit status 1");
    world.settle(invocation, Outcome.FAILURE, 0);
    assertEquals(
        "START RequestId: "
            + id(1)
            + " Version: $LATEST\npartial\nRequestId: "
            + id(1)
            + " Error: Runtime exited with error: exit status 1\nRuntime.ExitError\n"
            + end(1)
            + "Status: error\tError Type: Runtime.ExitError\n",
        world.log("hello"));
  }

  @Test
  void reportsAFunctionErrorWithoutAStatus() {
    PendingInvocation invocation = world.start(sandbox, false);
    world.settle(invocation, Outcome.ERROR, 0);
    assertEquals(lines(1, ""), world.log("hello"));
  }

  @Test
  void reportsAFailedInit() {
    world.write(7, "importing\n", 26);
    byte[] error =
        "{\"errorType\": \"Runtime.ImportModuleError\", \"errorMessage\": \"no module\"}"
            .getBytes(StandardCharsets.UTF_8);
    world.initFails(sandbox, error, 12_340_000);
    assertEquals(
        "importing\nINIT_REPORT Init Duration: 12.34 ms\tPhase: init\tStatus: error\tError Type:"
            + " Runtime.ImportModuleError\n",
        world.log("hello"));
    world.initFails(json, "nonsense".getBytes(StandardCharsets.UTF_8), 12_340_000);
    assertEquals(
        "{\"time\":\"2026-05-28T20:26:40.123Z\",\"type\":\"platform.initRuntimeDone\",\"record\":{\"initializationType\":\"on-demand\",\"phase\":\"init\",\"status\":\"error\",\"errorType\":\"Runtime.Unknown\"}}\n"
            + "{\"time\":\"2026-05-28T20:26:40.123Z\",\"type\":\"platform.initReport\",\"record\":{\"initializationType\":\"on-demand\",\"phase\":\"init\",\"status\":\"error\",\"errorType\":\"Runtime.Unknown\",\"metrics\":{\"durationMs\":12.34}}}\n",
        world.log("json"));
  }

  @Test
  void anErrorTypeCannotForgeALine() {
    byte[] error = "{\"errorType\":\"X\tY\nREPORT\"}".getBytes(StandardCharsets.UTF_8);
    world.initFails(sandbox, error, 1_000_000);
    assertEquals(
        "INIT_REPORT Init Duration: 1.00 ms\tPhase: init\tStatus: error\tError Type:"
            + " Runtime.Unknown\n",
        world.log("hello"));
  }

  @Test
  void writesJson() {
    PendingInvocation cold = world.start(json, false);
    cold.coldStart = true;
    cold.initNs = 174_055_000;
    world.settle(cold, Outcome.SUCCESS, 0);
    world.settle(world.start(json, false), Outcome.ERROR, 0);
    world.settle(world.start(json, false), Outcome.TIMEOUT, 0);
    PendingInvocation crashed = world.start(json, false);
    world.error(
        crashed,
        "Runtime.ExitError",
        "RequestId: x Error: Runtime exited with error: signal: killed");
    world.settle(crashed, Outcome.FAILURE, 0);
    world.settle(world.start(json, false), Outcome.FAILURE, 0);
    String start =
        "{\"time\":\"2026-05-28T20:26:40.123Z\",\"type\":\"platform.start\",\"record\":{\"requestId\":\"";
    String done =
        "{\"time\":\"2026-05-28T20:26:40.126Z\",\"type\":\"platform.runtimeDone\",\"record\":{\"requestId\":\"";
    String report =
        "{\"time\":\"2026-05-28T20:26:40.126Z\",\"type\":\"platform.report\",\"record\":{\"requestId\":\"";
    String metrics = metrics("3.01");
    StringBuilder expected = new StringBuilder();
    expected.append(start).append(id(1)).append("\",\"version\":\"3\"}}\n");
    expected.append(report).append(id(1)).append("\",\"status\":\"success").append(metrics);
    expected.append(",\"initDurationMs\":174.055}}}\n");
    String[] statuses = {
      "error",
      "timeout",
      "error\",\"errorType\":\"Runtime.ExitError",
      "failure\",\"errorType\":\"Sandbox.Failure"
    };
    for (int i = 0; i < statuses.length; i++) {
      String ms = statuses[i].equals("timeout") ? "3000" : "3.01";
      expected.append(start).append(id(i + 2)).append("\",\"version\":\"3\"}}\n");
      expected.append(done).append(id(i + 2)).append("\",\"status\":\"").append(statuses[i]);
      expected.append("\",\"metrics\":{\"durationMs\":").append(ms);
      expected.append(",\"producedBytes\":0}}}\n");
      expected.append(report).append(id(i + 2)).append("\",\"status\":\"").append(statuses[i]);
      expected.append(metrics(ms)).append("}}}\n");
    }
    assertEquals(expected.toString(), world.log("json"));
  }

  private static String metrics(String ms) {
    return "\",\"metrics\":{\"durationMs\":"
        + ms
        + ",\"billedDurationMs\":4,\"memorySizeMB\":128,\"maxMemoryUsedMB\":36";
  }

  @Test
  void attributesOutputByItsMark() {
    PendingInvocation one = world.start(sandbox, true);
    world.write(7, "one\n", 20);
    world.settle(one, Outcome.SUCCESS, 20);
    PendingInvocation two = world.start(sandbox, true);
    world.write(7, "two\n", 40);
    world.write(7, "raw two", 40);
    world.settle(two, Outcome.SUCCESS, 60);
    PendingInvocation three = world.start(sandbox, true);
    world.write(7, "more two\n", 60);
    world.write(7, "three\n", 80);
    world.settle(three, Outcome.SUCCESS, 80);
    world.turn();
    assertEquals(List.of(one, two, three), world.completed);
    assertEquals(lines(1, "one\n"), one.logTail());
    assertEquals(lines(2, "two\nraw twomore two\n"), two.logTail());
    assertEquals(lines(3, "three\n"), three.logTail());
    assertEquals(one.logTail() + two.logTail() + three.logTail(), world.log("hello"));
  }

  @Test
  void knowsTheWriterOfBytesThatArriveDuringItsTurn() {
    PendingInvocation one = world.start(sandbox, true);
    PendingInvocation[] two = new PendingInvocation[1];
    world.duringPoll(
        () -> {
          world.write(7, "one\n", 20);
          world.settle(one, Outcome.SUCCESS, 20);
          two[0] = world.start(sandbox, true);
          world.write(7, "two\n", 40);
        });
    world.turn();
    world.settle(two[0], Outcome.SUCCESS, 40);
    world.turn();
    assertEquals(lines(1, "one\n"), one.logTail());
    assertEquals(lines(2, "two\n"), two[0].logTail());
  }

  @Test
  void earlyOutputIsKeptUntilItsFunctionIsKnown() {
    world.write(7, "init\n", 21);
    world.turn();
    PendingInvocation invocation = world.start(sandbox, true);
    world.settle(invocation, Outcome.SUCCESS, 21);
    assertEquals("init\n" + lines(1, ""), world.log("hello"));
    assertEquals(lines(1, ""), invocation.logTail());
  }

  @Test
  void aTailHasTheLastFourKilobytes() {
    PendingInvocation invocation = world.start(sandbox, true);
    StringBuilder output = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      output.append("line number ").append(i).append('\n');
    }
    world.write(7, output.toString(), 9000);
    assertTrue(world.settle(invocation, Outcome.SUCCESS, 9000));
    world.turn();
    String all = lines(1, output.toString());
    assertEquals(4096, invocation.logTail().length());
    assertEquals(all.substring(all.length() - 4096), invocation.logTail());
  }

  @Test
  void recentLogsAreTheLast64KilobytesInWholeLines() {
    for (int i = 0; i < 2000; i++) {
      PendingInvocation invocation = world.start(sandbox, false);
      world.settle(invocation, Outcome.SUCCESS, 0);
      if (i % 100 == 0) {
        world.turn();
      }
    }
    String log = world.log("hello");
    assertTrue(
        log.length() > 64 * 1024 - 200 && log.length() <= 64 * 1024, "length " + log.length());
    assertTrue(
        log.startsWith("START") || log.startsWith("END") || log.startsWith("REPORT"),
        log.substring(0, 60));
    assertTrue(log.endsWith(end(2000) + "\n"));
  }

  @Test
  void aTailThatPromisesOutputWhichNeverComesWaits5Milliseconds() {
    World flooded = new World();
    Sandbox loud = flooded.sandbox(1, World.version("loud", "$LATEST", "Text"));
    Sandbox liar = flooded.sandbox(2, World.version("liar", "$LATEST", "Text"));
    flooded.start(loud, false);
    PendingInvocation invocation = flooded.start(liar, true);
    flooded.settle(invocation, Outcome.SUCCESS, 1_000_000);
    flood(flooded);
    flooded.turn();
    assertEquals(List.of(), flooded.completed);
    flooded.nowNs += 4_999_999;
    flood(flooded);
    flooded.turn();
    assertEquals(List.of(), flooded.completed);
    flooded.nowNs += 1;
    flood(flooded);
    flooded.turn();
    assertEquals(List.of(invocation), flooded.completed);
    assertEquals(lines(2, ""), invocation.logTail());
  }

  private static void flood(World world) {
    for (int i = 0; i < 20_000; i++) {
      world.write(1, "x", 0);
    }
  }

  @Test
  void aFloodDelaysNothingOfOthersForLong() {
    Sandbox loud = world.sandbox(1, World.version("loud", "$LATEST", "Text"));
    world.start(loud, false);
    world.flooder = loud.id;
    world.records.initStarted(json, World.EPOCH_MS);
    world.initFails(json, "{\"errorType\":\"X\"}".getBytes(StandardCharsets.UTF_8), 1_000_000);
    world.records.initStarted(sandbox, World.EPOCH_MS);
    world.records.initEnded(sandbox, InitStatus.SUCCESS, null, null, 1, World.EPOCH_MS);
    world.start(sandbox, false);
    turns(99_999_999);
    assertFalse(world.log("json").contains("platform.initReport"));
    assertFalse(world.log("hello").contains("START RequestId"));
    turns(1);
    assertTrue(world.log("json").contains("platform.initReport"));
    assertTrue(world.log("hello").contains("START RequestId"));
    world.write(8, "last words without an end", 0);
    world.records.ended(json);
    turns(999_999_999);
    assertFalse(world.log("json").contains("last words"));
    turns(1);
    assertTrue(world.log("json").endsWith("last words without an end"));
  }

  private void turns(long ns) {
    world.turn();
    world.nowNs += ns;
    for (int i = 0; i < 100; i++) {
      world.turn();
    }
  }

  @Test
  void aTurnReadsABoundedAmount() {
    String line = "x".repeat(65_535);
    for (int i = 0; i < 400; i++) {
      world.write(7, line, 0);
    }
    world.start(sandbox, false);
    world.turn();
    assertTrue(world.waitingPieces() > 200, world.waitingPieces() + " pieces are left");
  }

  @Test
  void aTailWithoutItsOutputIsCompleteWhenNothingIsLeftToRead() {
    PendingInvocation invocation = world.start(sandbox, true);
    world.settle(invocation, Outcome.SUCCESS, Long.MAX_VALUE);
    world.turn();
    assertEquals(List.of(invocation), world.completed);
  }

  @Test
  void aRestartedProcessBeginsItsMarksAnew() {
    PendingInvocation one = world.start(sandbox, true);
    world.write(7, "one\n", 20);
    world.settle(one, Outcome.FAILURE, 0);
    world.records.ended(sandbox);
    PendingInvocation two = world.start(sandbox, true);
    world.write(7, "one's last words", 20);
    world.write(7, "two\n", 19);
    world.settle(two, Outcome.SUCCESS, 19);
    world.turn();
    assertEquals(List.of(one, two), world.completed);
    assertTrue(one.logTail().contains("one\none's last words\nEND"), one.logTail());
    assertEquals(lines(2, "two\n"), two.logTail());
    world.records.ended(sandbox);
    world.records.ended(sandbox);
    world.turn();
    PendingInvocation three = world.start(sandbox, true);
    world.write(7, "three\n", 5);
    world.settle(three, Outcome.SUCCESS, 5);
    world.turn();
    assertEquals(lines(3, "three\n"), three.logTail());
  }

  @Test
  void linesOfAHandlerThatWasInterruptedAreItsOwn() {
    PendingInvocation one = world.start(sandbox, true);
    world.say(7, "one", 1);
    world.turn();
    world.say(7, "two", 2); // read when its successor runs already
    world.say(7, "three", 3);
    world.settle(one, Outcome.TIMEOUT, 0);
    world.records.ended(sandbox);
    PendingInvocation two = world.start(sandbox, true);
    world.say(7, "again", 1);
    world.settle(two, Outcome.SUCCESS, 1);
    world.turn();
    assertEquals(List.of(one, two), world.completed);
    assertTrue(one.logTail().contains("one\ntwo\nthree\n"), one.logTail());
    assertEquals(lines(2, "again\n"), two.logTail());
  }

  @Test
  void theFirstRecordOfARestartedProcessIsKnownWhateverItsLength() {
    for (String text : List.of("going\n", "longer than before\n")) {
      World fresh = new World();
      Sandbox restarted = fresh.sandbox(7, World.version("hello", "$LATEST", "Text"));
      PendingInvocation one = fresh.start(restarted, true);
      fresh.write(7, "going\n", 22);
      fresh.settle(one, Outcome.FAILURE, 0);
      fresh.records.ended(restarted);
      PendingInvocation two = fresh.start(restarted, true);
      fresh.write(7, text, 16 + text.length());
      fresh.settle(two, Outcome.SUCCESS, 16 + text.length());
      fresh.turn();
      assertEquals(lines(2, text), two.logTail());
    }
  }

  @Test
  void severalSlotsOfOneSandboxSettleInAnyOrder() {
    PendingInvocation one = world.start(sandbox, 0, true);
    PendingInvocation two = world.start(sandbox, 1, true);
    world.settle(two, Outcome.SUCCESS, 0);
    world.turn();
    assertEquals(List.of(two), world.completed);
    world.settle(one, Outcome.SUCCESS, 0);
    world.turn();
    assertEquals(List.of(two, one), world.completed);
    assertEquals(lines(1, ""), one.logTail());
    assertEquals(lines(2, ""), two.logTail());
  }

  @Test
  void aFullRingDropsRecordsAndHoldsNobody() {
    World small = new World(2, LogSink.MEMORY);
    Sandbox crowded = small.sandbox(1, World.version("hello", "$LATEST", "Text"));
    PendingInvocation one = small.start(crowded, true);
    assertTrue(small.settle(one, Outcome.SUCCESS, 0));
    PendingInvocation two = small.start(crowded, true);
    assertFalse(small.settle(two, Outcome.SUCCESS, 0));
    assertEquals(2, small.counters.get(Counter.LOG_RECORDS_DROPPED));
    small.turn();
    assertEquals(List.of(one), small.completed);
    PendingInvocation three = small.start(crowded, true);
    small.start(crowded, false);
    assertFalse(small.settle(three, Outcome.SUCCESS, 0));
    small.turn();
    // The start of the fourth shows that the third has settled; a settled record alone is enough
    // for all its lines.
    PendingInvocation five = new World(2, LogSink.MEMORY).start(crowded, true);
    assertTrue(small.settle(five, Outcome.SUCCESS, 0));
    small.turn();
    assertEquals(List.of(one, five), small.completed);
    assertEquals(lines(1, ""), five.logTail());
  }

  @Test
  void wakesTheAgentForATailAndForAHalfFullRingOnly() {
    World small = new World(1024, LogSink.MEMORY);
    Sandbox busy = small.sandbox(1, World.version("hello", "$LATEST", "Text"));
    for (int i = 0; i < 250; i++) {
      small.settle(small.start(busy, false), Outcome.SUCCESS, 0);
    }
    assertEquals(0, small.sleeper.wakes);
    small.settle(small.start(busy, true), Outcome.SUCCESS, 0);
    assertEquals(1, small.sleeper.wakes);
    for (int i = 0; i < 250; i++) {
      small.settle(small.start(busy, false), Outcome.SUCCESS, 0);
    }
    // Looked at with every 256th record: the 512th and the 768th found it half full.
    assertEquals(3, small.sleeper.wakes);
  }

  @Test
  void aSinkThatIsOffKeepsNothing() {
    World off = new World(16, LogSink.OFF);
    off.write(1, "hello\n", 22);
    assertEquals("", off.log("hello"));
    assertEquals(0, off.poll((_, _, _, _, _, _, _) -> {}, 10));
  }

  @Test
  void closingCompletesWhatIsHeld() {
    PendingInvocation invocation = world.start(sandbox, true);
    world.settle(invocation, Outcome.SUCCESS, Long.MAX_VALUE);
    world.agent.onClose();
    assertEquals(List.of(invocation), world.completed);
    assertEquals(
        "", world.agent.recentLogs("arn:aws:lambda:us-east-1:123456789012:function:hello"));
  }

  @Test
  void handlerLinesAreBoundedAndCounted() {
    Counters counters = new Counters();
    HandlerLines lines = new HandlerLines(counters);
    lines.add(3, 1, "a line");
    List<String> read = new ArrayList<>();
    assertEquals(
        1,
        lines.poll(
            (sandbox, bytes, offset, length, mark, _, _) ->
                read.add(
                    sandbox
                        + " "
                        + mark
                        + " "
                        + new String(bytes, offset, length, StandardCharsets.UTF_8)),
            10));
    assertEquals(List.of("3 1 a line\n"), read);
    for (int i = 0; i < 8192 + 5; i++) {
      lines.add(3, i, "x");
    }
    assertEquals(5, counters.get(Counter.LOG_LINES_DROPPED));
    assertEquals(8192, lines.poll((_, _, _, _, _, _, _) -> {}, 10_000));
    for (int i = 0; i < 300; i++) {
      lines.add(3, i, "x".repeat(100_000));
    }
    assertEquals(5 + 300 - 255, counters.get(Counter.LOG_LINES_DROPPED));
    assertEquals(
        255,
        lines.poll((_, bytes, offset, length, _, _, _) -> assertEquals(65_537, length), 10_000));
  }

  /** Lines that later ones would push out are not rendered; what is kept must be the same. */
  @Test
  void aBacklogLeavesTheSameLogAsManyTurns() {
    String oneByOne = logOfMany(new World(8192, LogSink.MEMORY), 1);
    assertEquals(oneByOne, logOfMany(new World(8192, LogSink.MEMORY), 3000));
    assertEquals(oneByOne, logOfMany(new World(8192, LogSink.MEMORY), 700));
    assertTrue(oneByOne.length() > 60_000, oneByOne.length() + " characters");
  }

  @Test
  void aTailHasNothingOfABacklog() {
    World busy = new World(8192, LogSink.MEMORY);
    Sandbox one = busy.sandbox(7, World.version("hello", "$LATEST", "Text"));
    run(busy, one, 0, 2000);
    PendingInvocation last = busy.start(one, true);
    busy.write(7, "last\n", 2001 * 20);
    assertTrue(busy.settle(last, Outcome.SUCCESS, 2001 * 20));
    run(busy, one, 2001, 4000);
    busy.turn();
    assertEquals(List.of(last), busy.completed);
    assertEquals(lines(2001, "last\n"), new String(last.tail, StandardCharsets.UTF_8));
  }

  private static String logOfMany(World busy, int between) {
    Sandbox one = busy.sandbox(7, World.version("hello", "$LATEST", "Text"));
    for (int i = 0; i < 3000; i += between) {
      run(busy, one, i, Math.min(3000, i + between));
      busy.turn();
    }
    return busy.log("hello");
  }

  private static void run(World busy, Sandbox one, int from, int to) {
    for (int i = from; i < to; i++) {
      PendingInvocation invocation = busy.start(one, false);
      busy.write(7, "out " + i + "\n", (i + 1) * 20L);
      assertFalse(busy.settle(invocation, Outcome.SUCCESS, (i + 1) * 20L));
    }
  }
}
