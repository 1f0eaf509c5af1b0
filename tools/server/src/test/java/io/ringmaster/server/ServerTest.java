package io.ringmaster.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ringmaster.api.DataFolderInUseException;
import io.ringmaster.server.config.Configuration;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server in this JVM: its pages, its ends. */
class ServerTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path folder;

  private Server start(String... more) throws Exception {
    Map<String, String> flags = new HashMap<>();
    flags.put("data", folder.resolve("data").toString());
    flags.put("http", "127.0.0.1:0");
    flags.put("grpc", "127.0.0.1:0");
    for (int i = 0; i < more.length; i += 2) {
      flags.put(more[i], more[i + 1]);
    }
    return Server.start(Configuration.resolve(flags, Map.of()), Map.of());
  }

  @Test
  void itsPagesTellHowItIs() throws Exception {
    try (Server server = start();
        HttpClient client = HttpClient.newHttpClient()) {
      assertEquals("{\"status\":\"READY\"}", get(client, server, "/_ringmaster/health/ready"));
      assertEquals("{\"status\":\"LIVE\"}", get(client, server, "/_ringmaster/health/live"));
      JsonNode status = MAPPER.readTree(get(client, server, "/_ringmaster/status"));
      assertEquals("ringmaster.status/1", status.get("schema").asText());
      assertEquals("ready", status.get("phase").asText());
      assertEquals(server.httpUrl(), status.get("http").asText());
      assertEquals(server.grpcAddress(), status.get("grpc").asText());
      assertEquals(1000, status.get("concurrency").get("limit").asInt());
      JsonNode own = status.get("concurrency").get("accounts").get(0);
      assertEquals("123456789012", own.get("account").asText());
      assertEquals("us-east-1", own.get("region").asText());
      assertEquals(0, own.get("inUse").asInt());
      assertTrue(status.get("httpCounters").get("requests").asLong() > 0, status::toString);
      assertTrue(get(client, server, "/metrics").contains("\nringmaster_settled_total 0\n"));
      HttpResponse<String> posted = send(client, server, "POST", "/_ringmaster/status");
      assertEquals(405, posted.statusCode());
      HttpResponse<String> missing = send(client, server, "GET", "/_ringmaster/logs/nobody");
      assertEquals(404, missing.statusCode());
      assertTrue(missing.body().contains("Function not found: "), missing.body());
      HttpResponse<String> owner =
          send(client, server, "GET", "/_ringmaster/logs/nobody?account=12");
      assertEquals(400, owner.statusCode());
      JsonNode ready = MAPPER.readTree(server.readyLine());
      assertEquals(server.grpcAddress(), ready.get("grpc").asText());
    }
  }

  @Test
  void linesOfAGroupAreToldWhenItsFunctionIsNoMore() throws Exception {
    start().close();
    Path group = Files.createDirectories(folder.resolve("data/logs/my/group"));
    Files.writeString(group.resolve("+group"), "ringmaster.log-group/1 1000 0\n/my/group");
    Files.writeString(group.resolve("stream"), "one line\n");
    try (Server server = start();
        HttpClient client = HttpClient.newHttpClient()) {
      JsonNode page =
          MAPPER.readTree(get(client, server, "/_ringmaster/logs/gone?group=%2Fmy%2Fgroup"));
      assertEquals("one line", page.get("events").get(0).get("message").asText());
    }
  }

  @Test
  void whenItHasEndedItsPortsAndItsDataAreFree() throws Exception {
    Server server = start();
    InetSocketAddress http = address(server.httpUrl().replaceFirst(".*/", ""));
    InetSocketAddress grpc = address(server.grpcAddress());
    connect(http);
    connect(grpc);
    assertThrows(DataFolderInUseException.class, this::start);
    server.close();
    server.close();
    assertThrows(ConnectException.class, () -> connect(http));
    assertThrows(ConnectException.class, () -> connect(grpc));
    assertFalse(Files.exists(folder.resolve("data/control")));
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("ringmaster-loop")),
        "an event loop is left");
    start("http", http.getHostString() + ":" + http.getPort()).close();
  }

  /** What it had opened before the failure is closed. */
  @Test
  void whatCannotStartLeavesNothing() throws Exception {
    try (Server other = start()) {
      String taken = other.httpUrl().replaceFirst(".*/", "");
      assertThrows(
          IOException.class,
          () -> start("data", folder.resolve("more").toString(), "grpc", taken).close());
    }
    start("data", folder.resolve("more").toString()).close();
  }

  private static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }

  private static void connect(InetSocketAddress address) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, 10_000);
    }
  }

  private static String get(HttpClient client, Server server, String path) throws Exception {
    HttpResponse<String> answer = send(client, server, "GET", path);
    assertEquals(200, answer.statusCode(), answer::body);
    return answer.body();
  }

  private static HttpResponse<String> send(
      HttpClient client, Server server, String method, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(server.httpUrl() + path))
            .method(method, BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }
}
