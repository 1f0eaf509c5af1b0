package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that end their side of a connection while their invocation waits for a place. */
class GoneTest {
  private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

  private final AtomicInteger ran = new AtomicInteger();
  private final Semaphore running = new Semaphore(0);
  private final CountDownLatch go = new CountDownLatch(1);
  private Bench bench;
  private CompletableFuture<String> first;

  /** The only place is taken. */
  @BeforeEach
  void open() throws InterruptedException {
    bench = new Bench(config -> config, engine -> engine.environmentsMax(1));
    bench.function(
        "waits",
        (event, response) -> {
          ran.incrementAndGet();
          running.release();
          go.await();
          response.write(event.bytes(), event.offset(), event.length());
        });
    first = CompletableFuture.supplyAsync(() -> bench.invoke("waits", "1").body());
    assertTrue(running.tryAcquire(20, TimeUnit.SECONDS));
  }

  @AfterEach
  void close() {
    go.countDown();
    bench.close();
  }

  private static String request(String path) {
    return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n2";
  }

  private void running(int requests) {
    Bench.await(
        requests + " requests", () -> bench.server.counters().get("requestsRunning") == requests);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/2015-03-31/functions/waits/invocations",
        "/2021-11-15/functions/waits/response-streaming-invocations"
      })
  void whoIsGoneHasNoPlaceInTheQueue(String path) throws Exception {
    try (Socket socket = bench.socket()) {
      socket.getOutputStream().write(request(path).getBytes(StandardCharsets.US_ASCII));
      running(2);
    }
    running(1);
    go.countDown();
    assertEquals("1", first.get(20, TimeUnit.SECONDS));
    assertEquals("3", bench.invoke("waits", "3").body());
    assertEquals(2, ran.get(), "what nobody waits for has run");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 600, 1_500})
  void whoOnlyEndsItsSideIsAnswered(int afterMs) throws Exception {
    try (Socket socket = bench.socket()) {
      String request = request("/2015-03-31/functions/waits/invocations");
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      running(2);
      socket.shutdownOutput();
      Thread.sleep(afterMs); // before, within and after the server's look whether it is gone
      go.countDown();
      String answer = all(socket);
      String last = answer.startsWith(CONTINUE) ? answer.substring(CONTINUE.length()) : answer;
      assertTrue(last.startsWith("HTTP/1.1 200 OK\r\n") && last.endsWith("\r\n\r\n2"), answer);
    }
    assertEquals("1", first.get(20, TimeUnit.SECONDS));
    assertEquals(2, ran.get());
  }

  private static String all(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }
}
