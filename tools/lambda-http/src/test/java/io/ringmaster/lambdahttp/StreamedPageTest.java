package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pages whose lines come as they are made. */
class StreamedPageTest {
  private static final byte[] END = {};

  /** Lines that a test adds. */
  private static final class Source implements PageParts {
    private final ConcurrentLinkedQueue<byte[]> parts = new ConcurrentLinkedQueue<>();
    private volatile Runnable ready;
    private volatile boolean closed;

    HttpPage page() {
      return HttpPage.lines(
          "application/x-ndjson",
          who -> {
            ready = who;
            return this;
          });
    }

    void add(String line) {
      add(line.getBytes(StandardCharsets.UTF_8));
    }

    void add(byte[] part) {
      parts.add(part);
      if (ready != null) {
        ready.run();
      }
    }

    @Override
    public byte[] next() {
      byte[] part = parts.poll();
      return part == null ? new byte[0] : part == END ? null : part;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private final Source source = new Source();

  private Bench bench() throws Exception {
    return new Bench(
        config -> config.prefixPages(Map.of("/_own/lines", request -> source.page())),
        engine -> engine);
  }

  private static HttpResponse<InputStream> open(Bench bench, HttpClient.Version version)
      throws Exception {
    return bench.client.send(
        HttpRequest.newBuilder(bench.uri("/_own/lines")).version(version).build(),
        HttpResponse.BodyHandlers.ofInputStream());
  }

  private static BufferedReader reader(HttpResponse<InputStream> response) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    assertEquals("", lines.readLine(), "the head does not wait for news");
    return lines;
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void linesComeAsTheyAreMadeUntilThereAreNoMore(HttpClient.Version version) throws Exception {
    source.add("early\n");
    try (Bench bench = bench()) {
      HttpResponse<InputStream> response = open(bench, version);
      assertEquals(200, response.statusCode());
      BufferedReader lines = reader(response);
      assertEquals("early", lines.readLine());
      for (int i = 0; i < 1000; i++) {
        source.add("line " + i + "\n");
      }
      for (int i = 0; i < 1000; i++) {
        assertEquals("line " + i, lines.readLine());
      }
      source.add(END);
      assertNull(lines.readLine());
      Bench.await("it is closed", () -> source.closed);
      assertEquals(200, bench.send("HEAD", "/_own/lines", null).statusCode());
    }
  }

  @Test
  void whoGoesAwayIsNoticed() throws Exception {
    try (Bench bench = bench()) {
      try (Socket client = new Socket()) {
        client.connect(bench.server.address());
        client
            .getOutputStream()
            .write("GET /_own/lines HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        source.add("one\n");
        assertEquals('H', client.getInputStream().read());
        client.setSoLinger(true, 0);
      }
      Bench.await(
          "it is closed",
          () -> {
            source.add("more\n");
            return source.closed;
          });
      Bench.await("it is over", () -> bench.server.counters().get("requestsRunning") == 0);
    }
  }

  @Test
  void aServerThatStopsEndsThem() throws Exception {
    try (Bench bench = bench()) {
      BufferedReader lines = reader(open(bench, HttpClient.Version.HTTP_1_1));
      source.add("one\n");
      assertEquals("one", lines.readLine());
      bench.server.stopAccepting();
      assertNull(lines.readLine());
      Bench.await("it is closed", () -> source.closed);
    }
  }

  private static void await(CountDownLatch go) {
    try {
      go.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void pagesThatWaitForFilesKeepNoOperationWaiting() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (Bench bench =
        new Bench(
            config ->
                config.prefixPages(
                    Map.of(
                        "/_own/slow",
                        request -> {
                          await(go);
                          return new HttpPage(200, "text/plain", new byte[0]);
                        })),
            engine -> engine)) {
      List<CompletableFuture<HttpResponse<Void>>> slow = new ArrayList<>();
      try {
        for (int i = 0; i < 30; i++) {
          slow.add(
              bench.client.sendAsync(
                  HttpRequest.newBuilder(bench.uri("/_own/slow")).build(),
                  HttpResponse.BodyHandlers.discarding()));
        }
        Bench.await(
            "all wait", () -> bench.server.counters().get("requestsRunning") == slow.size());
        assertEquals(200, bench.send("GET", "/2015-03-31/functions", null).statusCode());
      } finally {
        go.countDown();
      }
      for (CompletableFuture<HttpResponse<Void>> each : slow) {
        assertEquals(200, each.get(10, TimeUnit.SECONDS).statusCode());
      }
    }
  }
}
