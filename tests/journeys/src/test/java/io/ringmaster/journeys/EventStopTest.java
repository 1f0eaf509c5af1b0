package io.ringmaster.journeys;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.Events;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Functions;
import io.ringmaster.api.InvokeRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine ends while a record is being delivered to one who does not answer. */
class EventStopTest {
  /** Less than a delivery waits for its answer. */
  private static final Duration STOPPED = Duration.ofSeconds(15);

  @TempDir Path folder;

  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private volatile boolean hangs = true;
  private HttpServer server;

  @BeforeEach
  void listen() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::take);
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    told.add(exchange.getRequestHeaders().getFirst("X-Ringmaster-Request-Id"));
    if (!hangs) {
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    }
  }

  private Engine open() {
    return Engine.open(
        EngineConfig.builder()
            .sandboxProcesses(false)
            .dataFolder(folder)
            .httpDestinations(List.of("127.0.0.1:" + server.getAddress().getPort()))
            .drain(Duration.ofMillis(200))
            .build());
  }

  @Test
  void itEndsInTimeAndTheRecordIsOwedAfterwards() {
    UUID id = UUID.randomUUID();
    Engine first = open();
    try {
      Functions functions = first.functions();
      functions.create(
          FunctionSpec.named("f").code(FunctionCode.inJvm((event, response) -> {})).build());
      functions.putDocument(
          "f",
          "$LATEST",
          Functions.EVENT_INVOKE_CONFIG,
          "{\"DestinationConfig\":{\"OnSuccess\":{\"Destination\":\"arn:aws:ringmaster:::http://127.0.0.1:"
              + server.getAddress().getPort()
              + "/told\"}}}");
      assertNull(first.events().accept(InvokeRequest.of("f", "1").withRequestId(id)).join());
      await().atMost(STOPPED).until(() -> !told.isEmpty());
    } finally {
      long begunNs = System.nanoTime();
      first.close();
      Duration took = Duration.ofNanos(System.nanoTime() - begunNs);
      assertTrue(took.compareTo(STOPPED) < 0, "the stop took " + took);
    }
    told.clear();
    hangs = false;
    try (Engine second = open()) {
      Events events = second.events();
      assertEquals(1, events.status().recovered());
      await().atMost(STOPPED).until(() -> events.status().waiting() == 0);
      assertEquals(List.of(id.toString()), List.copyOf(told));
      assertEquals(0, events.status().deadLetters());
    }
  }
}
