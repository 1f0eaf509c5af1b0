package io.ringmaster.journeys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;

/** What the journeys share: engines, Python functions, JSON. */
final class Engines {
  static final String PYTHON = "python3.13";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Engines() {}

  static EngineConfig.Builder config() {
    return EngineConfig.builder().environmentsMax(16).genericSandboxes(2);
  }

  static FunctionSpec.Builder python(String name, String... lines) {
    return FunctionSpec.named(name)
        .runtime(PYTHON)
        .handler("app.handler")
        .code(FunctionCode.source("app.py", String.join("\n", lines) + "\n"));
  }

  static InvocationResult invoke(Engine engine, String function, String payload) {
    return engine.invoke(InvokeRequest.of(function, payload));
  }

  static JsonNode json(InvocationResult result) {
    try {
      return JSON.readTree(result.payload());
    } catch (java.io.IOException e) {
      throw new AssertionError("not JSON: " + result.payloadText(), e);
    }
  }
}
