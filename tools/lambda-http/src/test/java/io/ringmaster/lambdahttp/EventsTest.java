package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Functions;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.ingress.EventBacklog;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Invocations of type Event to functions and versions that are not active yet. */
class EventsTest {
  private static final String[] EVENT = {"X-Amz-Invocation-Type", "Event"};
  private static final String PENDING =
      "The operation cannot be performed at this time. The function is currently in the following"
          + " state: Pending";

  private static long counter(Bench bench, String name) {
    return bench.server.counters().get(name);
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

  /** Eight times 32 MiB of context are 256 MiB: not with what else an event costs. */
  @Test
  void textsCountAsThePayloadDoes() {
    try (Bench bench = new Bench()) {
      bench.echo("never");
      bench.engine.functions().putConcurrency("never", 0);
      EventBacklog backlog = new EventBacklog(bench.engine, 100);
      InvokeRequest event =
          InvokeRequest.of("never", "{}")
              .withOwner(Bench.OWNER)
              .withClientContext("x".repeat(16 << 20));
      for (int i = 0; i < 7; i++) {
        assertTrue(backlog.accept(event), "event " + i);
      }
      assertFalse(backlog.accept(event));
      assertEquals(7, backlog.waiting());
      backlog.close();
    }
  }

  /** One waits for its next attempt, the other one runs. */
  @Test
  void whatRunsAtTheEndIsNotDropped() {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger begun = new AtomicInteger();
    try (Bench bench = new Bench()) {
      bench.echo("never");
      bench.engine.functions().putConcurrency("never", 0);
      bench.function(
          "slow",
          (event, response) -> {
            begun.incrementAndGet();
            go.await();
          });
      EventBacklog backlog = new EventBacklog(bench.engine, 100);
      assertTrue(backlog.accept(InvokeRequest.of("never", "{}").withOwner(Bench.OWNER)));
      assertTrue(backlog.accept(InvokeRequest.of("slow", "{}").withOwner(Bench.OWNER)));
      Bench.await("throttled", () -> backlog.counters().get("eventsThrottled") == 1);
      Bench.await("it runs", () -> begun.get() == 1);
      assertEquals(1, backlog.close());
      go.countDown();
      Bench.await("it ran", () -> backlog.counters().get("eventsSucceeded") == 1);
      assertEquals(1, backlog.counters().get("eventsDropped"));
    } finally {
      go.countDown();
    }
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
