package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Events;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Functions;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Invocations of type Event to functions and versions that are not active yet. */
class EventsTest {
  private static final String[] EVENT = {"X-Amz-Invocation-Type", "Event"};
  private static final String PENDING =
      "The operation cannot be performed at this time. The function is currently in the following"
          + " state: Pending";

  private static long counter(Bench bench, String name) {
    return bench.engine.events().status().counters().get(name);
  }

  @Test
  void anEventForAFunctionThatIsPendingIsRefusedAndNotLost() {
    try (Bench bench =
        new Bench(config -> config, engine -> engine.statePendingMin(Duration.ofMinutes(1)))) {
      bench.echo("new");
      for (String type : new String[] {"Event", "RequestResponse"}) {
        var response = bench.invoke("new", "{}", "X-Amz-Invocation-Type", type);
        assertEquals(409, response.statusCode(), response.body());
        assertEquals(
            "ResourceConflictException",
            response.headers().firstValue("x-amzn-ErrorType").orElseThrow());
        assertEquals(PENDING, Json.object(response.body()).get("message"));
      }
      assertEquals(0, counter(bench, "eventsAccepted"));
    }
  }

  /** It would be kept with an event for hours, and has to reach a function in one piece. */
  @Test
  void aTraceHeaderIsBounded() {
    try (Bench bench = new Bench()) {
      bench.echo("echo");
      for (String type : new String[] {"Event", "RequestResponse"}) {
        var response =
            bench.invoke(
                "echo", "{}", "X-Amz-Invocation-Type", type, "X-Amzn-Trace-Id", "t".repeat(1025));
        assertEquals(400, response.statusCode(), response.body());
        assertEquals(
            "InvalidRequestContentException",
            response.headers().firstValue("x-amzn-ErrorType").orElseThrow());
      }
      var fits = bench.invoke("echo", "{}", "X-Amzn-Trace-Id", "t".repeat(1024));
      assertEquals(200, fits.statusCode(), fits.body());
      assertEquals(0, counter(bench, "eventsAccepted"));
    }
  }

  /** A function that invokes itself and waits for the answer: its client hands the header on. */
  @Test
  void aChainOfSynchronousInvocationsIsStopped() {
    try (Bench bench = new Bench()) {
      bench.echo("echo");
      CRC32 sum = new CRC32();
      sum.update(
          "arn:aws:lambda:us-east-1:123456789012:function:echo".getBytes(StandardCharsets.UTF_8));
      String trace =
          "Root=1-5e1b4151-5ac6c58f5ac6c58f5ac6c58f;Lineage=%08x:".formatted(sum.getValue());
      var fits = bench.invoke("echo", "{}", "X-Amzn-Trace-Id", trace + "15");
      assertEquals(200, fits.statusCode(), fits.body());
      var stopped = bench.invoke("echo", "{}", "X-Amzn-Trace-Id", trace + "16");
      assertEquals(400, stopped.statusCode(), stopped.body());
      assertEquals(
          "RecursiveInvocationException",
          stopped.headers().firstValue("x-amzn-ErrorType").orElseThrow());
      bench
          .engine
          .functions()
          .putDocument("echo", null, "recursion", "{\"RecursiveLoop\":\"Allow\"}");
      var allowed = bench.invoke("echo", "{}", "X-Amzn-Trace-Id", trace + "16");
      assertEquals(200, allowed.statusCode(), allowed.body());
    }
  }

  @Test
  void aChainBeginsWhereAFunctionInvokes() {
    try (Bench bench = new Bench()) {
      Events events = bench.engine.events();
      Owner owner = new Owner("123456789012", "us-east-1");
      String first = events.follow(owner, "echo", null);
      assertTrue(first.matches("Root=1-.*;Lineage=[0-9a-f]{8}:1"), first);
      String second =
          events.follow(owner, "arn:aws:lambda:us-east-1:123456789012:function:echo", first);
      assertTrue(second.matches("Root=1-.*;Lineage=[0-9a-f]{8}:2"), second);
      String other = events.follow(owner, "other", second);
      assertTrue(other.matches("Root=1-.*;Lineage=[0-9a-f]{8}:1\\|[0-9a-f]{8}:2"), other);
      assertEquals("kept", events.follow(owner, "no/name", "kept"));
    }
  }

  /** It would be kept with an event for hours. */
  @Test
  void textsAreBounded() {
    try (Bench bench = new Bench()) {
      bench.echo("echo");
      InvokeRequest event = InvokeRequest.of("echo", "{}");
      Refusal refusal =
          bench.engine.events().accept(event.withClientContext("x".repeat(16 << 20))).join();
      assertEquals(400, refusal.statusCode());
      assertEquals("InvalidRequestContentException", refusal.code());
      assertEquals(0, counter(bench, "eventsAccepted"));
    }
  }

  /** One is given up at once, the other one runs when the engine is told to end. */
  @Test
  void whatRunsAtTheEndIsNotLost() {
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    try (Bench bench = new Bench()) {
      bench.echo("never");
      bench.engine.functions().putConcurrency("never", 0);
      bench.function(
          "slow",
          (event, response) -> {
            begun.incrementAndGet();
            Thread.sleep(50);
            ended.incrementAndGet();
          });
      assertEquals(202, bench.invoke("never", "{}", EVENT).statusCode());
      assertEquals(202, bench.invoke("slow", "{}", EVENT).statusCode());
      Bench.await("given up", () -> bench.engine.events().status().deadLetters() == 1);
      Bench.await("it runs", () -> begun.get() == 1);
    }
    assertEquals(1, ended.get());
  }

  @Test
  void anAcceptedEventWaitsForAVersionThatIsPending() {
    AtomicInteger ran = new AtomicInteger();
    try (Bench bench =
        new Bench(config -> config, engine -> engine.statePendingMin(Duration.ofSeconds(1)))) {
      Functions functions = bench.engine.functions();
      functions.create(
          FunctionSpec.named("moving")
              .code(FunctionCode.inJvm((event, response) -> ran.incrementAndGet()))
              .build());
      Bench.await("created", () -> functions.get("moving").state().equals("Active"));
      functions.publishVersion("moving");
      functions.updateConfiguration(
          "moving", present -> present.toBuilder().description("second").build(), null);
      Bench.await("updated", () -> functions.get("moving").lastUpdateStatus().equals("Successful"));
      Bench.await("published", () -> functions.get("moving", "1").state().equals("Active"));
      functions.publishVersion("moving");
      functions.createAlias("moving", "live", "1", "", Map.of("2", 1.0));
      assertEquals(202, bench.invoke("moving:live", "{}", EVENT).statusCode());
      Bench.await("it ran", () -> counter(bench, "eventsSucceeded") == 1);
      assertEquals(1, ran.get());
      assertEquals(0, counter(bench, "eventsFailed"));
    }
  }
}
