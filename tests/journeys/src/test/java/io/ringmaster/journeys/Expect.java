package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.invoke;
import static io.ringmaster.journeys.Engines.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.ringmaster.api.Engine;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;

/** What holds of a function's answers whatever its language. */
final class Expect {
  static final String TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793";

  private Expect() {}

  /** Of a function that answers {@code {calls, echo}}, for the first time. */
  static void coldThenWarm(Engine engine, String function) {
    InvocationResult cold = invoke(engine, function, "{\"a\":[1,\"ü\"]}");
    assertEquals(200, cold.statusCode(), cold::toString);
    assertNull(cold.functionError(), cold.payloadText());
    assertTrue(cold.coldStart());
    assertTrue(cold.timings().initNs() > 0);
    assertEquals(1, json(cold).get("calls").asInt());
    assertEquals("{\"a\":[1,\"ü\"]}", json(cold).get("echo").toString());
    assertEquals("$LATEST", cold.executedVersion());

    InvocationResult warm = invoke(engine, function, "{}");
    assertFalse(warm.coldStart());
    assertEquals(0, warm.timings().initNs());
    assertEquals(2, json(warm).get("calls").asInt());
    assertTrue(warm.billedMs() >= 1);
    assertTrue(warm.maxMemoryMb() > 0);
    assertNotEquals(cold.requestId(), warm.requestId());
  }

  /**
   * Asks a function of 256 MB, with {@code STAGE=test} and {@code app.handler}, that tells its
   * variables in {@code env} and its working directory in {@code cwd}.
   *
   * @return all that it tells
   */
  static InvocationResult lambdasVariables(Engine engine, String function, String runtime) {
    InvocationResult result =
        engine.invoke(
            InvokeRequest.of(function, "{}")
                .withClientContext("{\"custom\":{\"k\":\"v\"}}")
                .withTraceHeader(TRACE));
    assertNull(result.functionError(), result::payloadText);
    JsonNode seen = json(result);
    JsonNode env = seen.get("env");
    assertEquals("test", env.get("STAGE").asText());
    assertEquals(function, env.get("AWS_LAMBDA_FUNCTION_NAME").asText());
    assertEquals("256", env.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").asText());
    assertEquals("us-east-1", env.get("AWS_REGION").asText());
    assertEquals("AWS_Lambda_" + runtime, env.get("AWS_EXECUTION_ENV").asText());
    assertEquals("app.handler", env.get("_HANDLER").asText());
    assertEquals(":UTC", env.get("TZ").asText());
    assertEquals(env.get("LAMBDA_TASK_ROOT").asText(), seen.get("cwd").asText());
    assertEquals(TRACE, env.get("_X_AMZN_TRACE_ID").asText());
    assertFalse(env.has("JAVA_HOME"), "the engine's own variables stay outside");
    return result;
  }

  static void exit(Engine engine, String function, String payload, String text) {
    InvocationResult result = invoke(engine, function, payload);
    assertEquals("Unhandled", result.functionError());
    assertEquals(
        "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: "
            + result.requestId()
            + " Error: "
            + text
            + "\"}",
        result.payloadText());
  }

  /** After its time-out of one second. */
  static void timedOut(InvocationResult result) {
    assertEquals("Unhandled", result.functionError());
    assertEquals(
        "{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"RequestId: "
            + result.requestId()
            + " Error: Task timed out after 1.00 seconds\"}",
        result.payloadText());
    assertTrue(result.timings().invokeNs() >= 1_000_000_000L);
    assertTrue(result.timings().invokeNs() < 2_000_000_000L, result::toString);
  }
}
