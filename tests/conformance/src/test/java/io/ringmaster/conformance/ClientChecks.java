package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.ResponseStream;
import io.ringmaster.conformance.Client.Parts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What every client must find, whatever its language. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ClientChecks {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0";

  private final Client client;
  private Engine engine;
  private Path code;

  ClientChecks(Client client) {
    this.client = client;
  }

  @BeforeAll
  void open() throws IOException {
    List<String> missing = client.missing();
    if (!missing.isEmpty()) {
      Path folder = Files.createDirectories(Path.of("target", "not-run"));
      String id = "conformance." + client.name().toLowerCase(Locale.ROOT);
      Files.writeString(
          folder.resolve(id + ".txt"),
          id + "\tnot installed: " + String.join(", ", missing) + "\n");
      assumeTrue(false, "not installed: " + missing);
    }
    code = Tools.folder(client.name().toLowerCase(Locale.ROOT), "package");
    client.install(code);
    engine = Engine.open(EngineConfig.builder().environmentsMax(16).genericSandboxes(1).build());
  }

  @AfterAll
  void close() {
    if (engine != null) {
      engine.close();
    }
  }

  private FunctionSpec.Builder function(String name) {
    return FunctionSpec.named(name)
        .runtime("provided.al2023")
        .handler(client.handler)
        .memoryMb(1024)
        .timeoutSeconds(30)
        .environment(Map.of("STAGE", "test"))
        .code(FunctionCode.folder(code));
  }

  private void create(FunctionSpec.Builder spec) {
    engine.functions().create(spec.build());
  }

  private InvocationResult invoke(String name, String event) {
    return engine.invoke(InvokeRequest.of(name, event));
  }

  private static JsonNode json(InvocationResult result) throws IOException {
    return JSON.readTree(result.payload());
  }

  private void works(String name) throws IOException {
    InvocationResult result = invoke(name, "{\"value\":[1,\"ü\"]}");
    assertNull(result.functionError(), () -> result.payloadText() + engine.recentLogs(name));
    assertEquals("[1,\"ü\"]", json(result).get("echo").toString());
  }

  @Test
  void invocationsAreAnsweredAndTheirContextIsKnown() throws IOException {
    create(function("context"));
    InvokeRequest request =
        InvokeRequest.of("context", "{\"value\":{\"a\":[1,null,\"ü\"]}}")
            .withClientContext("{\"custom\":{\"k\":\"v\"}}")
            .withTraceHeader(TRACE);
    for (int i = 1; i <= 20; i++) {
      InvocationResult result = engine.invoke(request);
      assertNull(result.functionError(), result::payloadText);
      assertEquals(i == 1, result.coldStart());
      JsonNode seen = json(result);
      assertEquals("{\"a\":[1,null,\"ü\"]}", seen.get("echo").toString());
      assertEquals(result.requestId(), seen.get("requestId").asText());
      assertEquals(
          "arn:aws:lambda:us-east-1:123456789012:function:context", seen.get("arn").asText());
      assertEquals("context", seen.get("function").asText());
      assertTrue(seen.get("left").asBoolean());
      assertEquals(i, seen.get("calls").asInt());
      assertEquals("test", seen.get("stage").asText());
      assertEquals(TRACE, seen.get("trace").asText());
      assertEquals("v", seen.get("custom").asText());
    }
  }

  @Test
  void anErrorIsTheFunctions() throws IOException {
    create(function("error"));
    for (int i = 0; i < 2; i++) {
      InvocationResult result = invoke("error", "{\"do\":\"error\"}");
      assertEquals("Unhandled", result.functionError());
      assertEquals("no good", json(result).get("errorMessage").asText());
      assertEquals(client.errorType, json(result).get("errorType").asText());
      works("error");
    }
  }

  @Test
  void anExitIsReported() throws IOException {
    create(function("exit"));
    works("exit");
    InvocationResult result = invoke("exit", "{\"do\":\"exit\"}");
    assertEquals("Unhandled", result.functionError());
    assertEquals(
        "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: "
            + result.requestId()
            + " Error: Runtime exited with error: exit status 7\"}",
        result.payloadText());
    works("exit");
  }

  @Test
  void anExitInInitIsReported() {
    create(function("initexit").environment(Map.of("INIT", "exit")));
    InvocationResult result = invoke("initexit", "{}");
    assertEquals("Unhandled", result.functionError());
    assertEquals(
        "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: "
            + result.requestId()
            + " Error: Runtime exited with error: exit status 3\"}",
        result.payloadText());
  }

  @Test
  void anErrorInInitIsReported() throws IOException {
    assumeTrue(client.initErrorType != null, "the client tells of no error in init, it exits");
    create(function("initerror").environment(Map.of("INIT", "error")));
    InvocationResult result = invoke("initerror", "{}");
    assertEquals("Unhandled", result.functionError());
    assertEquals(client.initErrorType, json(result).get("errorType").asText());
    assertTrue(json(result).get("errorMessage").asText().contains("no init"));
  }

  @Test
  void aTimeOutEndsTheProcess() throws IOException {
    create(function("hang").timeoutSeconds(3));
    works("hang");
    InvocationResult result = invoke("hang", "{\"do\":\"hang\"}");
    assertEquals("Unhandled", result.functionError());
    assertEquals(
        "{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"RequestId: "
            + result.requestId()
            + " Error: Task timed out after 3.00 seconds\"}",
        result.payloadText());
    works("hang");
  }

  @Test
  void anAnswerThatIsTooLargeIsReported() throws IOException {
    create(function("large"));
    InvocationResult result = invoke("large", "{\"do\":\"large\"}");
    assertEquals("Unhandled", result.functionError());
    assertEquals("Function.ResponseSizeTooLarge", json(result).get("errorType").asText());
    works("large");
  }

  @Test
  void answersComeInParts() throws IOException {
    assumeTrue(client.parts != Parts.NONE, "the client answers whole");
    create(function("stream").handler(client.streamHandler()));
    String expected = "stream ".repeat(30_000);
    for (int i = 0; i < 3; i++) {
      try (ResponseStream stream =
          engine.openStream(InvokeRequest.of("stream", "{\"do\":\"stream\"}"))) {
        String type =
            switch (client.parts) {
              case OCTETS -> "application/octet-stream";
              case HTTP -> "application/vnd.awslambda.http-integration-response";
              case NONE, WHOLE -> null;
            };
        assertEquals(type, stream.contentType());
        assertEquals(expected, body(new String(stream.readAllBytes(), StandardCharsets.UTF_8)));
        assertNull(stream.result().functionError());
      }
      InvocationResult whole = invoke("stream", "{\"do\":\"stream\"}");
      assertNull(whole.functionError(), whole::payloadText);
      assertFalse(whole.coldStart());
      assertEquals(expected, body(whole.payloadText()));
    }
  }

  /** What follows the prelude, if there is one. */
  private String body(String text) {
    if (client.parts != Parts.HTTP) {
      return text;
    }
    String end = "\0".repeat(8);
    int at = text.indexOf(end);
    assertTrue(at > 0 && text.startsWith("{"), "no prelude");
    return text.substring(at + end.length());
  }

  /** The client learns of it in the middle of its answer, and says so in the trailer. */
  @Test
  void aLateFailureIsAnError() {
    boolean trails = client == Client.GO || client == Client.NODE;
    assumeTrue(trails, "the client has no trailer, or none that a function can cause");
    create(function("late").handler(client.streamHandler()));
    for (int i = 0; i < 2; i++) {
      InvocationResult result = invoke("late", "{\"do\":\"late\"}");
      assertEquals("Unhandled", result.functionError());
      assertTrue(result.payloadText().contains("late"), result::payloadText);
    }
  }
}
