package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/1.1 clients that ask for HTTP/2 with {@code Upgrade: h2c}. */
class UpgradeTest {
  private static final String PATH = "/2015-03-31/functions/echo/invocations";
  private static final String ASKING =
      "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final byte[] NO_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
  private static final int DATA = 0;
  private static final int END_STREAM = 1;
  private static Bench bench;

  @BeforeAll
  static void open() {
    bench = new Bench();
    bench.echo("echo");
  }

  @AfterAll
  static void close() {
    Bench.await("no request is left", () -> bench.server.counters().get("requestsRunning") == 0);
    assertEquals(0, bench.server.counters().get("internalErrors"));
    bench.close();
    assertEquals(0, bench.server.counters().get("bodyBytes"));
  }

  private static String asking(String path, String body) {
    return "POST %s HTTP/1.1\r\nHost: localhost\r\n%sContent-Length: %d\r\n\r\n%s"
        .formatted(path, ASKING, body.length(), body);
  }

  private static void write(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static String head(DataInputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  @Test
  void theRequestBecomesTheFirstStream() throws IOException {
    long before = bench.server.counters().get("requests");
    try (Socket socket = bench.socket()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      write(socket, asking(PATH, "[1,2]"));
      String head = head(in);
      assertTrue(head.startsWith("HTTP/1.1 101 Switching Protocols\r\n"), head);
      assertTrue(head.toLowerCase(java.util.Locale.ROOT).contains("upgrade: h2c\r\n"), head);
      write(socket, PREFACE);
      socket.getOutputStream().write(NO_SETTINGS);
      StringBuilder body = new StringBuilder();
      int type;
      int flags;
      do {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        type = in.readUnsignedByte();
        flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] frame = in.readNBytes(length);
        if (type == DATA) {
          assertEquals(1, stream);
          body.append(new String(frame, StandardCharsets.US_ASCII));
        }
      } while (type != DATA || (flags & END_STREAM) == 0);
      assertEquals("[1,2]", body.toString());
    }
    assertEquals(before + 1, bench.server.counters().get("requests"));
  }

  @Test
  void javasClientUpgrades() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(bench.uri(PATH)).timeout(Duration.ofSeconds(30));
      HttpResponse<String> first =
          client.send(
              request.POST(BodyPublishers.ofString("\"first\"")).build(), BodyHandlers.ofString());
      assertEquals("\"first\"", first.body());
      assertEquals(HttpClient.Version.HTTP_2, first.version());
      List<CompletableFuture<HttpResponse<String>>> more = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        more.add(
            client.sendAsync(
                request.POST(BodyPublishers.ofString(Integer.toString(i))).build(),
                BodyHandlers.ofString()));
      }
      for (int i = 0; i < 20; i++) {
        HttpResponse<String> each = more.get(i).get(30, TimeUnit.SECONDS);
        assertEquals(Integer.toString(i), each.body());
        assertEquals(HttpClient.Version.HTTP_2, each.version());
      }
    }
  }

  /** Its first request is too large to be carried over: HTTP/1.1 goes on. */
  @Test
  void aLargeFirstRequestIsAnsweredAsItCame() throws Exception {
    String payload = "\"" + "x".repeat(100_000) + "\"";
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(bench.uri(PATH))
                  .timeout(Duration.ofSeconds(30))
                  .POST(BodyPublishers.ofString(payload))
                  .build(),
              BodyHandlers.ofString());
      assertEquals(payload, response.body());
      assertEquals(HttpClient.Version.HTTP_1_1, response.version());
    }
  }

  @Test
  void aRequestWithoutABodyUpgradesAndARefusedOneDoesNot() throws IOException {
    String list = "GET /2015-03-31/functions HTTP/1.1\r\nHost: localhost\r\n" + ASKING + "\r\n";
    String answer = bench.raw((list + PREFACE).getBytes(StandardCharsets.ISO_8859_1), true);
    assertTrue(answer.startsWith("HTTP/1.1 101 "), answer);
    String foreign = list.replace("localhost", "localhost\r\nOrigin: http://a.example");
    assertTrue(bench.raw(foreign).startsWith("HTTP/1.1 403 "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: !\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\n"
            + "Upgrade: h2c\r\n"
            + "HTTP2-Settings: \r\n"
            + "HTTP2-Settings: \r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAT_____\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: websocket\r\nHTTP2-Settings: AAMAAABk\r\n",
        "HTTP2-Settings: AAMAAABk\r\nUpgrade: h2c\r\n",
      })
  void whatDoesNotAskAsItHasToIsAnsweredByHttp1(String headers) throws IOException {
    try (Socket socket = bench.socket()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      for (int i = 0; i < 2; i++) {
        write(socket, asking(PATH, "7").replace(ASKING, headers));
        String head = head(in);
        assertTrue(head.startsWith("HTTP/1.1 200 OK\r\n"), headers + " → " + head);
        assertEquals('7', in.readUnsignedByte());
      }
    }
  }
}
