package io.ringmaster.cli.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration as a user starts it: a JVM of its own. */
class DemoTest {
  private static final long LIMIT_SECONDS = 240;

  /** The programs beside Python's, by what they need. */
  private static final Map<String, String> OTHERS = new LinkedHashMap<>();

  static {
    OTHERS.put("node", "demo-words");
    OTHERS.put("java", "demo-checksum");
    OTHERS.put("ruby", "demo-reverse");
    OTHERS.put("provided", "demo-shell");
    OTHERS.put("go", "demo-go");
  }

  @TempDir private Path folder;

  @Test
  void eventsAreJsonWhateverDigitsTheLocaleWrites() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      DemoFunction transform = DemoFunction.python("python3.13").getFirst();
      String event = transform.events().event(7);
      assertTrue(event.startsWith("{\"order\": 7, "), event);
      assertTrue(
          transform
              .check()
              .right(
                  1,
                  "{\"order\": 1, \"lines\": [{\"name\": \"BREAD\", \"cents\": 420},"
                      + " {\"name\": \"TEA\", \"cents\": 700}], \"total\": 1120}"));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void itRunsEveryProgramAndLeavesNothing() throws Exception {
    Ended ended = demo("--seconds", "0.8", "--require", "python", "--json");
    assertEquals(0, ended.status, ended.people);
    JsonNode document = new ObjectMapper().readTree(ended.output);
    assertEquals(
        Set.of(
            "schema",
            "ok",
            "level",
            "functions",
            "functionErrorHandled",
            "timeoutHandled",
            "absent",
            "leftBehind"),
        names(document));
    assertEquals("ringmaster.demo/1", document.get("schema").asText());
    assertTrue(document.get("ok").asBoolean());
    assertTrue(document.get("functionErrorHandled").asBoolean());
    assertTrue(document.get("timeoutHandled").asBoolean());
    assertTrue(document.get("level").asText().matches("L[1-4]"), document.get("level").asText());
    List<String> functions = new ArrayList<>();
    for (JsonNode function : document.get("functions")) {
      functions.add(function.get("name").asText());
      for (String time : List.of("coldUs", "warmP50Us", "warmP99Us", "perSecond")) {
        assertTrue(
            function.get(time).isDouble() && function.get(time).asDouble() > 0, function::toString);
      }
      assertTrue(function.get("invocations").asLong() > 2, function::toString);
      assertEquals(0, function.get("errors").asLong(), function::toString);
      assertTrue(
          !function.get("runtime").asText().isEmpty()
              && !function.get("interpreter").asText().isEmpty());
    }
    List<String> expected =
        new ArrayList<>(List.of("demo-transform", "demo-primes", "demo-counter"));
    Set<String> absent = new TreeSet<>();
    document.get("absent").forEach(each -> absent.add(each.get("runtime").asText()));
    OTHERS.forEach(
        (runtime, name) -> {
          if (!absent.contains(runtime)) {
            expected.add(name);
          }
        });
    expected.add("demo-shout");
    assertEquals(expected, functions, ended.people);
    for (String kind : List.of("processes", "mounts", "cgroups", "files")) {
      assertEquals(0, document.get("leftBehind").get(kind).asInt(), kind);
    }
    try (var left = Files.list(folder)) {
      assertEquals(
          List.of(),
          left.filter(file -> !file.getFileName().toString().startsWith("demo.")).toList());
    }
  }

  @Test
  void aRuntimeThatIsRequiredAndAbsentIsAFailure() throws Exception {
    // Without a home Go has no place for what it built, so nothing can be built with it.
    Ended ended = start(flags(), false, "--seconds", "0.2", "--require", "go", "--json");
    assertEquals(1, ended.status, ended.people);
    JsonNode document = new ObjectMapper().readTree(ended.output);
    assertEquals(false, document.get("ok").asBoolean());
    Set<String> absent = new TreeSet<>();
    document.get("absent").forEach(each -> absent.add(each.get("runtime").asText()));
    assertTrue(absent.contains("go"), absent::toString);
  }

  @Test
  void jvmFlagsThatAreMissingAreNamed() throws Exception {
    Ended ended = start(List.of(), true, "--seconds", "0.2");
    assertEquals(2, ended.status, ended.people);
    for (String flag : flags()) {
      assertTrue(ended.people.contains(flag), flag + " is not in: " + ended.people);
    }
  }

  private record Ended(int status, byte[] output, String people) {}

  private Ended demo(String... arguments) throws IOException, InterruptedException {
    return start(flags(), true, arguments);
  }

  private static List<String> flags() throws IOException {
    try (var flags = DemoTest.class.getResourceAsStream("/io/ringmaster/engine/jvm.flags")) {
      String text = new String(flags.readAllBytes(), StandardCharsets.UTF_8);
      return List.of(text.strip().split(" +"));
    }
  }

  private Ended start(List<String> flags, boolean home, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of("-Djava.io.tmpdir=" + folder, "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("io.ringmaster.cli.Main", "demo"));
    command.addAll(List.of(arguments));
    Path output = folder.resolve("demo.out");
    Path people = folder.resolve("demo.err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(people.toFile());
    if (!home) {
      List.of("HOME", "GOCACHE", "XDG_CACHE_HOME").forEach(builder.environment()::remove);
    }
    Process process = builder.start();
    try {
      assertTrue(
          process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), () -> "still running: " + command);
      return new Ended(process.exitValue(), Files.readAllBytes(output), Files.readString(people));
    } finally {
      process.destroyForcibly();
    }
  }

  private static Set<String> names(JsonNode object) {
    return StreamSupport.stream(((Iterable<String>) object::fieldNames).spliterator(), false)
        .collect(java.util.stream.Collectors.toSet());
  }
}
