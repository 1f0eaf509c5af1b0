package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.config;
import static io.ringmaster.journeys.Engines.invoke;
import static io.ringmaster.journeys.Engines.json;
import static io.ringmaster.journeys.Engines.python;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig.LogSink;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.LogEvent;
import io.ringmaster.api.LogFollow;
import io.ringmaster.api.LogQuery;
import io.ringmaster.api.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of real functions, from their processes to the caller, to memory and to files. */
class LogJourneyTest {
  private static final String MS = "[0-9]+\\.[0-9][0-9]";

  @TempDir Path folder;

  private static String report(String id, String duration, String rest) {
    return "REPORT RequestId: "
        + id
        + "\tDuration: "
        + duration
        + " ms\tBilled Duration: [0-9]+ ms\tMemory Size: 128 MB\tMax Memory Used: [0-9]+ MB\t"
        + rest
        + "\n";
  }

  private static void assertMatches(String regex, String text) {
    assertTrue(text.matches(regex), () -> "[" + text + "] does not match [" + regex + "]");
  }

  @Test
  void everyLineOfAnEnvironmentIsInTheFileThatItsFunctionNames() throws IOException {
    String stream = null;
    try (Engine engine = Engine.open(config().dataFolder(folder).logSink(LogSink.STORE).build())) {
      engine
          .functions()
          .create(
              python(
                      "stored",
                      "import sys",
                      "print('loading')",
                      "def handler(event, context):",
                      "    print('call', event['n'])",
                      "    return context.log_stream_name")
                  .build());
      for (int i = 0; i < 300; i++) {
        InvocationResult result = invoke(engine, "stored", "{\"n\":" + i + "}");
        stream = json(result).asText();
      }
      InvocationResult last =
          engine.invoke(InvokeRequest.of("stored", "{\"n\":300}").withLogTail());
      assertTrue(last.logTail().contains("call 300\n"), last.logTail());
    }
    Path file = folder.resolve("logs/aws/lambda/stored").resolve(stream);
    List<String> lines = Files.readAllLines(file);
    assertMatches(
        "INIT_START Runtime Version: python:3\\.13\\.v1\tRuntime Version ARN:"
            + " arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}",
        lines.get(0));
    assertEquals("loading", lines.get(1), "output of init precedes the first START");
    for (int i = 0; i <= 300; i++) {
      List<String> four = lines.subList(2 + 4 * i, 6 + 4 * i);
      assertTrue(four.get(0).startsWith("START RequestId: "), four::toString);
      assertEquals("call " + i, four.get(1));
      assertTrue(four.get(2).startsWith("END RequestId: "), four::toString);
      assertTrue(four.get(3).startsWith("REPORT RequestId: "), four::toString);
    }
    assertEquals(2 + 4 * 301, lines.size());
    assertEquals(
        3, engineFiles(folder.resolve("logs")), "one environment, one file; its times; its group");
  }

  @Test
  void whatAFunctionPrintsIsFoundAndFollowed() throws InterruptedException {
    Owner owner = new Owner("123456789012", "us-east-1");
    LogQuery calls = LogQuery.of(owner, "/aws/lambda/told").matching("call -3");
    Semaphore more = new Semaphore(1);
    try (Engine engine = Engine.open(config().dataFolder(folder).logSink(LogSink.STORE).build())) {
      engine
          .functions()
          .create(
              python("told", "def handler(event, context):", "    print('call', event)").build());
      List<String> heard = new ArrayList<>();
      try (LogFollow follow = engine.logs().follow(calls, more::release)) {
        for (int i = 0; i < 5; i++) {
          invoke(engine, "told", String.valueOf(i));
        }
        while (heard.size() < 4) {
          assertTrue(more.tryAcquire(30, TimeUnit.SECONDS), "heard " + heard);
          List<LogEvent> part;
          do {
            part = follow.poll(100);
            part.forEach(event -> heard.add(event.message()));
          } while (!part.isEmpty());
        }
      }
      assertEquals(List.of("call 0", "call 1", "call 2", "call 4"), heard);
      assertEquals(
          heard, engine.logs().read(calls).events().stream().map(LogEvent::message).toList());
      assertEquals("/aws/lambda/told", engine.logs().groups(owner).get(0).name());
    }
  }

