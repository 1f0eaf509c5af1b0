package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Functions;
import java.time.Duration;
import java.util.Map;
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
