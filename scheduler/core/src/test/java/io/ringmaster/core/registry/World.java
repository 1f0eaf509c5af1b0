package io.ringmaster.core.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Layers;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.function.Executable;

/** A registry on stores in memory, with a clock that stands still until it is moved. */
final class World {
  static final Owner OWN = new Owner("123456789012", "us-east-1");
  static final Owner OTHER = new Owner("210987654321", "eu-west-1");

  final MemoryRegistryStore store = new MemoryRegistryStore();
  final CountingCodeStore code = new CountingCodeStore();
  final List<Exception> failures = new ArrayList<>();
  Dispatch dispatch = new Dispatch();
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Duration pending;
  private final long codeBytesMax;
  Registry registry;

  World(Duration pending) {
    this(pending, 80_530_636_800L);
  }

  World(Duration pending, long codeBytesMax) {
    this.pending = pending;
    this.codeBytesMax = codeBytesMax;
    registry = newRegistry();
  }

  private Registry newRegistry() {
    return new Registry(
        new RegistrySettings(
            OWN.account(),
            OWN.region(),
            1000,
            codeBytesMax,
            "x86_64",
            false,
            false,
            pending,
            () -> now,
            failures::add),
        store,
        code,
        dispatch,
        dispatch);
  }

  Functions functions() {
    return registry.functions();
  }

  Layers layers() {
    return registry.layers(OWN);
  }

  /** Another engine on the same stores. */
  void restart() throws IOException {
    code.references.replaceAll((key, count) -> 0);
    dispatch = new Dispatch();
    registry = newRegistry();
    registry.restore();
    assertEquals(List.of(), failures);
    code.references.values().removeIf(count -> count == 0);
  }

  /** References to packages. */
  Map<String, Integer> held() {
    return new TreeMap<>(code.references);
  }

  static FunctionCode zip(String content) {
    return FunctionCode.zip(content.getBytes(StandardCharsets.UTF_8));
  }

  static FunctionSpec.Builder spec(String name) {
    return FunctionSpec.named(name).runtime("python3.13").handler("app.handler").code(zip("one"));
  }

  static void refused(int status, String code, String message, Executable call) {
    Refusal refusal = assertThrows(LambdaException.class, call).refusal();
    assertEquals(new Refusal(status, code, message, null), refusal);
  }

  static void invalid(String message, Executable call) {
    refused(400, "InvalidParameterValueException", message, call);
  }

  static void notFound(String message, Executable call) {
    refused(404, "ResourceNotFoundException", message, call);
  }

  static void conflict(String message, Executable call) {
    refused(409, "ResourceConflictException", message, call);
  }

  static void stale(String call, Executable executable) {
    refused(
        412,
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the "
            + call
            + " API to retrieve the latest Revision Id",
        executable);
  }
}
