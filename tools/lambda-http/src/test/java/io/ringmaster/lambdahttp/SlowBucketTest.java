package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A bucket that does not answer delays those who want packages out of it, and nobody else. */
class SlowBucketTest {
  private static final int WAITING = 20;

  private final CountDownLatch gate = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer bucket;
  private Bench bench;

  @BeforeEach
  void open() throws IOException {
    bucket = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    bucket.setExecutor(threads);
    bucket.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          try {
            gate.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          exchange.sendResponseHeaders(200, Bench.ZIP.length);
          exchange.getResponseBody().write(Bench.ZIP);
          exchange.close();
        });
    bucket.start();
    HttpPage alive = new HttpPage(200, "text/plain", "alive".getBytes(StandardCharsets.UTF_8));
    bench =
        new Bench(
            config ->
                config
                    .awsEndpoint(URI.create("http://127.0.0.1:" + bucket.getAddress().getPort()))
                    .managementThreads(1)
                    .pages(Map.of("/_ringmaster/health/live", request -> alive)),
            engine -> engine);
    bench.echo("echo");
  }

  @AfterEach
  void close() {
    gate.countDown();
    assertEquals(0, bench.server.counters().get("internalErrors"));
    bench.close();
    bucket.stop(0);
    threads.shutdownNow();
  }

  @Test
  void nobodyElseWaits() throws Exception {
    List<Future<Map<String, Object>>> waiting = new ArrayList<>();
    for (int i = 0; i < WAITING; i++) {
      String name = "fetched-" + i;
      Map<String, String> code = Map.of("S3Bucket", "code", "S3Key", name + ".zip");
      waiting.add(threads.submit(() -> bench.create(name, "Code", code)));
    }
    Bench.await("packages are fetched", () -> asked.get() > 1);
    assertEquals("alive", bench.send("GET", "/_ringmaster/health/live", null).body());
    bench.create("carried");
    bench.json(200, "GET", Bench.FUNCTIONS + "/carried", null);
    HttpResponse<String> event = bench.invoke("echo", "1", "X-Amz-Invocation-Type", "Event");
    assertEquals(202, event.statusCode());
    assertEquals(204, bench.invoke("echo", "1", "X-Amz-Invocation-Type", "DryRun").statusCode());
    waiting.forEach(each -> assertEquals(false, each.isDone()));
    gate.countDown();
    for (Future<Map<String, Object>> each : waiting) {
      assertEquals((long) Bench.ZIP.length, each.get(60, TimeUnit.SECONDS).get("CodeSize"));
    }
  }
}
