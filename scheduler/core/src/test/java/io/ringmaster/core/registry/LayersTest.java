package io.ringmaster.core.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionConfiguration.Layer;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Refusal;
import io.ringmaster.core.resolve.VersionDefinition;
import io.ringmaster.persistence.spi.RegistryStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Layers and architectures, as the registry takes and keeps them. */
class LayersTest {
  private final CountingCodeStore store = new CountingCodeStore();
  private final Dispatch dispatch = new Dispatch();
  private final Registry registry = registry(false);

  private Registry registry(boolean strictArchitecture) {
    return new Registry(
        new RegistrySettings(
            "123456789012",
            "us-east-1",
            1000,
            Long.MAX_VALUE,
            "x86_64",
            strictArchitecture,
            false,
            Duration.ZERO,
            () -> Instant.EPOCH,
            failure -> {
              throw new AssertionError(failure);
            }),
        RegistryStore.NONE,
        store,
        dispatch,
        dispatch);
  }

  private static FunctionCode zip(String content) {
    return FunctionCode.zip(content.getBytes(StandardCharsets.UTF_8));
  }

  private static FunctionSpec.Builder spec(String code, String... layers) {
    return FunctionSpec.named("f")
        .runtime("python3.13")
        .handler("app.handler")
        .code(zip(code))
        .layers(Stream.of(layers).map(LayersTest::zip).toList());
  }

  private static void invalid(String message, Executable call) {
    Refusal refusal = assertThrows(LambdaException.class, call).refusal();
    assertEquals(new Refusal(400, "InvalidParameterValueException", message, null), refusal);
  }

  private VersionDefinition latest() {
    return dispatch.inForce.get("f").versions().get("$LATEST");
  }

  @Test
  void areMergedInTheirOrder() {
    assertEquals(
        List.of(new Layer(null, "sha-b", 1), new Layer(null, "sha-aa", 2)),
        registry.functions().create(spec("code", "b", "aa").build()).layers());
    assertEquals(Path.of("/code/b+aa"), latest().spec().layers());
    assertEquals(Map.of("code", 1, "b+aa", 1), store.references);
    registry.functions().delete("f");
    assertEquals(Map.of(), store.references);
  }

  @Test
  void aSingleOneIsNotCopied() {
    registry.functions().create(spec("code", "b").build());
    assertEquals(Path.of("/code/b"), latest().spec().layers());
    assertEquals(Map.of("code", 1, "b", 1), store.references);
    registry.functions().delete("f");
    assertEquals(Map.of(), store.references);
  }

  @Test
  void aChangeReplacesThemAllAndVersionsKeepTheirs() {
    registry.functions().create(spec("code", "a").build());
    long before = latest().id();
    registry.functions().publishVersion("f");
    assertEquals(Map.of("code", 2, "a", 2), store.references);
    registry.functions().updateConfiguration("f", spec("", "a", "b").build());
    assertNotEquals(before, latest().id());
    assertEquals(Map.of("code", 2, "a", 1, "a+b", 1), store.references);
    registry.functions().updateCode("f", zip("new"));
    assertEquals(Path.of("/code/a+b"), latest().spec().layers());
    registry.functions().updateConfiguration("f", spec("").build());
    assertNull(latest().spec().layers());
    assertEquals(List.of(), registry.functions().get("f").layers());
    assertEquals(Map.of("new", 1, "code", 1, "a", 1), store.references);
    assertEquals(Path.of("/code/a"), dispatch.inForce.get("f").versions().get("1").spec().layers());
    registry.functions().delete("f");
    assertEquals(Map.of(), store.references);
  }

