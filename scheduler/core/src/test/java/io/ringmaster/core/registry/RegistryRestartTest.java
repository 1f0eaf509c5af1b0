package io.ringmaster.core.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.EngineException;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.LambdaException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An engine that follows another one on the same store and packages. */
class RegistryRestartTest {
  private final MemoryRegistryStore store = new MemoryRegistryStore();
  private final CountingCodeStore code = new CountingCodeStore();
  private final List<Exception> failures = new ArrayList<>();
  private Dispatch dispatch = new Dispatch();
  private Registry registry = newRegistry("123456789012", "us-east-1");

  private Registry newRegistry(String account, String region) {
    return new Registry(
        new RegistrySettings(
            account,
            region,
            1000,
            Long.MAX_VALUE,
            "x86_64",
            false,
            false,
            Duration.ZERO,
            () -> Instant.parse("2026-01-01T00:00:00.123Z"),
            failures::add),
        store,
        code,
        dispatch,
        dispatch);
  }

  /** The packages stay; nobody refers to them before the new engine does. */
  private void restart() throws IOException {
    code.references.replaceAll((key, count) -> 0);
    code.leftoversForgotten = false;
    dispatch = new Dispatch();
    registry = newRegistry("123456789012", "us-east-1");
    registry.restore();
  }

  private static FunctionCode zip(String content) {
    return FunctionCode.zip(content.getBytes(StandardCharsets.UTF_8));
  }

  private static FunctionSpec.Builder spec(String name) {
    return FunctionSpec.named(name).runtime("python3.13").handler("app.handler").code(zip("one"));
  }

  /** Everything that can be asked of it. */
  private List<Object> shown() {
    List<Object> shown = new ArrayList<>(registry.functions().list());
    registry
        .functions()
        .list()
        .forEach(
            function -> {
              String name = function.functionName();
              shown.addAll(registry.functions().listVersions(name));
              shown.addAll(registry.functions().listAliases(name));
              shown.add(registry.functions().getConcurrency(name));
            });
    return shown;
  }

  @Test
  void everythingIsAsItWas() throws IOException {
    registry
        .functions()
        .create(
            spec("full")
                .description("a = b, ü, \"quoted\"\n")
                .memoryMb(1769)
                .timeoutSeconds(900)
                .ephemeralStorageMb(1024)
                .environment(Map.of("A_KEY", "a, value = é\n", "B_KEY", ""))
                .architectures(List.of("arm64"))
                .logFormat("JSON")
                .applicationLogLevel("DEBUG")
                .systemLogLevel("WARN")
                .layers(List.of(zip("layer-1"), zip("layer-2")))
                .build());
    registry.functions().publishVersion("full", "first");
    registry.functions().updateCode("full", zip("two"));
    registry.functions().publishVersion("full");
    registry.functions().createAlias("full", "live", "1", "the one", Map.of("2", 0.25));
    registry.functions().createAlias("full", "next", "2", null, null);
    registry.functions().putConcurrency("full", 7);
    registry.functions().create(spec("plain").build());
    registry.functions().create(spec("gone").build());
    registry.functions().delete("gone");
    List<Object> before = shown();
    Map<String, Integer> references = new HashMap<>(code.references);
    references.values().removeIf(count -> count == 0);

    restart();

    assertEquals(List.of(), failures);
    assertTrue(code.leftoversForgotten);
    assertEquals(before, shown());
    code.references.values().removeIf(count -> count == 0);
    assertEquals(references, code.references, "references to packages");
    assertEquals(List.of("full", "plain"), List.copyOf(dispatch.inForce.keySet()));
    assertEquals(7, dispatch.inForce.get("full").reservedConcurrency());
    assertEquals("3", publishedAfterAChange("full"), "a version's number is never used twice");
  }

  private String publishedAfterAChange(String name) {
    registry.functions().updateCode(name, zip("three"));
    return registry.functions().publishVersion(name).version();
  }

  @Test
  void numbersOfDeletedVersionsAreNotUsedAgain() throws IOException {
    registry.functions().create(spec("f").build());
    registry.functions().publishVersion("f");
    registry.functions().deleteVersion("f", "1");
    restart();
    assertEquals("2", publishedAfterAChange("f"));
  }

  @Test
  void codeInThisJvmEndsWithIt() throws IOException {
    registry
        .functions()
        .create(
            FunctionSpec.named("here").code(FunctionCode.inJvm((event, response) -> {})).build());
    restart();
    assertEquals(List.of(), registry.functions().list());
  }

