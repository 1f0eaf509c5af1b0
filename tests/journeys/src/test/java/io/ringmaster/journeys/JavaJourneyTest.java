package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.config;
import static io.ringmaster.journeys.Engines.invoke;
import static io.ringmaster.journeys.Engines.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.databind.JsonNode;
import io.ringmaster.api.Engine;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a Java function sees and what its caller gets; on the JVM that runs this test. */
class JavaJourneyTest {
  private static final String RUNTIME = "java25";
  private static final String FUNCTION =
      """
      package app;
      import com.amazonaws.services.lambda.runtime.*;
      import java.util.*;
      public class Shop implements RequestHandler<Map<String, Object>, Map<String, Object>> {
        private int calls;
        public record Order(String id, int count) {}
        public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
          calls++;
          Map<String, Object> answer = new TreeMap<>(event);
          answer.put("calls", calls);
          return answer;
        }
        public Order order(Order order) { return new Order(order.id(), order.count() + 1); }
        public static Object look(Object event, Context context) throws Exception {
          Map<String, Object> seen = new TreeMap<>();
          seen.put("environment", System.getenv());
          seen.put("folder", System.getProperty("user.dir"));
          seen.put("byName", java.nio.file.Files.readString(java.nio.file.Path.of("data.txt")));
          try (var in = new java.io.FileInputStream("data.txt")) {
            seen.put("byStream", new String(in.readAllBytes()));
          }
          seen.put("heapMb", Runtime.getRuntime().maxMemory() >> 20);
          seen.put("trace", System.getProperty("com.amazonaws.xray.traceHeader"));
          seen.put("memory", context.getMemoryLimitInMB());
          return seen;
        }
        public Object fails(Object event) { throw new IllegalStateException("no more"); }
        public Object exits(Object event) { System.exit(3); return null; }
        public Object speaks(Object event, Context context) {
          System.out.println("one line");
          context.getLogger().log("of the logger\\n");
          return 1;
        }
        public static class Broken { public Broken() { throw new IllegalStateException("at once"); }
          public Object handle(Object event) { return event; } }
      }
      """;

  @TempDir static Path temporary;
  private static Engine engine;
  private static FunctionCode code;

  @BeforeAll
  static void open() throws Exception {
    code = FunctionCode.files(compile());
    engine = Engine.open(config().build());
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static Map<String, byte[]> compile() throws Exception {
    Path source = Files.writeString(temporary.resolve("Shop.java"), FUNCTION);
    Path target = Files.createDirectory(temporary.resolve("classes"));
    Path aws = Path.of(Context.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                messages,
                messages,
                "-proc:none",
                "-cp",
                aws.toString(),
                "--release",
                "17",
                "-d",
                target.toString(),
                source.toString());
    assertEquals(0, status, () -> messages.toString(StandardCharsets.UTF_8));
    Map<String, byte[]> files = new TreeMap<>();
    files.put("data.txt", "of the package".getBytes(StandardCharsets.UTF_8));
    try (var tree = Files.walk(target)) {
      for (Path file : (Iterable<Path>) tree.filter(Files::isRegularFile)::iterator) {
        files.put(target.relativize(file).toString(), read(file));
      }
    }
    return files;
  }

  private static byte[] read(Path file) throws IOException {
    return Files.readAllBytes(file);
  }

  private static void create(String name, String handler) {
    engine
        .functions()
        .create(
            FunctionSpec.named(name)
                .runtime(RUNTIME)
                .handler(handler)
                .memoryMb(512)
                .timeoutSeconds(20)
                .environment(Map.of("STAGE", "test"))
                .code(code)
                .build());
  }

  @Test
  void theFirstCallIsColdAndTheSecondWarmInTheSameEnvironment() {
    create("counter", "app.Shop");
    InvocationResult cold = invoke(engine, "counter", "{\"a\":[1,\"ü\"]}");
    assertNull(cold.functionError(), cold.payloadText());
    assertTrue(cold.coldStart());
    assertEquals("{\"a\":[1,\"ü\"],\"calls\":1}", cold.payloadText());
    InvocationResult warm = invoke(engine, "counter", "{}");
    assertFalse(warm.coldStart());
    assertEquals("{\"calls\":2}", warm.payloadText());
  }

  @Test
  void recordsAreEventsAndResults() {
    create("orders", "app.Shop::order");
    InvocationResult result = invoke(engine, "orders", "{\"id\":\"x\",\"count\":1}");
    assertEquals("{\"id\":\"x\",\"count\":2}", result.payloadText());
  }

  @Test
  void aFunctionFindsItsSurroundings() {
    create("looks", "app.Shop::look");
    InvocationResult result = invoke(engine, "looks", "{}");
    assertNull(result.functionError(), result::payloadText);
    JsonNode seen = json(result);
    JsonNode environment = seen.get("environment");
    assertEquals("test", environment.get("STAGE").asText());
    assertEquals("app.Shop::look", environment.get("_HANDLER").asText());
    assertEquals("AWS_Lambda_" + RUNTIME, environment.get("AWS_EXECUTION_ENV").asText());
    assertEquals(
        environment.get("LAMBDA_TASK_ROOT").asText(), seen.get("folder").asText(), "the folder");
    assertEquals("of the package", seen.get("byName").asText());
    assertEquals("of the package", seen.get("byStream").asText());
    assertEquals(512, seen.get("memory").asInt());
    int heapMb = seen.get("heapMb").asInt();
    assertTrue(heapMb > 512 * 8 / 10 && heapMb < 512 * 9 / 10, heapMb + " MiB of heap");
  }

  @Test
  void failuresAreToldAsLambdaTellsThem() {
    create("fails", "app.Shop::fails");
    InvocationResult failed = invoke(engine, "fails", "{}");
    assertEquals("Unhandled", failed.functionError());
    assertTrue(
        failed
            .payloadText()
            .startsWith(
                "{\"errorMessage\":\"no more\",\"errorType\":\"java.lang.IllegalStateException\","
                    + "\"stackTrace\":[\"app.Shop.fails(Shop.java:"),
        failed::payloadText);
    create("exits", "app.Shop::exits");
    InvocationResult ended = invoke(engine, "exits", "{}");
    assertEquals(
        "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: "
            + ended.requestId()
            + " Error: Runtime exited with error: exit status 3\"}",
        ended.payloadText());
    create("nowhere", "app.Nowhere");
    assertEquals(
        "{\"errorMessage\":\"Class not found: app.Nowhere\","
            + "\"errorType\":\"java.lang.ClassNotFoundException\"}",
        invoke(engine, "nowhere", "{}").payloadText());
    create("broken", "app.Shop$Broken::handle");
    assertEquals(
        "{\"errorMessage\":\"at once\",\"errorType\":\"java.lang.IllegalStateException\"}",
        invoke(engine, "broken", "{}").payloadText());
  }

  @Test
  void whatItPrintsIsInTheLog() {
    create("speaks", "app.Shop::speaks");
    InvocationResult result = engine.invoke(InvokeRequest.of("speaks", "{}").withLogTail());
    String tail = result.logTail();
    assertTrue(tail.contains("one line\nof the logger\nEND RequestId: "), tail);
  }
}