  @Test
  void noMoreThanFive() {
    List<FunctionCode> six = Collections.nCopies(6, zip("a"));
    invalid(
        "Cannot reference more than 5 layers.",
        () -> registry.functions().create(spec("code").layers(six).build()));
    assertEquals(Map.of(), store.references);
    registry.functions().create(spec("code").layers(six.subList(0, 5)).build());
    invalid(
        "Cannot reference more than 5 layers.",
        () -> registry.functions().updateConfiguration("f", spec("").layers(six).build()));
    assertEquals(Map.of("code", 1, "a+a+a+a+a", 1), store.references);
  }

  @Test
  void togetherWithTheCodeTheyAreNotTooLarge() {
    String tooLarge =
        "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes."
            + " The actual size is 262144010 bytes.";
    String large = "a=262144000";
    invalid(tooLarge, () -> registry.functions().create(spec("b=10", large).build()));
    assertEquals(Map.of(), store.references);
    registry.functions().create(spec("b=10").build());
    invalid(tooLarge, () -> registry.functions().updateConfiguration("f", spec("", large).build()));
    assertEquals(Map.of("b=10", 1), store.references);
    registry.functions().updateConfiguration("f", spec("", "a=262143989").build());
    registry.functions().updateCode("f", zip("c=10")); // one byte less than is refused
    invalid(tooLarge, () -> registry.functions().updateCode("f", zip("d=21")));
    assertEquals(Map.of("c=10", 1, "a=262143989", 1), store.references);
  }

  @Test
  void whatCannotBeStoredLeavesNothing() {
    store.failure = new IOException("disk full");
    LambdaException failure =
        assertThrows(
            LambdaException.class, () -> registry.functions().create(spec("code", "a").build()));
    assertEquals("ServiceException", failure.refusal().code());
    store.failure = null;
    assertEquals(Map.of(), store.references);
  }

  @Test
  void inJvmCodeHasNone() {
    FunctionCode inJvm = FunctionCode.inJvm((event, response) -> response.write("{}"));
    invalid(
        "In-JVM code has no layers.",
        () ->
            registry
                .functions()
                .create(FunctionSpec.named("f").code(inJvm).layers(List.of(zip("a"))).build()));
    invalid(
        "In-JVM code cannot be a layer.",
        () -> registry.functions().create(spec("code").layers(List.of(inJvm)).build()));
  }

  @Test
  void anotherArchitectureIsRefusedWhereTheOperatorSaysSo() {
    FunctionSpec arm = spec("code").architectures(List.of("arm64")).build();
    invalid(
        "This engine runs functions for x86_64 only (arch=strict), not for arm64.",
        () -> registry(true).functions().create(arm));
    registry(true).functions().create(spec("code").architectures(List.of("x86_64")).build());
    registry.functions().create(arm);
    assertEquals("arm64", latest().spec().architecture());
  }

  /** Each of the two fits with what is in force, but not with the other. */
  @Test
  void twoChangesAtOnceDoNotFitTogether() throws Exception {
    registry.functions().create(spec("c=10", "a=10").build());
    Thread[] other = new Thread[1];
    List<String> refused = Collections.synchronizedList(new ArrayList<>());
    store.whileLooking =
        () -> {
          store.whileLooking = () -> {};
          other[0] =
              Thread.ofPlatform()
                  .start(
                      () -> {
                        try {
                          registry
                              .functions()
                              .updateConfiguration("f", spec("", "b=200000000").build());
                        } catch (LambdaException tooLarge) {
                          refused.add(tooLarge.getMessage());
                        }
                      });
          // It has its turn: it is done, or it waits.
          long deadlineNs = System.nanoTime() + 20_000_000_000L;
          while (other[0].isAlive()
              && other[0].getState() != Thread.State.BLOCKED
              && System.nanoTime() < deadlineNs) {
            Thread.onSpinWait();
          }
        };
    registry.functions().updateCode("f", zip("d=200000000"));
    other[0].join();
    assertEquals(1, refused.size(), "both were taken");
    assertEquals(Path.of("/code/d=200000000"), latest().spec().code());
    assertEquals(Path.of("/code/a=10"), latest().spec().layers());
  }
}
