package io.ringmaster.core.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionConfiguration.Layer;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LayerSpec;
import io.ringmaster.api.LayerVersion;
import io.ringmaster.api.Layers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PublishedLayersTest {
  private static final String ARN = "arn:aws:lambda:us-east-1:123456789012:layer:";

  private final World world = new World(Duration.ZERO);
  private final Functions functions = world.functions();
  private final Layers layers = world.layers();

  private LayerVersion publish(String name, String content) {
    return layers.publish(LayerSpec.of(name, World.zip(content)));
  }

  private static FunctionConfiguration latest(World world) {
    return world.functions().get("f");
  }

  @Test
  void versionsAreNumberedAndNeverTwice() throws IOException {
    LayerVersion first =
        layers.publish(
            new LayerSpec(
                "l", "libraries", World.zip("a"), List.of("python3.13"), List.of("x86_64"), "MIT"));
    assertEquals(
        new LayerVersion(
            ARN + "l",
            ARN + "l:1",
            1,
            "libraries",
            world.now,
            List.of("python3.13"),
            List.of("x86_64"),
            "MIT",
            "sha-a",
            1),
        first);
    publish("l", "b");
    publish("m", "c");
    world.restart();
    Layers restored = world.layers();
    assertEquals(first, restored.get("l", 1));
    assertEquals(first, restored.get(ARN + "l", 1));
    assertEquals(first, restored.getByArn(ARN + "l:1"));
    assertEquals(
        List.of(2L, 1L), restored.listVersions("l").stream().map(LayerVersion::version).toList());
    assertEquals(
        List.of(ARN + "l:2", ARN + "m:1"),
        restored.list(null, 50).items().stream().map(LayerVersion::layerVersionArn).toList());
    assertTrue(restored.list(null, 1).more());
    assertEquals("m", restored.list("l", 1).items().getFirst().name());
    restored.delete("l", 1);
    restored.delete("l", 2);
    restored.delete("l", 2);
    assertEquals(List.of(), restored.listVersions("l"));
    assertEquals(1, restored.list(null, 50).items().size());
    assertEquals(Map.of("c", 1), world.held());
    world.restart();
    assertEquals(3, world.layers().publish(LayerSpec.of("l", World.zip("d"))).version());
  }

  @Test
  void refuses() {
    publish("l", "a");
    World.notFound("The resource you requested does not exist.", () -> layers.get("l", 2));
    World.notFound("The resource you requested does not exist.", () -> layers.get("none", 1));
    World.invalid("Layer Version Cannot be less than 1", () -> layers.get("l", 0));
    World.invalid("Layer Version Cannot be less than 1", () -> layers.delete("l", 0));
    World.invalid(
        "Layer version " + ARN + "l:2 does not exist.",
        () -> functions.create(World.spec("f").layerArns(List.of(ARN + "l:2")).build()));
    World.invalid(
        "Two different versions of the same layer are not allowed to be referenced in the same"
            + " function. "
            + (ARN + "l:1 and " + ARN + "l:2")
            + " are versions of the same layer.",
        () ->
            functions.create(World.spec("f").layerArns(List.of(ARN + "l:1", ARN + "l:2")).build()));
    World.invalid(
        "Layers are not in the same region as the function. Layers are expected to be in region"
            + " us-east-1.",
        () ->
            functions.create(
                World.spec("f")
                    .layerArns(List.of("arn:aws:lambda:eu-west-1:123456789012:layer:l:1"))
                    .build()));
    World.refused(
        403,
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:root is not authorized to perform:"
            + " lambda:GetLayerVersion on resource:"
            + " arn:aws:lambda:us-east-1:210987654321:layer:l:1 because no resource-based policy"
            + " allows the lambda:GetLayerVersion action",
        () ->
            functions.create(
                World.spec("f")
                    .layerArns(List.of("arn:aws:lambda:us-east-1:210987654321:layer:l:1"))
                    .build()));
    World.invalid(
        "Cannot reference more than 5 layers.",
        () ->
            functions.create(
                World.spec("f")
                    .layers(List.of(World.zip("x")))
                    .layerArns(
                        List.of(ARN + "a:1", ARN + "b:1", ARN + "c:1", ARN + "d:1", ARN + "e:1"))
                    .build()));
    assertEquals(Map.of("a", 1), world.held());
  }

  @Test
  void aDeletedVersionServesItsFunctions() throws IOException {
    publish("l", "a");
    publish("m", "b");
    functions.create(World.spec("f").layerArns(List.of(ARN + "l:1", ARN + "m:1")).build());
    assertEquals(
        List.of(new Layer(ARN + "l:1", "sha-a", 1), new Layer(ARN + "m:1", "sha-b", 1)),
        latest(world).layers());
    layers.delete("l", 1);
    world.restart();
    assertEquals(
        Path.of("/code/a+b"),
        world.dispatch.inForce.get("f").versions().get("$LATEST").spec().layers());
    world
        .functions()
        .updateConfiguration("f", present -> present.toBuilder().memoryMb(512).build(), null);
    assertEquals(2, latest(world).layers().size());
    world
        .functions()
        .updateConfiguration(
            "f", present -> present.toBuilder().layerArns(List.of(ARN + "l:1")).build(), null);
    assertEquals(List.of(new Layer(ARN + "l:1", "sha-a", 1)), latest(world).layers());
    assertEquals(
        Path.of("/code/a"),
        world.dispatch.inForce.get("f").versions().get("$LATEST").spec().layers());
    assertEquals(Map.of("one", 1, "a", 2, "b", 1), world.held());
    world
        .functions()
        .updateConfiguration(
            "f", present -> present.toBuilder().layerArns(List.of()).build(), null);
    assertEquals(Map.of("one", 1, "b", 1), world.held());
    World.invalid(
        "Layer version " + ARN + "l:1 does not exist.",
        () ->
            world
                .functions()
                .updateConfiguration(
                    "f",
                    present -> present.toBuilder().layerArns(List.of(ARN + "l:1")).build(),
                    null));
  }

  @Test
  void inlineLayersStayWhereNothingIsSaidOfThem() {
    functions.create(World.spec("f").layers(List.of(World.zip("x"), World.zip("y"))).build());
    functions.updateConfiguration(
        "f", present -> present.toBuilder().timeoutSeconds(9).build(), null);
    assertEquals(2, latest(world).layers().size());
    assertEquals(Map.of("one", 1, "x+y", 1), world.held());
    publish("l", "a");
    functions.updateConfiguration(
        "f", present -> present.toBuilder().layerArns(List.of(ARN + "l:1")).build(), null);
    assertEquals(List.of(new Layer(ARN + "l:1", "sha-a", 1)), latest(world).layers());
    functions.delete("f");
    assertEquals(Map.of("a", 1), world.held());
  }

  @Test
  void givesItsCode() throws IOException {
    publish("l", "content");
    try (var stream = layers.openCode("l", 1)) {
      assertEquals("content", new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    }
    assertEquals(Map.of("content", 1), world.held());
  }
}