  @Test
  void otherAccountsAndRegionsAreNotOurs() throws IOException {
    registry.functions().create(spec("f").build());
    Registry other = newRegistry("123456789012", "us-east-2");
    other.restore();
    assertEquals(List.of(), other.functions().list());
    Registry another = newRegistry("210987654321", "us-east-1");
    code.references.replaceAll((key, count) -> 0);
    another.restore();
    assertEquals(List.of(), another.functions().list());
    assertEquals(Map.of("one", 1), held(), "their packages stay all the same");
  }

  @Test
  void whatCannotBeKeptDidNotHappen() throws IOException {
    registry.functions().create(spec("f").build());
    List<Object> before = shown();
    store.failure = new IOException("no space left");
    List<Runnable> changes =
        List.of(
            () -> registry.functions().create(spec("g").build()),
            () -> registry.functions().updateCode("f", zip("two")),
            () -> registry.functions().publishVersion("f"),
            () -> registry.functions().createAlias("f", "live", "$LATEST", null, null),
            () -> registry.functions().putConcurrency("f", 3),
            () -> registry.functions().delete("f"));
    for (Runnable change : changes) {
      LambdaException refused = assertThrows(LambdaException.class, change::run);
      assertEquals(500, refused.refusal().statusCode());
      assertEquals("ServiceException", refused.refusal().code());
      assertEquals(before, shown());
    }
    store.failure = null;
    assertEquals(Map.of("one", 1), held());
    restart();
    assertEquals(before, shown());
  }

  private Map<String, Integer> held() {
    Map<String, Integer> held = new HashMap<>(code.references);
    held.values().removeIf(count -> count == 0);
    return held;
  }

  @Test
  void whatCannotBePublishedIsNotKept() throws IOException {
    registry.functions().create(spec("f").build());
    List<Object> before = shown();
    dispatch.failure = new EngineException("closing");
    assertThrows(EngineException.class, () -> registry.functions().putConcurrency("f", 3));
    assertThrows(EngineException.class, () -> registry.functions().create(spec("g").build()));
    assertThrows(EngineException.class, () -> registry.functions().delete("f"));
    restart();
    assertEquals(before, shown());
  }

  @Test
  void aFunctionWithoutItsPackageIsReportedAndLeftOut() throws IOException {
    registry.functions().create(spec("whole").build());
    registry.functions().create(spec("broken").code(zip("lost")).build());
    store.records.put("function/123456789012/us-east-1/cut", new byte[] {1, 0, 0, 0, 9});
    code.references.remove("lost");
    restart();
    assertEquals(1, registry.functions().list().size());
    assertEquals("whole", registry.functions().list().getFirst().functionName());
    assertEquals(2, failures.size(), failures.toString());
    assertTrue(failures.getFirst().getMessage().contains("/broken cannot be served"));
    assertNotEquals(null, store.records.get("function/123456789012/us-east-1/broken"));
    assertFalse(code.leftoversForgotten, "somebody may still mend it");
    failures.clear();
    store.records.remove("function/123456789012/us-east-1/broken");
    store.records.remove("function/123456789012/us-east-1/cut");
    restart();
    assertTrue(code.leftoversForgotten);
    store.damaged = true;
    restart();
    assertFalse(code.leftoversForgotten);
    assertEquals(List.of(), failures);
  }

  @Test
  void nothingChangesAfterTheEnd() throws IOException {
    registry.functions().create(spec("f").build());
    List<Object> before = shown();
    registry.close();
    assertThrows(EngineException.class, () -> registry.functions().putConcurrency("f", 3));
    assertThrows(EngineException.class, () -> registry.functions().delete("f"));
    assertThrows(EngineException.class, () -> registry.functions().updateCode("f", zip("two")));
    restart();
    assertEquals(before, shown());
    assertEquals(Map.of("one", 1), held());
  }

  @Test
  void packagesStayWhereItIsNotKnownWhatIsKept() throws IOException {
    registry.functions().create(spec("f").build());
    dispatch.failure = new EngineException("closing");
    dispatch.onFailure = () -> store.failure = new IOException("closed");
    assertThrows(EngineException.class, () -> registry.functions().updateCode("f", zip("two")));
    assertEquals(1, failures.size(), failures.toString());
    store.failure = null;
    assertEquals(Map.of("one", 1, "two", 1), held(), "what was kept may need the new one");
    restart();
    assertEquals("sha-two", registry.functions().get("f").codeSha256());
  }
}
