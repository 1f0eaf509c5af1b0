package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.config;
import static io.ringmaster.journeys.Engines.invoke;
import static io.ringmaster.journeys.Engines.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.ringmaster.api.Engine;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.ResponseStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a Node function sees and what its caller gets. */
class NodeJourneyTest {
  private static final String HTTP = "application/vnd.awslambda.http-integration-response";

  private static Engine engine;

  @BeforeAll
  static void open() {
    engine = Engine.open(config().build());
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static void create(String name, String file, String... lines) {
    engine.functions().create(node(name, file, lines).build());
  }

  private static FunctionSpec.Builder node(String name, String file, String... lines) {
    return FunctionSpec.named(name)
        .runtime("nodejs22.x")
        .handler("app.handler")
        .timeoutSeconds(5)
        .code(FunctionCode.source(file, String.join("\n", lines) + "\n"));
  }

  @Test
  void theFirstCallIsColdAndTheSecondWarmInTheSameEnvironment() {
    create(
        "counter",
        "app.mjs",
        "let calls = 0;",
        "export const handler = async (event) => ({ calls: ++calls, echo: event });");
    Expect.coldThenWarm(engine, "counter");
  }

  @Test
  void theContextAndTheVariablesAreThoseOfLambda() {
    engine
        .functions()
        .create(
            node(
                    "context",
                    "app.js",
                    "exports.handler = async (event, context) => ({ ...context, env: process.env,",
                    "  left: context.getRemainingTimeInMillis(), cwd: process.cwd() });")
                .memoryMb(256)
                .environment(Map.of("STAGE", "test"))
                .build());
    InvocationResult result = Expect.lambdasVariables(engine, "context", "nodejs22.x");
    JsonNode seen = json(result);
    assertEquals("context", seen.get("functionName").asText());
    assertEquals("$LATEST", seen.get("functionVersion").asText());
    assertEquals("256", seen.get("memoryLimitInMB").asText());
    assertEquals(result.requestId(), seen.get("awsRequestId").asText());
    assertEquals("v", seen.get("clientContext").get("custom").get("k").asText());
    int left = seen.get("left").asInt();
    assertTrue(left > 0 && left <= 5000, () -> "left " + left);
  }

  @Test
  void errorsAreFunctionErrorsInNodesShape() {
    create(
        "fails",
        "app.js",
        "exports.handler = async (event) => {",
        "  if (event.lost) { Promise.reject(new Error('lost')); await new Promise(() => {}); }",
        "  if (event.exit) process.exit(7);",
        "  throw new RangeError('too far');",
        "};");
    InvocationResult thrown = invoke(engine, "fails", "{}");
    assertEquals("Unhandled", thrown.functionError());
    JsonNode error = json(thrown);
    assertEquals("RangeError", error.get("errorType").asText());
    assertEquals("too far", error.get("errorMessage").asText());
    assertTrue(error.get("trace").get(1).asText().contains("/app.js:4:"), error::toString);
    assertFalse(invoke(engine, "fails", "{}").coldStart(), "an exception keeps the process");

    Expect.exit(engine, "fails", "{\"exit\":true}", "Runtime exited with error: exit status 7");
    assertEquals("RangeError", json(invoke(engine, "fails", "{}")).get("errorType").asText());

    JsonNode lost = json(invoke(engine, "fails", "{\"lost\":true}"));
    assertEquals("Runtime.UnhandledPromiseRejection", lost.get("errorType").asText());
    assertEquals("Error: lost", lost.get("errorMessage").asText());
  }

  @Test
  void initFailuresAreTheFunctionsErrors() {
    create("importless", "app.js", "require('no-such-module');");
    JsonNode error = json(invoke(engine, "importless", "{}"));
    assertEquals("Runtime.ImportModuleError", error.get("errorType").asText());
    assertTrue(
        error.get("errorMessage").asText().startsWith("Error: Cannot find module 'no-such-module'"),
        error::toString);
    create("syntaxless", "app.js", "exports.handler = async () => {");
    error = json(invoke(engine, "syntaxless", "{}"));
    assertEquals("Runtime.UserCodeSyntaxError", error.get("errorType").asText());
    create("handlerless", "app.js", "exports.other = 1;");
    error = json(invoke(engine, "handlerless", "{}"));
    assertEquals("Runtime.HandlerNotFound", error.get("errorType").asText());
  }

  @Test
  void aTimeOutKillsTheProcess() {
    engine
        .functions()
        .create(
            node(
                    "spins",
                    "app.js",
                    "const started = Math.random();",
                    "exports.handler = async (event) => { while (event.spin); return started; };")
                .timeoutSeconds(1)
                .build());
    String before = invoke(engine, "spins", "{}").payloadText();
    InvocationResult timedOut = invoke(engine, "spins", "{\"spin\":true}");
    Expect.timedOut(timedOut);
    assertNotEquals(before, invoke(engine, "spins", "{}").payloadText());
  }

  @Test
  void callbacksWaitForTheEmptyEventLoop() {
    create(
        "callback",
        "app.js",
        "exports.handler = (event, context, callback) => {",
        "  const answer = { timers: 0 };",
        "  setTimeout(() => { answer.timers++; }, 20);",
        "  callback(null, answer);",
        "};");
    assertEquals("{\"timers\":1}", invoke(engine, "callback", "{}").payloadText());
  }

  @Test
  void answersAreStreamed() throws IOException {
    create(
        "streams",
        "app.mjs",
        "export const handler = awslambda.streamifyResponse(async (event, stream) => {",
        "  const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });",
        "  http.write('first ');",
        "  if (event.fails) throw new Error('middle');",
        "  http.write('x'.repeat(event.length));",
        "  http.end();",
        "});");
    int length = 3_000_000;
    try (ResponseStream stream =
        engine.openStream(InvokeRequest.of("streams", "{\"length\":" + length + "}"))) {
      assertEquals(HTTP, stream.contentType());
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      assertEquals("{\"statusCode\":201}\0\0\0\0\0\0\0\0first " + "x".repeat(length), text);
      assertTrue(stream.result().succeeded(), stream.result()::toString);
    }
    InvocationResult broken = invoke(engine, "streams", "{\"fails\":true}");
    assertEquals("Unhandled", broken.functionError());
  }

  @Test
  void theLogTailHasLinesAsNodesConsoleWritesThem() {
    create(
        "speaks",
        "app.js",
        "console.log('loading');",
        "exports.handler = async () => {",
        "  console.log('one line', { a: 1 });",
        "  process.stdout.write('plain\\n');",
        "};");
    InvocationResult result = engine.invoke(InvokeRequest.of("speaks", "{}").withLogTail());
    String tail = result.logTail();
    String id = result.requestId();
    assertTrue(tail.contains("\tundefined\tINFO\tloading\n"), tail);
    assertTrue(tail.indexOf("loading") < tail.indexOf("START RequestId: " + id), tail);
    assertTrue(tail.contains("\t" + id + "\tINFO\tone line { a: 1 }\nplain\n"), tail);
    assertTrue(tail.contains("END RequestId: " + id + "\n"), tail);
  }
}
