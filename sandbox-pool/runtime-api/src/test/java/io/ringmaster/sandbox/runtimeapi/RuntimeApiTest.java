package io.ringmaster.sandbox.runtimeapi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.runtimeapi.RawClient.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each call of the API, byte by byte. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RuntimeApiTest {
  private static final String API = RawClient.API;

  private final NettyRuntimeApi api = new NettyRuntimeApi();

  @AfterEach
  void close() {
    api.close();
  }

  private static String error(String message, String type) {
    return "{\"errorMessage\":\"" + message + "\",\"errorType\":\"" + type + "\"}";
  }

  static void denied(Answer answer, String from, String to) {
    assertEquals(403, answer.status());
    assertEquals(
        error(
            "State transition from "
                + from
                + " to "
                + to
                + " failed for runtime. Error: State transition is not allowed",
            "InvalidStateTransition"),
        answer.body());
    assertEquals("application/json", answer.fields().get("content-type"));
  }

  private static void invalidId(Answer answer) {
    assertEquals(400, answer.status());
    assertEquals(error("Invalid request ID", "InvalidRequestID"), answer.body());
  }

  static void accepted(Answer answer) {
    assertEquals("{\"status\":\"OK\"}", answer.body());
    assertEquals(202, answer.status());
  }

  /** A runtime that was given an invocation. */
  static Answer running(Engine engine, RawClient client, TestInvocation invocation) {
    client.next();
    engine.hears("ready");
    engine.session.invoke(0, invocation);
    return client.answer();
  }

  @Test
  void aPollGetsTheEventAndWhatGoesWithIt() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = new TestInvocation(7, "{\"a\":\"ä\"}");
      invocation.trace = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1";
      invocation.clientContext = "{\"custom\":{\"ü\":1}}";
      invocation.cognito = "{\"cognitoIdentityId\":\"i\",\"cognitoIdentityPoolId\":\"p\"}";
      invocation.tenant = "blue";
      Answer answer = running(engine, client, invocation);
      assertEquals(200, answer.status());
      assertEquals("{\"a\":\"ä\"}", answer.body());
      assertEquals("application/json", answer.fields().get("content-type"));
      assertEquals(invocation.id.toString(), answer.fields().get("lambda-runtime-aws-request-id"));
      assertEquals("1764000000123", answer.fields().get("lambda-runtime-deadline-ms"));
      assertEquals(TestInvocation.ARN, answer.fields().get("lambda-runtime-invoked-function-arn"));
      assertEquals(invocation.trace, answer.fields().get("lambda-runtime-trace-id"));
      assertEquals(invocation.clientContext, answer.fields().get("lambda-runtime-client-context"));
      assertEquals(invocation.cognito, answer.fields().get("lambda-runtime-cognito-identity"));
      assertEquals("blue", answer.fields().get("lambda-runtime-aws-tenant-id"));
      accepted(client.respond(invocation, "[1]").answer());
      engine.hears("answer 0 7");
      assertEquals("[1]", invocation.answerText());
      assertEquals(1, invocation.answer.chunkCount());
    }
  }

  @Test
  void fieldsThatAreEmptyAreLeftOut() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = new TestInvocation(1, "");
      invocation.trace = "";
      Answer answer = running(engine, client, invocation);
      assertEquals("", answer.body());
      assertEquals(
          "[content-length, content-type, lambda-runtime-aws-request-id,"
              + " lambda-runtime-deadline-ms, lambda-runtime-invoked-function-arn]",
          answer.fields().keySet().toString());
    }
  }

  @Test
  void aCallerCannotAddFields() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = new TestInvocation(1, "{}");
      invocation.clientContext = "{\r\n\"a\":\n1\u0000}";
      invocation.trace = "x\r\nEvil: 1";
      Answer answer = running(engine, client, invocation);
      assertNull(answer.fields().get("evil"));
      assertEquals("x  Evil: 1", answer.fields().get("lambda-runtime-trace-id"));
      assertEquals("{  \"a\": 1 }", answer.fields().get("lambda-runtime-client-context"));
      assertEquals("{}", answer.body());
    }
  }

  @Test
  void invocationsFollowOneAnotherOnOneConnection() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation first = new TestInvocation(1, "1");
      assertEquals("1", running(engine, client, first).body());
      for (int i = 2; i < 50; i++) {
        accepted(client.respond(first, "r" + first.sequence).answer());
        engine.hears("answer 0 " + first.sequence);
        assertEquals("r" + first.sequence, first.answerText());
        TestInvocation next = new TestInvocation(i, "e" + i);
        // The invocation may come before its poll, or after it.
        if (i % 2 == 0) {
          engine.session.invoke(0, next);
          client.next();
        } else {
          client.next();
          engine.session.invoke(0, next);
        }
        assertEquals("e" + i, client.answer().body());
        first = next;
      }
    }
  }

  @Test
  void anErrorIsPassedOnAsTheRuntimeWroteIt() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = new TestInvocation(1, "{}");
      running(engine, client, invocation);
      String document = "{\"errorMessage\":\"m\",\"errorType\":\"T\",\"stackTrace\":[]}";
      client.post(
          API + "invocation/" + invocation.id + "/error",
          "Lambda-Runtime-Function-Error-Type: Function.Oops\r\n"
              + "Lambda-Runtime-Function-XRay-Error-Cause: "
              + "x".repeat(1024 * 1024)
              + "\r\n",
          document);
      accepted(client.answer());
      engine.hears("answer 0 1 error");
      assertEquals(document, invocation.answerText());
      assertEquals("Function.Oops", invocation.answer.errorType());
    }
  }

  @Test
  void anErrorWithoutDocumentHasItsTypeAtLeast() {
    String[][] types = {
      {"Function.Oops", "Function.Oops"},
      {"Function.oops", "Function.Unknown"},
      {"Oops", "Runtime.Unknown"},
      {"Runtime.Oops", "Runtime.Oops"},
      {"Runtime.X\\\"", "Runtime.Unknown"}
    };
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = new TestInvocation(1, "{}");
      running(engine, client, invocation);
      for (String[] type : types) {
        client.post(
            API + "invocation/" + invocation.id + "/error",
            "Lambda-Runtime-Function-Error-Type: " + type[0] + "\r\n",
            "");
        accepted(client.answer());
        engine.hears("answer 0 " + invocation.sequence + " error");
        assertEquals(error("", type[1]), invocation.answerText());
        invocation = new TestInvocation(invocation.sequence + 1, "{}");
        engine.session.invoke(0, invocation);
        client.next().answer();
      }
    }
  }

  /** What is meant for the trace stays with the answer; a cut one would be of no use. */
  @Test
  void theCauseForTheTraceIsKept() {
    String cause = "{\"working_directory\":\"/var/task\",\"exceptions\":[],\"paths\":[]}";
    String longest = "x".repeat(64 * 1024);
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      client.next();
      engine.hears("ready");
      int number = 1;
      for (String said : new String[] {cause, longest, longest + "x", null}) {
        TestInvocation invocation = new TestInvocation(number, "{}");
        engine.session.invoke(0, invocation);
        client.answer();
        String field =
            said == null ? "" : "Lambda-Runtime-Function-XRay-Error-Cause: " + said + "\r\n";
        accepted(client.post(API + "invocation/" + invocation.id + "/error", field, "{}").answer());
        engine.hears("answer 0 " + number++ + " error");
        boolean kept = said != null && said.length() <= longest.length();
        assertEquals(kept ? said : null, invocation.answer.errorCause());
        client.next();
      }
      TestInvocation good = new TestInvocation(number, "{}");
      engine.session.invoke(0, good);
      client.answer();
      String field = "Lambda-Runtime-Function-XRay-Error-Cause: {}\r\n";
      accepted(client.post(API + "invocation/" + good.id + "/response", field, "1").answer());
      engine.hears("answer 0 " + number);
      assertEquals(null, good.answer.errorCause());
    }
  }

  @Test
  void initFails() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      accepted(client.post(API + "init/error", "", "{\"errorType\":\"X\"}").answer());
      engine.hears("initError {\"errorType\":\"X\"}");
      denied(client.post(API + "init/error", "", "{}").answer(), "InitError", "InitError");
      denied(client.next().answer(), "InitError", "Ready");
    }
  }

  @Test
  void initCannotFailAfterTheFirstPoll() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = new TestInvocation(1, "{}");
      running(engine, client, invocation);
      denied(client.post(API + "init/error", "", "{}").answer(), "Running", "InitError");
      accepted(client.respond(invocation, "1").answer());
      denied(client.post(API + "init/error", "", "{}").answer(), "ResponseSent", "InitError");
      engine.hears("answer 0 1");
    }
  }

  @Test
  void anInitErrorThatBreaksOffMayComeAgain() throws IOException {
    try (Engine engine = new Engine(api);
        RawClient again = engine.connect()) {
      try (RawClient broken = engine.connect()) {
        broken.send(
            RawClient.head("POST", API + "init/error") + "Content-Length: 10\r\n\r\n{\"err");
        broken.socket.shutdownOutput();
        Answer answer = broken.answer();
        assertEquals(400, answer.status());
        assertEquals(
            error("HTTP request detected as truncated", "TruncatedHTTPRequest"), answer.body());
      }
      accepted(again.post(API + "init/error", "", "").answer());
      engine.hears("initError " + error("", "Runtime.Unknown"));
    }
  }

  @Test
  void whatComesOutOfOrderIsDenied() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect();
        RawClient other = engine.connect()) {
      TestInvocation invocation = new TestInvocation(1, "{}");
      engine.session.invoke(0, invocation);
      assertFalse(engine.session.taken(0));
      String response = API + "invocation/" + invocation.id + "/response";
      String error = API + "invocation/" + invocation.id + "/error";
      awaitHeld(client, response);
      denied(client.post(error, "", "1").answer(), "Started", "InvocationErrorResponse");
      client.next().answer();
      engine.hears("ready");
      assertTrue(engine.session.taken(0));
      denied(client.next().answer(), "Running", "Ready");
      client.send(RawClient.head("POST", response) + "Content-Length: 2\r\n\r\n1");
      awaitReceiving(other, response);
      denied(other.post(error, "", "1").answer(), "InvocationResponse", "InvocationErrorResponse");
      accepted(client.send("2").answer());
      engine.hears("answer 0 1");
      assertEquals("12", invocation.answerText());
      invalidId(client.respond(invocation, "again").answer());
      // Of two polls at once, one is denied.
      client.next();
      other.next();
      engine.session.invoke(0, new TestInvocation(2, "n"));
      int[] statuses = {client.answer().status(), other.answer().status()};
      Arrays.sort(statuses);
      assertArrayEquals(new int[] {200, 403}, statuses);
    }
  }

  /** The hand-over has no other sign before the first poll. */
  private static void awaitHeld(RawClient client, String path) {
    Answer answer = client.post(path, "", "1").answer();
    while (answer.status() == 400) {
      answer = client.post(path, "", "1").answer();
    }
    denied(answer, "Started", "InvocationResponse");
  }

  /** The other connection's body is begun. */
  static void awaitReceiving(RawClient client, String path) {
    Answer answer = client.post(API + "init/error", "", "1").answer();
    while (answer.body().contains("from Running")) {
      answer = client.post(API + "init/error", "", "1").answer();
    }
    denied(client.post(path, "", "1").answer(), "InvocationResponse", "InvocationResponse");
  }

  @Test
  void wrongIdsAreRefused() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = new TestInvocation(1, "{}");
      running(engine, client, invocation);
      String[] ids = {
        UUID.randomUUID().toString(),
        invocation.id.toString().replace('-', '0'),
        invocation.id + "0",
        "%20",
        "x"
      };
      for (String id : ids) {
        invalidId(client.post(API + "invocation/" + id + "/response", "", "1").answer());
        invalidId(client.post(API + "invocation/" + id + "/error", "", "1").answer());
      }
      accepted(client.respond(invocation, "1").answer());
      engine.hears("answer 0 1");
    }
  }

  @Test
  void anAnswerMayHaveAsMuchAsLambdaTakes() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = new TestInvocation(1, "{}");
      running(engine, client, invocation);
      String large = "x".repeat(ErrorTypes.PAYLOAD_BYTES_MAX);
      accepted(client.respond(invocation, large).answer());
      engine.hears("answer 0 1");
      assertEquals(large, invocation.answerText());
    }
  }

  @Test
  void oneByteMoreIsTooMuch() {
    String large = "x".repeat(ErrorTypes.PAYLOAD_BYTES_MAX + 1);
    for (boolean chunked : new boolean[] {false, true}) {
      try (Engine engine = new Engine(api);
          RawClient client = engine.connect()) {
        TestInvocation invocation = new TestInvocation(1, "{}");
        running(engine, client, invocation);
        if (chunked) {
          client.send(
              RawClient.head("POST", API + "invocation/" + invocation.id + "/response")
                  + "Transfer-Encoding: chunked\r\n\r\n"
                  + Integer.toHexString(large.length())
                  + "\r\n"
                  + large
                  + "\r\n0\r\n\r\n");
        } else {
          client.respond(invocation, large);
        }
        Answer answer = client.answer();
        assertEquals(413, answer.status());
        assertEquals(
            error(
                "Exceeded maximum allowed payload size (6291556 bytes).", "RequestEntityTooLarge"),
            answer.body());
        engine.hears("answer 0 1 error");
        assertEquals(
            error(
                "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
                "Function.ResponseSizeTooLarge"),
            invocation.answerText());
        // The runtime goes on.
        TestInvocation next = new TestInvocation(2, "n");
        engine.session.invoke(0, next);
        assertEquals("n", client.next().answer().body());
      }
    }
  }

  @Test
  void anEventMayHaveAsMuchAsLambdaTakes() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = new TestInvocation(1, "e".repeat(ErrorTypes.PAYLOAD_BYTES_MAX));
      Answer answer = running(engine, client, invocation);
      assertEquals(ErrorTypes.PAYLOAD_BYTES_MAX, answer.body().length());
      accepted(client.respond(invocation, "1").answer());
      engine.hears("answer 0 1");
      TestInvocation small = new TestInvocation(2, "small");
      engine.session.invoke(0, small);
      assertEquals("small", client.next().answer().body());
    }
  }

  @Test
  void aTruncatedAnswerIsAnError() throws IOException {
    for (boolean abrupt : new boolean[] {false, true}) {
      try (Engine engine = new Engine(api);
          RawClient client = engine.connect();
          RawClient other = engine.connect()) {
        TestInvocation invocation = new TestInvocation(1, "{}");
        running(engine, client, invocation);
        client.send(
            RawClient.head("POST", API + "invocation/" + invocation.id + "/response")
                + "Content-Length: 10\r\n\r\n12345");
        if (abrupt) {
          awaitReceiving(other, API + "invocation/" + invocation.id + "/response");
          client.cut(true);
        } else {
          client.socket.shutdownOutput();
          Answer answer = client.answer();
          assertEquals(400, answer.status());
          assertEquals(
              error("HTTP request detected as truncated", "TruncatedHTTPRequest"), answer.body());
          assertTrue(client.isClosed());
        }
        engine.hears("answer 0 1 error");
        assertTrue(invocation.answerText().contains("\"errorType\":\"Runtime.TruncatedResponse\""));
        TestInvocation next = new TestInvocation(2, "n");
        engine.session.invoke(0, next);
        assertEquals("n", other.next().answer().body());
      }
    }
  }

  @Test
  void anotherResponseModeIsRefused() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = new TestInvocation(1, "{}");
      running(engine, client, invocation);
      Answer answer =
          client
              .post(
                  API + "invocation/" + invocation.id + "/response",
                  "Lambda-Runtime-Function-Response-Mode: dripping\r\n",
                  "1")
              .answer();
      assertEquals(400, answer.status());
      assertEquals(
          error("Invalid function response mode", "InvalidFunctionResponseMode"), answer.body());
      engine.hears("answer 0 1 error");
      assertTrue(
          invocation.answerText().contains("\"errorType\":\"Runtime.InvalidResponseModeHeader\""));
    }
  }

  @Test
  void otherCalls() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      assertEquals("pong", client.get("/2018-06-01/ping").answer().body());
      assertEquals(404, client.get("/ping").answer().status());
      assertEquals(404, client.get("/2021-04-23/credentials").answer().status());
      assertEquals(404, client.get("/2020-01-01/runtime/invocation/next").answer().status());
      assertEquals(404, client.get(API + "invocation//response").answer().status());
      assertEquals(404, client.get(API + "invocation/a/b/response").answer().status());
      assertEquals(405, client.post(API + "invocation/next", "", "").answer().status());
      assertEquals(405, client.get(API + "init/error").answer().status());
      assertEquals(405, client.get(API + "invocation/x/response").answer().status());
      assertEquals(200, client.get("/2018-06-01/ping?a=b").answer().status());
      assertEquals(404, client.get(API + "restore/next").answer().status()); // no SnapStart here
      assertEquals(404, client.post(API + "restore/error", "", "{}").answer().status());
      assertEquals(0, engine.session.poll(engine, 16));
    }
  }

  @Test
  void aPollWhoseConnectionEndsIsForgotten() throws Exception {
    try (Engine engine = new Engine(api);
        RawClient other = engine.connect()) {
      try (RawClient lost = engine.connect()) {
        lost.next();
        engine.hears("ready");
      }
      // Denied until the engine saw the end.
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Engine.PATIENCE_SECONDS);
      other.socket.setSoTimeout(100);
      boolean parked = false;
      while (!parked && System.nanoTime() < until) {
        try {
          denied(other.next().answer(), "Ready", "Ready");
        } catch (UncheckedIOException timeout) {
          parked = true;
        }
      }
      other.socket.setSoTimeout(20_000);
      engine.session.invoke(0, new TestInvocation(1, "e"));
      assertEquals("e", other.answer().body());
    }
  }

  @Test
  void severalSlotsAreAnsweredInAnyOrder() {
    try (Engine engine = new Engine(api, 3);
        RawClient a = engine.connect();
        RawClient b = engine.connect();
        RawClient c = engine.connect()) {
      a.next();
      engine.hears("ready");
      TestInvocation[] invocations = new TestInvocation[3];
      for (int i = 0; i < 3; i++) {
        invocations[i] = new TestInvocation(i + 1, "e" + i);
        engine.session.invoke(i, invocations[i]);
      }
      assertEquals("e0", a.answer().body());
      assertEquals("e1", b.next().answer().body());
      assertEquals("e2", a.next().answer().body());
      accepted(c.respond(invocations[2], "r2").answer());
      engine.hears("answer 2 3");
      accepted(a.respond(invocations[0], "r0").answer());
      engine.hears("answer 0 1");
      invalidId(b.respond(invocations[0], "again").answer());
      accepted(b.respond(invocations[1], "r1").answer());
      engine.hears("answer 1 2");
      assertEquals("r1", invocations[1].answerText());
      denied(a.post(API + "init/error", "", "{}").answer(), "Ready", "InitError");
    }
  }

  @Test
  void aSessionThatWasClosedTellsNothingAndHoldsNoPort() {
    Engine engine = new Engine(api);
    int port = engine.port();
    try (RawClient client = new RawClient(port)) {
      client.next();
      engine.hears("ready");
      engine.session.invoke(0, new TestInvocation(1, "e"));
      client.answer();
      engine.close();
      engine.close();
      assertTrue(client.isClosed());
    }
    assertEquals(0, engine.session.poll(engine, 16));
    api.close();
    assertThrows(UncheckedIOException.class, () -> new RawClient(port).close());
  }

  @Test
  void threadsStartWithTheFirstSession() {
    awaitNoThreads();
    try (Engine engine = new Engine(api)) {
      assertTrue(engine.session.address().startsWith("127.0.0.1:"));
      assertTrue(threads());
    }
    api.close();
    awaitNoThreads();
    assertThrows(IllegalStateException.class, () -> api.open(1, () -> {}));
    assertThrows(IllegalArgumentException.class, () -> new NettyRuntimeApi().open(0, () -> {}));
  }

  /** A loop tells its end a moment before its thread is gone. */
  private static void awaitNoThreads() {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Engine.PATIENCE_SECONDS);
    while (threads() && System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    assertFalse(threads());
  }

  private static boolean threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("ringmaster-runtime-api"));
  }
}
