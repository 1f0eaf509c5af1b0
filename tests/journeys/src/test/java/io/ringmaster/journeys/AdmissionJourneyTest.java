package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.config;
import static io.ringmaster.journeys.Engines.invoke;
import static io.ringmaster.journeys.Engines.json;
import static io.ringmaster.journeys.Engines.python;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.LambdaException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Versions, aliases, names, limits: which code an invocation reaches, and when it is refused. */
class AdmissionJourneyTest {
  private static final String ARN = "arn:aws:lambda:us-east-1:123456789012:function:";

  @Test
  void versionsAreImmutableAndAliasesShareInvocations() {
    try (Engine engine = Engine.open(config().build())) {
      engine.functions().create(python("f", "def handler(e, c): return 'one'").build());
      FunctionConfiguration one = engine.functions().publishVersion("f", "first");
      assertEquals("1", one.version());
      assertEquals("1", engine.functions().publishVersion("f", "first").version());
      engine
          .functions()
          .updateCode("f", FunctionCode.source("app.py", "def handler(e, c): return 'two'\n"));
      assertEquals("\"two\"", invoke(engine, "f", "{}").payloadText());
      assertEquals("\"one\"", invoke(engine, "f:1", "{}").payloadText());
      assertEquals("2", engine.functions().publishVersion("f").version());
      engine.functions().createAlias("f", "live", "1", "", Map.of("2", 0.5));
      int second = 0;
      for (int i = 0; i < 200; i++) {
        InvocationResult result = invoke(engine, ARN + "f:live", "{}");
        boolean isSecond = "2".equals(result.executedVersion());
        assertEquals(isSecond ? "\"two\"" : "\"one\"", result.payloadText());
        second += isSecond ? 1 : 0;
      }
      int share = second;
      assertTrue(share > 50 && share < 150, () -> share + " of 200 for a weight of one half");
      engine.functions().updateAlias("f", "live", "2", null, Map.of());
      assertEquals("\"two\"", invoke(engine, "123456789012:function:f:live", "{}").payloadText());
      assertEquals(
          "\"one\"", engine.invoke(InvokeRequest.of("f", "{}").withQualifier("1")).payloadText());
    }
  }

  @Test
  void theContextHasTheQualifiedArn() {
    try (Engine engine = Engine.open(config().build())) {
      engine
          .functions()
          .create(
              python("f", "def handler(e, c): return [c.invoked_function_arn, c.function_version]")
                  .build());
      engine.functions().publishVersion("f");
      engine.functions().createAlias("f", "live", "1", "", Map.of());
      assertEquals(ARN + "f:live", json(invoke(engine, "f:live", "{}")).get(0).asText());
      assertEquals("1", json(invoke(engine, "f:live", "{}")).get(1).asText());
    }
  }

  @Test
  void whatIsNotThereIsNotFoundInTheWordsOfAws() {
    try (Engine engine = Engine.open(config().sandboxProcesses(false).build())) {
      assertRefused(
          invoke(engine, "nope", "{}"),
          404,
          "ResourceNotFoundException",
          "Function not found: " + ARN + "nope:$LATEST");
      engine
          .functions()
          .create(
              io.ringmaster.api.FunctionSpec.named("f")
                  .code(FunctionCode.inJvm((event, response) -> response.write("1")))
                  .build());
      assertRefused(
          invoke(engine, "f:1221", "{}"),
          404,
          "ResourceNotFoundException",
          "Function not found: " + ARN + "f:1221");
      assertEquals("1", invoke(engine, "f", "{}").payloadText());
      engine.functions().delete("f");
      assertEquals(404, invoke(engine, "f", "{}").statusCode());
      LambdaException refused =
          assertThrows(LambdaException.class, () -> engine.functions().get("f"));
      assertEquals(404, refused.refusal().statusCode());
      assertEquals("Function not found: " + ARN + "f", refused.refusal().message());
    }
  }

  private static void assertRefused(
      InvocationResult result, int status, String code, String message) {
    assertEquals(status, result.statusCode());
    assertEquals(code, result.refusal().code());
    assertEquals(message, result.refusal().message());
  }

  @Test
  void reservedConcurrencyAndTheAccountsLimitAreKept() {
    String[] code = {"import time", "def handler(e, c): time.sleep(0.5)"};
    try (Engine engine = Engine.open(config().accountConcurrency(3).build())) {
      engine.functions().create(python("f", code).build());
      assertEquals(List.of(200, 200, 200, 429, 429), statuses(engine, 5));
    }
    try (Engine engine = Engine.open(config().accountConcurrency(102).build())) {
      engine.functions().create(python("f", code).build());
      engine.functions().putConcurrency("f", 0);
      InvocationResult off = invoke(engine, "f", "{}");
      assertEquals(429, off.statusCode());
      assertEquals("TooManyRequestsException", off.refusal().code());
      assertEquals("Rate Exceeded.", off.refusal().message());
      assertEquals("ReservedFunctionConcurrentInvocationLimitExceeded", off.refusal().reason());
      engine.functions().putConcurrency("f", 2);
      assertEquals(List.of(200, 200, 429, 429), statuses(engine, 4));
      engine.functions().deleteConcurrency("f");
      assertEquals(200, invoke(engine, "f", "{}").statusCode());
    }
  }

  private static List<Integer> statuses(Engine engine, int count) {
    List<CompletableFuture<InvocationResult>> futures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      futures.add(engine.invokeAsync(InvokeRequest.of("f", "{\"s\":2}")));
    }
    return futures.stream().map(future -> future.join().statusCode()).sorted().toList();
  }

  @Test
  void whoWaitsTooLongForAPlaceIsThrottled() {
    try (Engine engine =
        Engine.open(config().environmentsMax(1).capacityWait(Duration.ofMillis(300)).build())) {
      engine
          .functions()
          .create(python("f", "import time", "def handler(e, c): time.sleep(e['s'])").build());
      assertEquals(200, invoke(engine, "f", "{\"s\":0}").statusCode());
      assertEquals(List.of(200, 429), statuses(engine, 2));
    }
  }

  @Test
  void manyVersionsShareFewEnvironments() {
    try (Engine engine = Engine.open(config().environmentsMax(2).build())) {
      for (int i = 0; i < 8; i++) {
        engine.functions().create(python("f" + i, "def handler(e, c): return " + i).build());
      }
      List<CompletableFuture<InvocationResult>> futures = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        futures.add(engine.invokeAsync(InvokeRequest.of("f" + i % 8, "{}")));
      }
      for (int i = 0; i < 400; i++) {
        assertEquals("" + i % 8, futures.get(i).join().payloadText());
      }
      assertTrue(engine.status().sandboxes().size() <= 2);
    }
  }
}
