package io.ringmaster.core.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.ringmaster.api.Alias;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Statement;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.persistence.spi.StoredCode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What is written is what is read; what was not written so is refused, or read as something. */
class RecordsPropertyTest {
  private static final FunctionName.Parsed NAME =
      new FunctionName.Parsed("123456789012", "us-east-1", "f", null);

  private final CountingCodeStore store = new CountingCodeStore();
  private final PackageShelf packages = new PackageShelf(store, failure -> {});

  private StoredCode code(Random random) {
    String key = "package-" + random.nextInt(5);
    return new StoredCode(key, "sha-" + key, random.nextInt(1000), store.folder(key));
  }

  private static String text(Random random) {
    String characters = "aZ9.,:=/\"\\{}\n\t ü€😀";
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      int at = random.nextInt(characters.length() - 2);
      text.append(characters.charAt(at));
    }
    return text.toString();
  }

  private Version version(Random random, String label) {
    List<LayerSet.Part> parts = new ArrayList<>();
    List<String> arns = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      String arn = random.nextBoolean() ? "arn:aws:layer:" + i : null;
      parts.add(new LayerSet.Part(arn, code(random)));
      if (arn != null) {
        arns.add(arn);
      }
    }
    FunctionSpec spec =
        FunctionSpec.named("f")
            .runtime("python3.13")
            .handler(random.nextBoolean() ? null : "app.handler")
            .layers(null)
            .layerArns(arns)
            .description(text(random))
            .memoryMb(128 + random.nextInt(1000))
            .environment(Map.of("A." + text(random), text(random), "B", text(random)))
            .architectures(List.of("arm64"))
            .logFormat("JSON")
            .applicationLogLevel("WARN")
            .logGroup(random.nextBoolean() ? null : "/group." + random.nextInt())
            .documents(Map.of("VpcConfig", text(random), "A." + text(random), "{}"))
            .build();
    LayerSet layers =
        parts.isEmpty() ? LayerSet.NONE : new LayerSet(List.copyOf(parts), code(random));
    Instant now = Instant.ofEpochMilli(random.nextInt());
    return new Version(
        0,
        label,
        new Content(code(random), layers, null, spec, random.nextBoolean()),
        text(random),
        now,
        text(random),
        random.nextBoolean() ? null : new Version.Settling(random.nextBoolean(), now));
  }

  private FunctionState function(Random random) {
    FunctionState function =
        FunctionState.created(
            NAME, version(random, "$LATEST"), Map.of("k." + text(random), text(random)));
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      function = function.withPublished(version(random, Integer.toString(i)));
    }
    function =
        function
            .withReserved(random.nextInt(5) - 1)
            .withAlias(
                new Alias(
                    NAME.unqualifiedArn() + ":live",
                    "live",
                    "1",
                    text(random),
                    random.nextBoolean() ? Map.of() : Map.of("2", random.nextDouble()),
                    text(random)));
    Attached attached = function.attached();
    for (String qualifier : List.of("$LATEST", "live", "1")) {
      List<Statement> statements = new ArrayList<>();
      for (int i = random.nextInt(12); i > 0; i--) {
        statements.add(new Statement("s" + i, text(random)));
      }
      attached =
          attached
              .withPolicy(qualifier, statements)
              .withDocument("url", qualifier, text(random))
              .withDocument("event-invoke-config", qualifier, random.nextBoolean() ? "{}" : null);
    }
    return function.withAttached(attached);
  }

  private static LayerState layer(Random random, StoredCode code) {
    LayerState layer =
        LayerState.unpublished(new LayerName.Parsed("123456789012", "us-east-1", "l", 0));
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      layer =
          layer.with(
              new LayerState.Published(
                  layer.lastNumber() + 1,
                  code,
                  text(random),
                  Instant.ofEpochMilli(random.nextInt()),
                  random.nextBoolean() ? List.of() : List.of("python3.13", "java25"),
                  random.nextBoolean() ? List.of() : List.of("arm64"),
                  random.nextBoolean() ? null : text(random)));
    }
    return random.nextBoolean() ? layer.without(1) : layer;
  }

  @Property(tries = 300)
  void functionsAreReadAsTheyWereWritten(@ForAll long seed) {
    FunctionState function = function(new Random(seed));
    byte[] record = FunctionRecord.write(function);
    assertEquals(function, FunctionRecord.read(record, packages, () -> 0));
  }

  @Property(tries = 300)
  void layersAreReadAsTheyWereWritten(@ForAll long seed) {
    Random random = new Random(seed);
    LayerState layer = layer(random, code(random));
    assertEquals(layer, LayerRecord.read(LayerRecord.write(layer), packages));
  }

  /** The store's checksums find damage first; what gets through must not end a restart. */
  @Property(tries = 1000)
  void damageIsRefusedInAWayThatARestartExpects(@ForAll long seed) {
    Random random = new Random(seed);
    boolean layer = random.nextBoolean();
    byte[] record =
        layer
            ? LayerRecord.write(layer(random, code(random)))
            : FunctionRecord.write(function(random));
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      record[random.nextInt(record.length)] = (byte) random.nextInt();
    }
    try {
      if (layer) {
        LayerRecord.read(record, packages);
      } else {
        FunctionRecord.read(record, packages, () -> 0);
      }
    } catch (IllegalArgumentException | DateTimeException expected) {
      assertNotNull(expected.getMessage(), "what is reported");
    }
  }
}
