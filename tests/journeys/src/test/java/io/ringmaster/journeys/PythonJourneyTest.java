package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.PYTHON;
import static io.ringmaster.journeys.Engines.config;
import static io.ringmaster.journeys.Engines.invoke;
import static io.ringmaster.journeys.Engines.json;
import static io.ringmaster.journeys.Engines.python;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.ringmaster.api.Engine;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a Python function sees and what its caller gets, in success and in each kind of failure. */
class PythonJourneyTest {
  private static Engine engine;

  @BeforeAll
  static void open() {
    engine = Engine.open(config().build());
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @Test
  void theFirstCallIsColdAndTheSecondWarmInTheSameEnvironment() {
    engine
        .functions()
        .create(
            python(
                    "counter",
                    "calls = 0",
                    "def handler(event, context):",
                    "    global calls",
                    "    calls += 1",
                    "    return {'calls': calls, 'echo': event}")
                .build());
    Expect.coldThenWarm(engine, "counter");
  }

  @Test
  void theContextIsThatOfLambda() {
    engine
        .functions()
        .create(
            python(
                    "context",
                    "import os",
                    "def handler(event, context):",
                    "    return {'name': context.function_name, 'version':"
                        + " context.function_version,",
                    "            'arn': context.invoked_function_arn, 'id':"
                        + " context.aws_request_id,",
                    "            'memory': context.memory_limit_in_mb,",
                    "            'left': context.get_remaining_time_in_millis(),",
                    "            'custom': context.client_context.custom if context.client_context"
                        + " else None,",
                    "            'env': dict(os.environ), 'cwd': os.getcwd()}")
                .memoryMb(256)
                .timeoutSeconds(7)
                .environment(Map.of("STAGE", "test"))
                .build());
    InvocationResult result = Expect.lambdasVariables(engine, "context", PYTHON);
    JsonNode seen = json(result);
    assertEquals("context", seen.get("name").asText());
    assertEquals("$LATEST", seen.get("version").asText());
    assertEquals(
        "arn:aws:lambda:us-east-1:123456789012:function:context", seen.get("arn").asText());
    assertEquals(result.requestId(), seen.get("id").asText());
    assertEquals("256", seen.get("memory").asText());
    assertEquals("v", seen.get("custom").get("k").asText());
    int left = seen.get("left").asInt();
    assertTrue(left > 0 && left <= 7000, () -> "left " + left);
  }

  @Test
  void anExceptionIsAFunctionErrorWithTypeMessageAndStack() {
    engine
        .functions()
        .create(
            python(
                    "raises",
                    "def handler(event, context):",
                    "    raise ValueError('no such thing')")
                .build());
    InvocationResult result = invoke(engine, "raises", "{}");
    assertEquals(200, result.statusCode());
    assertEquals("Unhandled", result.functionError());
    JsonNode error = json(result);
    assertEquals("no such thing", error.get("errorMessage").asText());
    assertEquals("ValueError", error.get("errorType").asText());
    assertEquals(result.requestId(), error.get("requestId").asText());
    assertTrue(error.get("stackTrace").get(0).asText().contains("line 2, in handler"));
    assertFalse(invoke(engine, "raises", "{}").coldStart(), "an exception keeps the process");
  }

  @Test
  void aTimeOutAnswersKillsTheProcessAndKeepsTheEnvironment() {
    engine
        .functions()
        .create(
            python(
                    "sleeper",
                    "import os, time",
                    "path = os.path.join(os.environ['TMPDIR'], 'left')",
                    "started = time.time()",
                    "def handler(event, context):",
                    "    if event.get('hang'):",
                    "        open(path, 'w').write('here')",
                    "        while True: time.sleep(60)",
                    "    return {'left': os.path.exists(path), 'started': started,",
                    "            'stream': context.log_stream_name}")
                .timeoutSeconds(1)
                .build());
    JsonNode before = json(invoke(engine, "sleeper", "{}"));
    InvocationResult timedOut = invoke(engine, "sleeper", "{\"hang\":true}");
    Expect.timedOut(timedOut);
    JsonNode after = json(invoke(engine, "sleeper", "{}"));
    assertTrue(after.get("left").asBoolean(), "/tmp outlives the process");
    assertEquals(before.get("stream"), after.get("stream"));
    assertNotEquals(before.get("started"), after.get("started"), "process state does not");
  }

  @Test
  void anExitIsReportedWithItsStatus() {
    engine
        .functions()
        .create(
            python(
                    "exits",
                    "import os, signal",
                    "def handler(event, context):",
                    "    if 'signal' in event: os.kill(os.getpid(), event['signal'])",
                    "    if 'status' in event: os._exit(event['status'])",
                    "    return 'alive'")
                .build());
    Expect.exit(engine, "exits", "{\"status\":0}", "Runtime exited without providing a reason");
    Expect.exit(engine, "exits", "{\"status\":7}", "Runtime exited with error: exit status 7");
    Expect.exit(engine, "exits", "{\"signal\":9}", "Runtime exited with error: signal: killed");
    Expect.exit(
        engine,
        "exits",
        "{\"signal\":11}",
        "Runtime exited with error: signal: segmentation fault");
    assertEquals("\"alive\"", invoke(engine, "exits", "{}").payloadText());
  }

  @Test
  void initFailuresAreTheFunctionsErrors() {
    engine
        .functions()
        .create(python("importless", "import no_such_module", "def handler(e, c): pass").build());
    JsonNode error = json(invoke(engine, "importless", "{}"));
    assertEquals("Runtime.ImportModuleError", error.get("errorType").asText());
    assertEquals(
        "Unable to import module 'app': No module named 'no_such_module'",
        error.get("errorMessage").asText());
    assertEquals("", error.get("requestId").asText());

    engine.functions().create(python("handlerless", "x = 1").build());
    error = json(invoke(engine, "handlerless", "{}"));
    assertEquals("Runtime.HandlerNotFound", error.get("errorType").asText());
    assertEquals("Handler 'handler' missing on module 'app'", error.get("errorMessage").asText());

    engine.functions().create(python("syntaxless", "def handler(:").build());
    error = json(invoke(engine, "syntaxless", "{}"));
    assertEquals("Runtime.UserCodeSyntaxError", error.get("errorType").asText());

    engine.functions().create(python("initexit", "import os", "os._exit(3)").build());
    InvocationResult exit = invoke(engine, "initexit", "{}");
    assertEquals("Runtime.ExitError", json(exit).get("errorType").asText(), exit::payloadText);
    InvocationResult again = invoke(engine, "initexit", "{}");
    assertEquals("Runtime.ExitError", json(again).get("errorType").asText(), again::payloadText);
  }

  @Test
  void initThatTakesTooLongRunsAgainInsideTheInvocation() {
    try (Engine impatient =
        Engine.open(config().initTimeout(java.time.Duration.ofMillis(300)).build())) {
      impatient
          .functions()
          .create(
              python(
                      "slowinit",
                      "import time",
                      "time.sleep(0.6)",
                      "def handler(event, context): return 'ready'")
                  .timeoutSeconds(3)
                  .build());
      InvocationResult result = invoke(impatient, "slowinit", "{}");
      assertEquals("\"ready\"", result.payloadText());
      assertTrue(result.coldStart());
      assertEquals(1L, impatient.status().counters().get("initTimeouts"));
      impatient
          .functions()
          .create(
              python("hopeless", "import time", "time.sleep(60)", "def handler(e, c): pass")
                  .timeoutSeconds(1)
                  .build());
      InvocationResult hopeless = invoke(impatient, "hopeless", "{}");
      assertEquals("Sandbox.Timedout", json(hopeless).get("errorType").asText());
    }
  }

  @Test
  void theLogTailHasStartOutputEndAndReport() {
    engine
        .functions()
        .create(
            python(
                    "speaks",
                    "import logging, os, sys",
                    "def handler(event, context):",
                    "    print('one line')",
                    "    logging.getLogger().warning('careful')",
                    "    os.write(2, b'raw bytes\\n')",
                    "    return 1")
                .build());
    InvocationResult result = engine.invoke(InvokeRequest.of("speaks", "{}").withLogTail());
    String id = result.requestId();
    String tail = result.logTail();
    assertTrue(tail.startsWith("START RequestId: " + id + " Version: $LATEST\n"), tail);
    assertTrue(tail.contains("one line\n"), tail);
    assertTrue(tail.contains("[WARNING]\t") && tail.contains("\t" + id + "\tcareful\n"), tail);
    assertTrue(tail.contains("raw bytes\n"), tail);
    assertTrue(tail.contains("END RequestId: " + id + "\n"), tail);
    assertTrue(
        tail.matches(
            "(?s).*REPORT RequestId: "
                + id
                + "\tDuration: [0-9.]+ ms\tBilled Duration: [0-9]+ ms\tMemory Size: 128 MB"
                + "\tMax Memory Used: [0-9]+ MB\tInit Duration: [0-9.]+ ms\t\n"),
        tail);
    assertTrue(engine.recentLogs("speaks").contains("one line"));
    assertNull(invoke(engine, "speaks", "{}").logTail());
  }

  @Test
  void largeEventsAndAnswersPassAndTooLargeOnesAreRefused() {
    engine
        .functions()
        .create(
            python("large", "def handler(event, context):", "    return 'x' * event['n']").build());
    int most = 6 * 1024 * 1024;
    InvocationResult big = invoke(engine, "large", "{\"n\":" + (most - 2) + "}");
    assertEquals(most, big.payload().length, () -> big.payloadText().substring(0, 200));
    InvocationResult tooBig = invoke(engine, "large", "{\"n\":7000000}");
    assertEquals("Function.ResponseSizeTooLarge", json(tooBig).get("errorType").asText());
    String event = "{\"n\":1,\"pad\":\"" + "y".repeat(most - 30) + "\"}";
    assertEquals("\"x\"", invoke(engine, "large", event).payloadText());
    InvocationResult refused = engine.invoke(InvokeRequest.of("large", new byte[most + 1]));
    assertEquals(413, refused.statusCode());
    assertEquals("RequestTooLargeException", refused.refusal().code());
  }
}
