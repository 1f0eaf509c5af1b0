package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients send that mean no good, or are broken: by raw sockets. */
class HostileTest {
  private static final String INVOKE = "POST /2015-03-31/functions/echo/invocations HTTP/1.1\r\n";
  private static final String HOST = "Host: h\r\n";
  private static Bench bench;

  @BeforeAll
  static void open() {
    bench =
        new Bench(
            config ->
                config
                    .header(Duration.ofMillis(700))
                    .body(Duration.ofMillis(700))
                    .idle(Duration.ofSeconds(2))
                    .connectionsMax(200),
            engine -> engine);
    bench.echo("echo");
  }

  /** Whatever was sent: others are served, and nothing is left of it. */
  @AfterAll
  static void close() {
    assertEquals("1", bench.invoke("echo", "1").body());
    bench.client.close();
    Bench.await("no connection left", () -> bench.server.counters().get("connections") == 0);
    assertEquals(0, bench.server.counters().get("requestsRunning"));
    assertEquals(0, bench.server.counters().get("bodyBytes"));
    assertEquals(0, bench.server.counters().get("internalErrors"));
    bench.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
        "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "Content-Length: 2, 2\r\n\r\n{}",
        "Content-Length: +2\r\n\r\n{}",
        "Content-Length: -2\r\n\r\n{}",
        "Content-Length: 0x2\r\n\r\n{}",
        "Content-Length: 99999999999999999999\r\n\r\n{}",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
        "Host: i\r\nContent-Length: 2\r\n\r\n{}",
        "Content-Length : 2\r\n\r\n{}",
        " Content-Length: 2\r\n\r\n{}",
        "Content-Length: 2\r\nX: a\0b\r\n\r\n{}",
      })
  void whatCanBeReadInTwoWaysIsRefused(String rest) {
    String answer = bench.raw(INVOKE + HOST + rest);
    assertTrue(answer.startsWith("HTTP/1.1 400 "), rest + " → " + answer);
    assertEquals(1, answer.split("HTTP/1.1 ", -1).length - 1, answer);
    assertTrue(answer.contains("Connection: close"), answer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n",
        "GET\r\n\r\n",
        "GET /2015-03-31/functions/%zz HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /2015-03-31/functions/%ff HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /2015-03-31/functions?Marker=%1 HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      })
  void nonsenseIsRefused(String request) {
    String answer = bench.raw(request);
    assertTrue(answer.startsWith("HTTP/1.1 400 "), request + " → " + answer);
  }

  @Test
  void longLinesAndManyHeadersAreRefused() {
    assertStatus(414, bench.raw("GET /" + "a".repeat(600_000) + " HTTP/1.1\r\nHost: h\r\n\r\n"));
    assertStatus(431, bench.raw("GET / HTTP/1.1\r\nX: " + "a".repeat(600_000) + "\r\n\r\n"));
    assertStatus(431, bench.raw("GET / HTTP/1.1\r\nHost: h\r\n" + "X: a\r\n".repeat(101) + "\r\n"));
    assertStatus(505, bench.raw("GET / HTTP/1.2\r\nHost: h\r\n\r\n"));
  }

  private static void assertStatus(int status, String answer) {
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
  }

  @Test
  void unknownPathsMethodsAndOptionsAreAnswered() {
    assertStatus(404, bench.raw("GET /nothing HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
    assertStatus(
        404,
        bench.raw("PATCH /2015-03-31/functions HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
    String options = bench.raw("OPTIONS /2015-03-31/functions HTTP/1.1\r\nHost: h\r\n\r\n");
    assertStatus(204, options);
    assertTrue(options.contains("Allow: GET, HEAD, OPTIONS, POST\r\n"), options);
    String head = bench.raw("HEAD /nothing HTTP/1.1\r\nHost: h\r\n\r\n");
    assertTrue(head.endsWith("\r\n\r\n"), head);
    assertTrue(head.contains("Content-Length: "), head);
  }

  @Test
  void webPagesAreNotServed() {
    for (String each :
        new String[] {
          "Host: 127.0.0.1\r\nOrigin: http://a.example\r\n",
          "Host: 127.0.0.1\r\nOrigin: null\r\n",
          "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n",
          "Host: rebound.example:9001\r\n"
        }) {
      assertStatus(403, bench.raw(INVOKE + each + "Content-Length: 1\r\n\r\n1"));
    }
    for (String each :
        new String[] {
          "Host: localhost:9001\r\n",
          "Host: [::1]:9001\r\n",
          "Host: a.localhost\r\n",
          "Host: a.example\r\nAuthorization: AWS4-HMAC-SHA256 x\r\n"
        }) {
      assertStatus(
          200, bench.raw(INVOKE + each + "Connection: close\r\nContent-Length: 1\r\n\r\n1"));
    }
  }

  @Test
  void requestsSentAheadAreAnsweredInTheirOrder() {
    StringBuilder requests = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      String body = Integer.toString(i);
      requests.append(INVOKE).append(HOST).append("Content-Length: ").append(body.length());
      requests.append("\r\n\r\n").append(body);
    }
    String answers = bench.raw(requests.toString());
    List<String> bodies = new ArrayList<>();
    for (String each : answers.split("HTTP/1.1 200 OK\r\n")) {
      if (!each.isEmpty()) {
        bodies.add(each.substring(each.indexOf("\r\n\r\n") + 4));
      }
    }
    assertEquals(200, bodies.size());
    for (int i = 0; i < 200; i++) {
      assertEquals(Integer.toString(i), bodies.get(i));
    }
  }

  @Test
  void aBodyInChunksIsTaken() {
    String answer =
        bench.raw(
            INVOKE
                + HOST
                + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                + "1\r\n\"\r\n3;x=y\r\nabc\r\n1\r\n\"\r\n0\r\nT: t\r\n\r\n");
    assertTrue(answer.endsWith("\r\n\r\n\"abc\""), answer);
  }

  @Test
  void aClientThatExpectsIsToldToContinueOrWhyNot() throws IOException {
    try (Socket socket = bench.socket()) {
      write(socket, INVOKE + HOST + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
      assertEquals("HTTP/1.1 100 Continue\r\n\r\n", read(socket, 25));
      write(socket, "{}");
      assertEquals("HTTP/1.1 200 OK", read(socket, 15));
    }
    String refused =
        bench.raw(INVOKE + HOST + "Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n");
    assertStatus(413, refused);
    assertStatus(417, bench.raw(INVOKE + HOST + "Content-Length: 2\r\nExpect: tea\r\n\r\n"));
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedBeforeItComes() {
    String create = "POST /2015-03-31/functions HTTP/1.1\r\n" + HOST;
    String answer = bench.raw(create + "Content-Length: 70167212\r\n\r\n{");
    assertStatus(413, answer);
    assertTrue(
        answer.contains(
            "Request must be smaller than 70167211 bytes for the CreateFunction operation"),
        answer);
  }

  @Test
  void whoSendsSlowlyIsClosed() throws IOException {
    try (Socket headers = bench.socket();
        Socket body = bench.socket();
        Socket nothing = bench.socket();
        Socket idle = bench.socket()) {
      write(headers, INVOKE + "X: ");
      write(body, INVOKE + HOST + "Content-Length: 100\r\n\r\n{");
      write(idle, INVOKE + HOST + "Content-Length: 1\r\n\r\n1");
      assertStatus(408, all(headers));
      assertStatus(408, all(body));
      assertEquals("", all(nothing));
      assertStatus(200, all(idle));
    }
  }

  /** What connections keep for small bodies counts as well. */
  @Test
  void manySmallBodiesAreBoundedTogether() throws IOException {
    try (Bench small = new Bench(config -> config.bodyBytesMax(16 << 20), engine -> engine)) {
      small.echo("echo");
      List<Socket> sockets = new ArrayList<>();
      try {
        for (int i = 0; i < 300; i++) {
          Socket socket = small.socket();
          sockets.add(socket);
          write(socket, INVOKE + HOST + "Content-Length: 65000\r\n\r\n" + "1".repeat(64_000));
        }
        Bench.await("refusals", () -> small.server.counters().get("overloaded") >= 300 - 256);
        assertTrue(small.server.counters().get("bodyBytes") <= 16 << 20);
        assertEquals(429, small.invoke("echo", "1").statusCode());
      } finally {
        for (Socket each : sockets) {
          each.close();
        }
      }
      Bench.await("room again", () -> small.invoke("echo", "1").statusCode() == 200);
      small.client.close();
      Bench.await("nothing is kept", () -> small.server.counters().get("bodyBytes") == 0);
    }
  }

  @Test
  void tooManyConnectionsAreClosedAtOnce() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 210; i++) {
        sockets.add(bench.socket());
      }
      Bench.await("refusals", () -> bench.server.counters().get("connectionsRefused") >= 5);
    } finally {
      for (Socket each : sockets) {
        each.close();
      }
    }
    Bench.await("room again", () -> bench.server.counters().get("connections") < 50);
  }

  @Test
  void aClientThatGoesAwayLeavesNothing() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    bench.function(
        "waits",
        (event, response) -> {
          begun.countDown();
          go.await();
        });
    try (Socket socket = bench.socket()) {
      socket.setSoLinger(true, 0);
      write(socket, INVOKE.replace("echo", "waits") + HOST + "Content-Length: 1\r\n\r\n1");
      begun.await();
    }
    Bench.await(
        "the connection is gone", () -> bench.server.counters().get("requestsRunning") == 0);
    go.countDown();
  }

  /** Seeds are printed with what fails. */
  @Test
  void randomBytesAndBrokenRequestsHurtNobody() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] good =
        (INVOKE
                + HOST
                + "Content-Length: 7\r\n\r\n{\"a\":1}"
                + "GET /2015-03-31/functions HTTP/1.1\r\n"
                + HOST
                + "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 300; i++) {
      byte[] bytes;
      if (i % 3 == 0) {
        bytes = new byte[random.nextInt(500)];
        random.nextBytes(bytes);
      } else {
        bytes = good.clone();
        for (int n = random.nextInt(6); n >= 0; n--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
      }
      try (Socket socket = bench.socket()) {
        socket.getOutputStream().write(bytes);
        if (random.nextBoolean()) {
          socket.shutdownOutput();
          String answer = all(socket);
          assertTrue(
              answer.isEmpty() || answer.startsWith("HTTP/1.1 ") || answer.charAt(0) == 0,
              "seed " + seed + ": " + answer);
        }
      }
    }
    assertEquals("1", bench.invoke("echo", "1").body(), "seed " + seed);
  }

  private static void write(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static String read(Socket socket, int bytes) throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
  }

  private static String all(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }
}
