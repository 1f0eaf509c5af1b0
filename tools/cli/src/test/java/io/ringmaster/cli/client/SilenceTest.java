package io.ringmaster.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SilenceTest {
  private static final Duration MOST = Duration.ofMillis(100);

  private final AtomicLong nowNs = new AtomicLong();
  private final AtomicInteger looks = new AtomicInteger();

  private long askedNs() {
    long asked = nowNs.get();
    looks.incrementAndGet();
    return asked;
  }

  /** The watch has looked so often since; the first time it may have begun before. */
  private void awaitLooks(int count) throws InterruptedException {
    int enough = looks.get() + count;
    while (looks.get() < enough) {
      Thread.sleep(1);
    }
  }

  @Test
  @Timeout(30)
  void aServerThatSaysNothingMoreEndsTheWait() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("one\n".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          } finally {
            exchange.close();
          }
        });
    server.start();
    URI uri = URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<InputStream> response =
          client.send(
              HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofInputStream());
      try (Silence silence = new Silence(response.body(), MOST, this::askedNs);
          BufferedReader lines =
              new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        silence.waits(false);
        nowNs.addAndGet(10 * MOST.toNanos()); // whoever prints may take its time
        awaitLooks(2);
        silence.waits(true);
        assertEquals("one", lines.readLine());
        awaitLooks(2);
        nowNs.addAndGet(MOST.toNanos() + 1);
        assertThrows(IOException.class, lines::readLine);
      }
    } finally {
      end.countDown();
      server.stop(0);
    }
  }
}
