package io.ringmaster.journeys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LayerSpec;
import io.ringmaster.api.LayerVersion;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Statement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An engine is killed while it is managed: the next one has what was acknowledged last, or what was
 * being done at that moment, of every kind of resource, and each package that it names.
 */
class ManagementCrashTest {
  private static final int ROUNDS = Integer.getInteger("ringmaster.rounds", 3);
  private static final List<Owner> OWNERS =
      List.of(new Owner("123456789012", "us-east-1"), new Owner("210987654321", "eu-west-1"));

  @TempDir Path folder;

  private static Engine open(Path data) {
    return Engine.open(EngineConfig.builder().sandboxProcesses(false).dataFolder(data).build());
  }

  /** Makes changes for ever; after each one it prints what there is. */
  static final class Manager {
    public static void main(String[] args) {
      SplittableRandom random = new SplittableRandom(Long.parseLong(args[1]));
      try (Engine engine = open(Path.of(args[0]))) {
        while (true) {
          change(engine, random);
          System.out.println(state(engine));
        }
      }
    }
  }

  private static void change(Engine engine, SplittableRandom random) {
    Owner owner = OWNERS.get(random.nextInt(OWNERS.size()));
    Functions functions = engine.functions(owner);
    String name = "f" + random.nextInt(3);
    FunctionCode code = FunctionCode.source("app.py", "x = " + random.nextInt(1000));
    boolean there = functions.list().stream().anyMatch(f -> f.functionName().equals(name));
    if (!there) {
      functions.create(
          FunctionSpec.named(name)
              .runtime("python3.13")
              .handler("app.handler")
              .tags(Map.of("made", "now"))
              .code(code)
              .build());
      return;
    }
    switch (random.nextInt(9)) {
      case 0 -> functions.delete(name);
      case 1 -> functions.updateCode(name, code);
      case 2 -> functions.publishVersion(name);
      case 3 -> functions.tag(name, Map.of("k" + random.nextInt(5), "v" + random.nextInt(99)));
      case 4 -> functions.putDocument(name, null, "url", "{\"n\":" + random.nextInt(99) + "}");
      case 5 ->
          functions.addPermission(
              name, null, new Statement("s" + random.nextLong(1L << 40), "{}"), null);
      case 6 -> {
        LayerVersion layer = engine.layers(owner).publish(LayerSpec.of("l", code));
        assertTrue(layer.version() > 0);
      }
      case 7 -> {
        List<String> newest =
            engine.layers(owner).listVersions("l").stream()
                .limit(1)
                .map(LayerVersion::layerVersionArn)
                .toList();
        functions.updateConfiguration(
            name, present -> present.toBuilder().layerArns(newest).build(), null);
      }
      default ->
          engine.layers(owner).listVersions("l").stream()
              .skip(1)
              .findFirst()
              .ifPresent(layer -> engine.layers(owner).delete("l", layer.version()));
    }
  }

  /** All that can be read: a word for each resource, with a hash of what it is. */
  private static String state(Engine engine) {
    List<String> words = new ArrayList<>();
    for (Owner owner : OWNERS) {
      Functions functions = engine.functions(owner);
      for (FunctionConfiguration function : functions.list()) {
        String name = function.functionName();
        Object all =
            List.of(
                functions.listVersions(name),
                functions.tags(name),
                functions.documents(name, "url"));
        words.add(owner.region() + "/" + name + "=" + all.toString().hashCode());
      }
      List<LayerVersion> layers = engine.layers(owner).listVersions("l");
      words.add(owner.region() + "/layer=" + layers.toString().hashCode());
    }
    return String.join(" ", words);
  }

  @Test
  void nothingAcknowledgedIsLost() throws Exception {
    long seed = Long.getLong("ringmaster.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < ROUNDS; round++) {
      String what = "seed " + seed + ", round " + round;
      List<String> said = killedAfter(1 + random.nextInt(150), random.nextLong());
      String last = said.getLast();
      String state;
      try (Engine engine = open(folder)) {
        state = state(engine);
        readAllCode(engine);
      }
      if (!state.equals(last)) {
        // the change after the last answer was made, too, and only that one
        assertTrue(differsByOneRecord(last, state), what + ": " + last + " became " + state);
      }
      try (Engine engine = open(folder)) {
        assertEquals(state, state(engine), what);
      }
    }
  }

  private static boolean differsByOneRecord(String before, String after) {
    List<String> left = new ArrayList<>(List.of(before.split(" ")));
    List<String> right = new ArrayList<>(List.of(after.split(" ")));
    List<String> common = new ArrayList<>(left);
    common.retainAll(right);
    left.removeAll(common);
    right.removeAll(common);
    return left.size() <= 1 && right.size() <= 1;
  }

  /** The packages that the registry names are whole. */
  private static void readAllCode(Engine engine) throws IOException {
    for (Owner owner : OWNERS) {
      Functions functions = engine.functions(owner);
      for (FunctionConfiguration function : functions.list()) {
        for (FunctionConfiguration version : functions.listVersions(function.functionName())) {
          try (InputStream code = functions.openCode(function.functionName(), version.version())) {
            assertTrue(code.readAllBytes().length > 0);
          }
        }
      }
      for (LayerVersion layer : engine.layers(owner).listVersions("l")) {
        try (InputStream code = engine.layers(owner).openCode("l", layer.version())) {
          assertTrue(code.readAllBytes().length > 0);
        }
      }
    }
  }

  /** What the engine said after each change before it was killed. */
  private List<String> killedAfter(int changes, long seed) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Manager.class.getName(),
            folder.toString(),
            Long.toString(seed)));
    Process manager =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> said = new ArrayList<>();
    try (BufferedReader out = manager.inputReader()) {
      String line;
      while ((line = out.readLine()) != null) {
        said.add(line);
        if (said.size() == changes) {
          manager.toHandle().destroyForcibly(); // what it printed until then is read on
        }
      }
    } finally {
      manager.destroyForcibly();
    }
    assertTrue(manager.waitFor(10, TimeUnit.SECONDS));
    assertTrue(said.size() >= changes, "it ended by itself: " + said);
    return said;
  }
}
