package io.ringmaster.core.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Alias;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.LambdaException;
import io.ringmaster.core.resolve.AliasDefinition;
import io.ringmaster.core.resolve.FunctionDefinition;
import io.ringmaster.core.resolve.VersionDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random commands, against the registry and against a model that is too simple to be wrong. A
 * failure names its seed.
 */
class RegistryCommandsTest {
  private static final int RUNS = 100;
  private static final int COMMANDS = 100;
  private static final int ACCOUNT_CONCURRENCY = 150;
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final List<String> ALIASES = List.of("live", "test");

  /** What one version is made of. */
  private record Made(String code, int memoryMb) {}

  /** One function of the model. */
  private static final class Model {
    Made latest;
    final TreeMap<Integer, Made> published = new TreeMap<>();
    int lastNumber;
    final TreeMap<String, AliasDefinition> aliases = new TreeMap<>();
    int reserved = -1;

    boolean has(String label) {
      return label.equals("$LATEST") || published.containsKey(Integer.parseInt(label));
    }
  }

  private final TreeMap<String, Model> model = new TreeMap<>();
  private final CountingCodeStore store = new CountingCodeStore();
  private final MemoryRegistryStore kept = new MemoryRegistryStore();
  private Dispatch dispatch = new Dispatch();
  private Registry registry = newRegistry();
  private final Map<Long, Made> everSeen = new HashMap<>();

  private Registry newRegistry() {
    return new Registry(
        new RegistrySettings(
            "123456789012",
            "us-east-1",
            ACCOUNT_CONCURRENCY,
            Long.MAX_VALUE,
            "x86_64",
            false,
            false,
            Duration.ZERO,
            () -> Instant.EPOCH,
            failure -> {
              throw new AssertionError(failure);
            }),
        kept,
        store,
        dispatch,
        dispatch);
  }

