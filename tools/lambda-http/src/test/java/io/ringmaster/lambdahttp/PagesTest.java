package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Pages of the server's own. */
class PagesTest {
  private static final HttpPage PAGE = new HttpPage(200, "text/plain", new byte[] {'1'});

  @Test
  void whoWaitsForFilesDelaysNobodyWhoAsksForHealth() throws Exception {
    CountDownLatch disk = new CountDownLatch(1);
    try (Bench bench =
        new Bench(
            config ->
                config
                    .pages(Map.of("/_own/health", request -> PAGE))
                    .prefixPages(Map.of("/_own/letters", request -> afterwards(disk))),
            engine -> engine)) {
      List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        HttpRequest slow = HttpRequest.newBuilder(bench.uri("/_own/letters/" + i)).build();
        waiting.add(bench.client.sendAsync(slow, HttpResponse.BodyHandlers.ofString()));
      }
      Bench.await("they have come", () -> bench.server.counters().get("requestsRunning") == 8);
      try {
        assertEquals("1", bench.send("GET", "/_own/health", null).body());
      } finally {
        disk.countDown();
      }
      for (CompletableFuture<HttpResponse<String>> each : waiting) {
        assertEquals(200, each.get(20, TimeUnit.SECONDS).statusCode());
      }
    }
  }

  private static HttpPage afterwards(CountDownLatch disk) {
    try {
      disk.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return PAGE;
  }
}