  private static long engineFiles(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void aFailedInitIsDoneOnceMoreInsideItsInvocation() {
    try (Engine engine = Engine.open(config().build())) {
      engine
          .functions()
          .create(
              python("noimport", "print('begin')", "import no_such", "def handler(e, c): pass")
                  .build());
      InvocationResult result = engine.invoke(InvokeRequest.of("noimport", "{}").withLogTail());
      String id = result.requestId();
      String type = "Status: error\tError Type: Runtime.ImportModuleError";
      String init =
          "begin\n"
              + "(?:(?!INIT_REPORT).)*\\[ERROR\\] Runtime.ImportModuleError: Unable to import"
              + " module 'app': No module named 'no_such'(?:(?!INIT_REPORT).)*\n"
              + "INIT_REPORT Init Duration: "
              + MS
              + " ms\tPhase: %s\t"
              + type
              + "\n";
      assertMatches(
          "(?s)"
              + init.formatted("invoke")
              + "START RequestId: "
              + id
              + " Version: \\$LATEST\nEND RequestId: "
              + id
              + "\n"
              + report(id, MS, type),
          result.logTail());
      String log = engine.recentLogs("noimport");
      assertTrue(log.endsWith(result.logTail()), log);
      assertMatches(
          "(?s)INIT_START Runtime Version: [^\n]*\n" + init.formatted("init"),
          log.substring(0, log.length() - result.logTail().length()));
    }
  }

  /** The next invocation has begun, mostly, before the log agent reads what the last one wrote. */
  @Test
  void rawOutputIsThatOfTheInvocationThatWroteIt() {
    try (Engine engine = Engine.open(config().build())) {
      engine
          .functions()
          .create(
              python(
                      "native",
                      "import os",
                      "def handler(event, context):",
                      "    os.write(1, f'raw {event}\\n'.encode())",
                      "    if event % 2: print('record', event)",
                      "    if event % 3 == 0: os.write(2, f'last {event}\\n'.encode())")
                  .build());
      StringBuilder expected = new StringBuilder();
      InvocationResult first = engine.invoke(InvokeRequest.of("native", "0").withLogTail());
      assertTrue(first.logTail().contains("raw 0\nlast 0\nEND"), first.logTail());
      for (int i = 1; i <= 100; i++) {
        String id = engine.invoke(InvokeRequest.of("native", "" + i)).requestId();
        expected
            .append("START RequestId: " + id + " Version: \\$LATEST\nraw " + i + "\n")
            .append(i % 2 == 1 ? "record " + i + "\n" : "")
            .append(i % 3 == 0 ? "last " + i + "\n" : "")
            .append("END RequestId: " + id + "\nREPORT [^\n]*\n");
      }
      String log = engine.recentLogs("native");
      assertMatches(
          expected.toString(),
          log.substring(log.indexOf(first.logTail()) + first.logTail().length()));
    }
  }

  @Test
  void anInitThatTakesTooLongIsReportedTwice() {
    try (Engine engine = Engine.open(config().initTimeout(Duration.ofMillis(300)).build())) {
      engine
          .functions()
          .create(
              python(
                      "hopeless",
                      "import time",
                      "print('loading', flush=True)",
                      "time.sleep(60)",
                      "def handler(e, c): pass")
                  .timeoutSeconds(1)
                  .build());
      InvocationResult result = engine.invoke(InvokeRequest.of("hopeless", "{}").withLogTail());
      String id = result.requestId();
      assertMatches(
          "loading\nINIT_REPORT Init Duration: "
              + MS
              + " ms\tPhase: invoke\tStatus: timeout\nSTART RequestId: "
              + id
              + " Version: \\$LATEST\n[-0-9]+T[0-9:.]+Z "
              + id
              + " Task timed out after 1.00 seconds\n\nEND RequestId: "
              + id
              + "\n"
              + report(id, "1000.00", "Status: timeout"),
          result.logTail());
      assertMatches(
          "(?s)INIT_START [^\n]*\n(loading\n)?INIT_REPORT Init Duration: "
              + MS
              + " ms\tPhase: init\tStatus: timeout\nloading\nINIT_REPORT .*",
          engine.recentLogs("hopeless"));
      assertEquals(1000, result.billedMs());
    }
  }

  @Test
  void anExitIsToldWithItsStatusAndTheNextInvocationCountsItsInit() {
    try (Engine engine = Engine.open(config().build())) {
      engine
          .functions()
          .create(
              python(
                      "leaves",
                      "import os",
                      "def handler(event, context):",
                      "    print('going')",
                      "    if event: os._exit(7)")
                  .build());
      InvocationResult result = engine.invoke(InvokeRequest.of("leaves", "1").withLogTail());
      String id = result.requestId();
      assertMatches(
          "START RequestId: "
              + id
              + " Version: \\$LATEST\ngoing\nRequestId: "
              + id
              + " Error: Runtime exited with error: exit status 7\n"
              + "Runtime.ExitError\n"
              + "END RequestId: "
              + id
              + "\n"
              + report(
                  id,
                  MS,
                  "Init Duration: " + MS + " ms\tStatus: error\tError Type: Runtime.ExitError"),
          result.logTail());
      InvocationResult next = engine.invoke(InvokeRequest.of("leaves", "0").withLogTail());
      assertMatches(
          "START RequestId: "
              + next.requestId()
              + " Version: \\$LATEST\ngoing\nEND RequestId: "
              + next.requestId()
              + "\n"
              + report(next.requestId(), MS, ""),
          next.logTail());
    }
  }

  @Test
  void aFloodHurtsOnlyItsFunction() throws IOException {
    int calls = 100;
    String stream = "";
    long mostBytes = 0;
    try (Engine engine = Engine.open(config().dataFolder(folder).logSink(LogSink.STORE).build())) {
      engine
          .functions()
          .create(
              python(
                      "flood",
                      "import os",
                      "def handler(event, context):",
                      "    for _ in range(4096): os.write(1, b'x' * 65536)",
                      "    return 'done'")
                  .timeoutSeconds(120)
                  .build());
      engine
          .functions()
          .create(
              python(
                      "quiet",
                      "def handler(event, context):",
                      "    print('quiet', event)",
                      "    return context.log_stream_name")
                  .timeoutSeconds(60)
                  .build());
      stream = json(invoke(engine, "quiet", "-1")).asText();
      CompletableFuture<InvocationResult> flood =
          engine.invokeAsync(InvokeRequest.of("flood", "{}").withLogTail());
      for (int i = 0; i < calls; i++) {
        InvocationResult result =
            engine.invoke(InvokeRequest.of("quiet", String.valueOf(i)).withLogTail());
        String id = result.requestId();
        assertMatches(
            "START RequestId: "
                + id
                + " Version: \\$LATEST\nquiet "
                + i
                + "\nEND RequestId: "
                + id
                + "\n"
                + report(id, MS, ""),
            result.logTail());
        mostBytes = Math.max(mostBytes, engine.recentLogs("flood").length());
      }
      InvocationResult flooded = flood.join();
      assertEquals("\"done\"", flooded.payloadText());
      assertEquals(4096, flooded.logTail().length());
      assertMatches(
          "x+\nEND RequestId: "
              + flooded.requestId()
              + "\n"
              + report(flooded.requestId(), MS, "Init Duration: " + MS + " ms\t"),
          flooded.logTail());
    }
    assertTrue(mostBytes <= 64 * 1024, "kept " + mostBytes);
    List<String> lines = Files.readAllLines(folder.resolve("logs/aws/lambda/quiet/" + stream));
    assertEquals(1 + 4 * (calls + 1), lines.size(), "the neighbour's file has every line");
    long floodBytes = 0;
    try (Stream<Path> all = Files.walk(folder.resolve("logs/aws/lambda/flood"))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        floodBytes += Files.size(file);
      }
    }
    assertTrue(floodBytes <= 130L << 20, "stored " + floodBytes);
  }
}