  /** Another engine on what this one kept; version ids begin anew. */
  private void restart() {
    store.references.replaceAll((key, count) -> 0);
    dispatch = new Dispatch();
    registry = newRegistry();
    everSeen.clear();
    try {
      registry.restore();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void doesWhatTheModelDoes() {
    long base = new Random().nextLong();
    for (int run = 0; run < RUNS; run++) {
      long seed = base + run;
      try {
        new RegistryCommandsTest().run(new Random(seed));
      } catch (AssertionError | RuntimeException failure) {
        throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
      }
    }
  }

  private void run(Random random) {
    for (int i = 0; i < COMMANDS; i++) {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      Made made = new Made("code" + random.nextInt(3), 128 + random.nextInt(2));
      String alias = ALIASES.get(random.nextInt(ALIASES.size()));
      String version = random.nextInt(4) == 0 ? "$LATEST" : String.valueOf(1 + random.nextInt(5));
      switch (random.nextInt(11)) {
        case 0, 1 -> create(name, made);
        case 2 -> updateCode(name, made.code());
        case 3 -> updateConfiguration(name, made.memoryMb());
        case 4, 5 -> publish(name);
        case 6 -> putAlias(name, alias, version, random);
        case 7 -> reserve(name, random.nextInt(90) - 10);
        case 8 -> deleteVersion(name, version);
        case 9 -> restart();
        default -> delete(name, alias, random.nextInt(8) == 0);
      }
      check();
    }
  }

  private static FunctionCode code(String text) {
    return FunctionCode.zip(text.getBytes(StandardCharsets.UTF_8));
  }

  private static FunctionSpec spec(String name, Made made) {
    return FunctionSpec.named(name)
        .runtime("python3.13")
        .handler("app.handler")
        .code(code(made.code()))
        .memoryMb(made.memoryMb())
        .build();
  }

  /** Both refuse, or both do it. */
  private static void both(boolean allowed, Runnable command, Runnable onModel) {
    boolean done;
    try {
      command.run();
      done = true;
    } catch (LambdaException refused) {
      assertTrue(refused.refusal().statusCode() < 500, refused.getMessage());
      done = false;
    }
    assertEquals(allowed, done);
    if (done) {
      onModel.run();
    }
  }

  private void create(String name, Made made) {
    both(
        !model.containsKey(name),
        () -> registry.functions().create(spec(name, made)),
        () -> {
          Model created = new Model();
          created.latest = made;
          model.put(name, created);
        });
  }

  private void updateCode(String name, String code) {
    Model function = model.get(name);
    both(
        function != null,
        () -> registry.functions().updateCode(name, code(code)),
        () -> function.latest = new Made(code, function.latest.memoryMb()));
  }

  private void updateConfiguration(String name, int memoryMb) {
    Model function = model.get(name);
    Made made = new Made("ignored", memoryMb);
    both(
        function != null,
        () -> registry.functions().updateConfiguration(name, spec("ignored", made)),
        () -> function.latest = new Made(function.latest.code(), memoryMb));
  }

  private void publish(String name) {
    Model function = model.get(name);
    String[] answer = new String[1];
    both(
        function != null,
        () -> answer[0] = registry.functions().publishVersion(name).version(),
        () -> {
          var last = function.published.lastEntry();
          if (last == null || !last.getValue().equals(function.latest)) {
            function.published.put(++function.lastNumber, function.latest);
          }
          assertEquals(String.valueOf(function.published.lastKey()), answer[0]);
        });
  }

  private void putAlias(String name, String alias, String version, Random random) {
    Model function = model.get(name);
    String second = random.nextBoolean() ? String.valueOf(1 + random.nextInt(5)) : null;
    Map<String, Double> weights = second == null ? Map.of() : Map.of(second, 0.25);
    boolean exists = function != null && function.aliases.containsKey(alias);
    boolean create = random.nextBoolean();
    boolean possible =
        function != null
            && exists != create
            && function.has(version)
            && (second == null
                || function.has(second) && !second.equals(version) && !version.equals("$LATEST"));
    both(
        possible,
        () -> {
          if (create) {
            registry.functions().createAlias(name, alias, version, null, weights);
          } else {
            registry.functions().updateAlias(name, alias, version, null, weights);
          }
        },
        () ->
            function.aliases.put(
                alias, new AliasDefinition(alias, version, second, second == null ? 0.0 : 0.25)));
  }

  private void reserve(String name, int reserved) {
    Model function = model.get(name);
    if (reserved < -5) {
      both(
          function != null,
          () -> registry.functions().deleteConcurrency(name),
          () -> function.reserved = -1);
      return;
    }
    int others =
        model.values().stream()
            .filter(f -> f != function)
            .mapToInt(f -> Math.max(0, f.reserved))
            .sum();
    both(
        function != null && reserved >= 0 && others + reserved <= ACCOUNT_CONCURRENCY - 100,
        () -> registry.functions().putConcurrency(name, reserved),
        () -> function.reserved = reserved);
  }

  private void deleteVersion(String name, String version) {
    Model function = model.get(name);
    boolean referred =
        function != null
            && function.aliases.values().stream()
                .anyMatch(a -> a.version().equals(version) || version.equals(a.secondVersion()));
    both(
        function != null && !version.equals("$LATEST") && function.has(version) && !referred,
        () -> registry.functions().deleteVersion(name, version),
        () -> function.published.remove(Integer.parseInt(version)));
  }

  private void delete(String name, String alias, boolean whole) {
    Model function = model.get(name);
    if (whole) {
      both(function != null, () -> registry.functions().delete(name), () -> model.remove(name));
    } else {
      both(
          function != null,
          () -> registry.functions().deleteAlias(name, alias),
          () -> function.aliases.remove(alias));
    }
  }

  // ---- registry, dispatcher and code store agree with the model ----

  private void check() {
    assertEquals(
        List.copyOf(model.keySet()),
        registry.functions().list().stream().map(FunctionConfiguration::functionName).toList());
    assertEquals(model.keySet(), dispatch.inForce.keySet());
    Map<String, Integer> references = new HashMap<>();
    Set<Long> ids = new HashSet<>();
    model.forEach((name, function) -> check(name, function, references, ids));
    assertEquals(references, store.references);
  }

  private void check(String name, Model function, Map<String, Integer> references, Set<Long> ids) {
    FunctionDefinition inForce = dispatch.inForce.get(name);
    TreeMap<String, Made> versions = new TreeMap<>();
    versions.put("$LATEST", function.latest);
    function.published.forEach((number, made) -> versions.put(number.toString(), made));
    assertEquals(
        versions.keySet(),
        inForce.versions().keySet().stream().collect(java.util.stream.Collectors.toSet()));
    versions.forEach(
        (label, made) -> {
          references.merge(made.code(), 1, Integer::sum);
          FunctionConfiguration told = registry.functions().get(name, label);
          VersionDefinition dispatched = inForce.versions().get(label);
          assertEquals("sha-" + made.code(), told.codeSha256());
          assertEquals(made.memoryMb(), told.memoryMb());
          assertEquals("/code/" + made.code(), dispatched.spec().code().toString());
          assertEquals(made.memoryMb(), dispatched.spec().memoryMb());
          assertTrue(ids.add(dispatched.id()), "two versions share an id");
          Made before = everSeen.putIfAbsent(dispatched.id(), made);
          assertTrue(
              before == null || before.equals(made),
              "the version with id " + dispatched.id() + " changed");
        });
    assertEquals(function.aliases, new TreeMap<>(inForce.aliases()));
    assertEquals(
        List.copyOf(function.aliases.keySet()),
        registry.functions().listAliases(name).stream().map(Alias::name).toList());
    assertEquals(function.reserved, registry.functions().getConcurrency(name));
    assertEquals(function.reserved, inForce.reservedConcurrency());
  }
}
