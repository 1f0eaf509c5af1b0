package io.ringmaster.journeys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.EngineException;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions outlive their engine where it has a data folder. */
class RegistryJourneyTest {
  @TempDir Path folder;

  private Engine open() {
    return Engine.open(EngineConfig.builder().dataFolder(folder).genericSandboxes(1).build());
  }

  private static FunctionCode python(String answer) {
    return FunctionCode.source(
        "app.py", "def handler(event, context):\n    return '" + answer + "'\n");
  }

  private static String invoke(Engine engine, String name) {
    InvocationResult result = engine.invoke(InvokeRequest.of(name, "{}"));
    assertTrue(result.succeeded(), result.toString());
    return result.payloadText();
  }

  @Test
  void anEngineThatCannotBeOpenedTakesNothingAway() throws IOException {
    try (Engine engine = open()) {
      engine
          .functions()
          .create(
              FunctionSpec.named("greet")
                  .runtime("python3.13")
                  .handler("app.handler")
                  .timeoutSeconds(60)
                  .code(python("here"))
                  .build());
    }
    Path registry = folder.resolve("registry");
    Path aside = folder.resolve("registry-aside");
    Files.move(registry, aside);
    Files.writeString(registry, "in the way");
    EngineException refused = assertThrows(EngineException.class, () -> open().close());
    assertTrue(refused.getMessage().contains("cannot be opened"), refused.getMessage());
    Files.delete(registry);
    Files.move(aside, registry);
    try (Engine engine = open()) {
      assertEquals("\"here\"", invoke(engine, "greet"));
    }
  }

  @Test
  void theNextEngineServesThem() {
    try (Engine engine = open()) {
      engine
          .functions()
          .create(
              FunctionSpec.named("greet")
                  .runtime("python3.13")
                  .handler("app.handler")
                  .timeoutSeconds(60)
                  .code(python("first"))
                  .build());
      engine.functions().publishVersion("greet");
      engine.functions().createAlias("greet", "live", "1", null, Map.of());
      engine.functions().updateCode("greet", python("second"));
      assertEquals("\"second\"", invoke(engine, "greet"));
    }
    try (Engine engine = open()) {
      assertEquals("\"second\"", invoke(engine, "greet"));
      assertEquals("\"first\"", invoke(engine, "greet:live"));
      engine.functions().delete("greet");
      assertFalse(
          engine.functions().list().stream().anyMatch(f -> f.functionName().equals("greet")));
    }
    try (Engine engine = open()) {
      assertEquals(0, engine.functions().list().size());
    }
  }
}
