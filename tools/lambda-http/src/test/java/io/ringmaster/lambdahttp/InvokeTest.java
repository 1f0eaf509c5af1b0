package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Invoke: what comes back, and what is refused. */
class InvokeTest {
  private static Bench bench;

  @BeforeAll
  static void open() {
    bench = new Bench();
    bench.echo("echo");
    bench.function(
        "fails",
        (event, response) -> {
          event.log("about to fail");
          throw new IllegalStateException("no way");
        });
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @Test
  void thePayloadComesBackWithWhatAwsTells() {
    HttpResponse<String> response = bench.invoke("echo", "{\"a\":\"ü\"}");
    assertEquals(200, response.statusCode());
    assertEquals("{\"a\":\"ü\"}", response.body());
    assertEquals("$LATEST", response.headers().firstValue("X-Amz-Executed-Version").orElseThrow());
    assertFalse(response.headers().firstValue("X-Amz-Function-Error").isPresent());
    UUID.fromString(response.headers().firstValue("x-amzn-RequestId").orElseThrow());
    assertEquals("application/json", response.headers().firstValue("Content-Type").orElseThrow());
  }

  @Test
  void noPayloadIsAnEmptyObject() {
    assertEquals("{}", bench.invoke("echo", null).body());
  }

  @Test
  void everyFormOfTheNameIsUnderstood() {
    for (String name :
        new String[] {
          "echo%3A%24LATEST",
          "echo:$LATEST",
          "123456789012:function:echo",
          "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Aecho",
          "arn:aws:lambda:us-east-1:123456789012:function:echo%3A%24LATEST"
        }) {
      assertEquals("1", bench.invoke(name, "1").body(), name);
    }
    assertEquals(
        "2",
        bench
            .send("POST", "/2015-03-31/functions/echo/invocations?Qualifier=%24LATEST", "2")
            .body());
  }

  @Test
  void aFunctionThatFailsIsAnAnswer() {
    HttpResponse<String> response = bench.invoke("fails", "{}", "X-Amz-Log-Type", "Tail");
    assertEquals(200, response.statusCode());
    assertEquals("Unhandled", response.headers().firstValue("X-Amz-Function-Error").orElseThrow());
    assertEquals("no way", Json.object(response.body()).get("errorMessage"));
    String tail =
        new String(
            Base64.getDecoder()
                .decode(response.headers().firstValue("X-Amz-Log-Result").orElseThrow()),
            StandardCharsets.UTF_8);
    assertTrue(tail.contains("about to fail"), tail);
    assertTrue(
        tail.contains(response.headers().firstValue("x-amzn-RequestId").orElseThrow()), tail);
  }

  @Test
  void anUnknownFunctionIsNamedWithItsVersion() {
    HttpResponse<String> response = bench.invoke("nobody", "{}");
    assertEquals(404, response.statusCode());
    assertEquals(
        "ResourceNotFoundException",
        response.headers().firstValue("x-amzn-ErrorType").orElseThrow());
    assertEquals(
        "{\"Type\":\"User\",\"Message\":\"Function not found:"
            + " arn:aws:lambda:us-east-1:123456789012:function:nobody:$LATEST\"}",
        response.body());
  }

  @Test
  void whatIsNotJsonIsRefusedWithJacksonsWords() {
    HttpResponse<String> response = bench.invoke("echo", "{'a': 1}");
    assertEquals(400, response.statusCode());
    assertEquals(
        "InvalidRequestContentException",
        response.headers().firstValue("x-amzn-ErrorType").orElseThrow());
    String message = (String) Json.object(response.body()).get("message");
    assertTrue(
        message.startsWith(
            "Could not parse request body into json: Could not parse payload into json: Unexpected"
                + " character ('''"),
        message);
  }

  @Test
  void aDryRunRunsNothing() {
    HttpResponse<String> response = bench.invoke("echo", "{}", "X-Amz-Invocation-Type", "DryRun");
    assertEquals(204, response.statusCode());
    assertEquals("", response.body());
    assertEquals(404, bench.invoke("nobody", "{}", "X-Amz-Invocation-Type", "DryRun").statusCode());
  }

  @Test
  void anEventIsAcceptedAndRuns() {
    AtomicInteger ran = new AtomicInteger();
    bench.function("event", (event, response) -> ran.addAndGet(event.length()));
    HttpResponse<String> response =
        bench.invoke("event", "[1,2]", "X-Amz-Invocation-Type", "Event");
    assertEquals(202, response.statusCode());
    assertEquals("", response.body());
    assertFalse(response.headers().firstValue("X-Amz-Executed-Version").isPresent());
    Bench.await("the event", () -> ran.get() == 5);
    assertEquals(404, bench.invoke("nobody", "1", "X-Amz-Invocation-Type", "Event").statusCode());
  }

  /** What a client is told is what the function has as its request id, and what the log says. */
  @Test
  void theRequestIdIsTheFunctions() {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    bench.function("ids", (event, response) -> seen.add(event.requestId()));
    for (String type : List.of("RequestResponse", "Event")) {
      HttpResponse<String> response = bench.invoke("ids", "1", "X-Amz-Invocation-Type", type);
      String told = response.headers().firstValue("x-amzn-RequestId").orElseThrow();
      Bench.await(type + " has " + told + ", not " + seen, () -> seen.contains(told));
    }
    assertEquals(2, seen.size(), seen.toString());
  }

  @Test
  void aFullBacklogIsToldSo() throws InterruptedException {
    try (Bench small = new Bench(config -> config, engine -> engine.eventsMax(2))) {
      CountDownLatch go = new CountDownLatch(1);
      small.function("slow", (event, response) -> go.await());
      String[] event = {"X-Amz-Invocation-Type", "Event"};
      assertEquals(202, small.invoke("slow", "1", event).statusCode());
      assertEquals(202, small.invoke("slow", "2", event).statusCode());
      HttpResponse<String> full = small.invoke("slow", "3", event);
      assertEquals(429, full.statusCode());
      assertEquals("CallerRateLimitExceeded", Json.object(full.body()).get("Reason"));
      go.countDown();
      Bench.await("both", () -> small.engine.events().status().waiting() == 0);
      assertEquals(202, small.invoke("slow", "4", event).statusCode());
    }
  }

  @Test
  void whatWasAcceptedInMemoryRunsBeforeTheEngineHasStopped() {
    AtomicInteger ran = new AtomicInteger();
    try (Bench stopping = new Bench()) {
      stopping.function(
          "slow",
          (event, response) -> {
            Thread.sleep(20);
            ran.incrementAndGet();
          });
      for (int i = 0; i < 100; i++) {
        assertEquals(
            202, stopping.invoke("slow", "1", "X-Amz-Invocation-Type", "Event").statusCode());
      }
    }
    assertEquals(100, ran.get());
  }

  @Test
  void reservedConcurrencyOfNoneIsAThrottle() {
    bench.echo("off");
    bench.engine.functions().putConcurrency("off", 0);
    HttpResponse<String> response = bench.invoke("off", "{}");
    assertEquals(429, response.statusCode());
    assertEquals(
        "{\"Reason\":\"ReservedFunctionConcurrentInvocationLimitExceeded\",\"Type\":\"User\","
            + "\"message\":\"Rate Exceeded.\"}",
        response.body());
  }

  @Test
  void headersAreHeldAgainstTheTable() {
    HttpResponse<String> response =
        bench.invoke("echo", "{}", "X-Amz-Invocation-Type", "Never", "X-Amz-Log-Type", "Head");
    assertEquals(400, response.statusCode());
    assertEquals(
        "{\"message\":\"2 validation errors detected: Value 'Never' at 'invocationType' failed to"
            + " satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse,"
            + " DryRun]; Value 'Head' at 'logType' failed to satisfy constraint: Member must"
            + " satisfy enum value set: [None, Tail]\"}",
        response.body());
    assertEquals(415, bench.invoke("echo", "<a/>", "Content-Type", "application/xml").statusCode());
    assertEquals(400, bench.invoke("echo", "{}", "X-Amz-Client-Context", "?!").statusCode());
  }

  @Test
  void sixMegabytesGoBothWaysAndOneMoreByteDoesNot() {
    String payload = "\"" + "x".repeat(6_291_456 - 2) + "\"";
    HttpResponse<String> response = bench.invoke("echo", payload);
    assertEquals(200, response.statusCode());
    assertEquals(payload, response.body());
    HttpResponse<String> over = bench.invoke("echo", payload + " ");
    assertEquals(413, over.statusCode());
    assertEquals(
        "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456"
            + " bytes)",
        Json.object(over.body()).get("message"));
    assertEquals(
        413,
        bench
            .invoke("echo", "\"" + "x".repeat(1 << 20) + "\"", "X-Amz-Invocation-Type", "Event")
            .statusCode());
  }

  @Test
  void detailsAreToldWhereAsked() {
    HttpResponse<String> response = bench.invoke("echo", "{}", "X-Ringmaster-Details", "1");
    String timings = response.headers().firstValue("X-Ringmaster-Timings").orElseThrow();
    assertTrue(timings.matches("queue=[0-9.]+,bind=[0-9.]+,init=[0-9.]+,invoke=[0-9.]+"), timings);
    assertTrue(response.headers().firstValue("X-Ringmaster-Billed-Ms").isPresent());
  }
}
