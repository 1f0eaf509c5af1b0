package io.ringmaster.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.Owner;
import io.ringmaster.ingress.EventBacklog;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Accepted events and an engine that cannot take them. */
class BacklogTest {
  @Test
  void eventsThatCannotBeRunHoldNoPlaces() {
    Engine broken =
        (Engine)
            Proxy.newProxyInstance(
                Engine.class.getClassLoader(),
                new Class<?>[] {Engine.class},
                (proxy, method, arguments) -> {
                  throw new IllegalStateException("on purpose");
                });
    EventBacklog backlog = new EventBacklog(broken, 10);
    for (int i = 0; i < 40; i++) {
      InvokeRequest event =
          InvokeRequest.of("f", "{}".getBytes(StandardCharsets.UTF_8))
              .withOwner(new Owner("123456789012", "eu-west-1"))
              .withRequestId(UUID.randomUUID());
      assertTrue(backlog.accept(event));
    }
    assertEquals(0, backlog.waiting());
    assertEquals(40, backlog.counters().get("eventsFailed"));
    assertEquals(0, backlog.close());
  }
}
