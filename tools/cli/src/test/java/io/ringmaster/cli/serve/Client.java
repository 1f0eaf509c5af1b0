package io.ringmaster.cli.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Talks to a server as any HTTP client. */
final class Client implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String endpoint;

  Client(String endpoint) {
    this.endpoint = endpoint;
  }

  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(endpoint + path))
            .timeout(Duration.ofSeconds(ServerProcess.PATIENCE_S))
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    return http.send(request, BodyHandlers.ofString());
  }

  HttpResponse<String> invoke(String name, String event) throws IOException, InterruptedException {
    return send("POST", "/2015-03-31/functions/" + name + "/invocations", event);
  }

  /** Makes a Python function and waits until it is active. */
  void createPython(String name, String source) throws IOException, InterruptedException {
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      out.putNextEntry(new ZipEntry("app.py"));
      out.write(source.getBytes(StandardCharsets.UTF_8));
      out.closeEntry();
    }
    ObjectNode body = MAPPER.createObjectNode();
    body.put("FunctionName", name).put("Runtime", "python3.13").put("Handler", "app.handler");
    body.put("Role", "arn:aws:iam::123456789012:role/test").put("Timeout", 30);
    body.putObject("Code").put("ZipFile", Base64.getEncoder().encodeToString(zip.toByteArray()));
    HttpResponse<String> created = send("POST", "/2015-03-31/functions", body.toString());
    if (created.statusCode() != 201) {
      throw new AssertionError(created.statusCode() + " " + created.body());
    }
    awaitActive(name);
  }

  void awaitActive(String name) throws IOException, InterruptedException {
    long endNs = System.nanoTime() + Duration.ofSeconds(ServerProcess.PATIENCE_S).toNanos();
    while (true) {
      String answer = send("GET", "/2015-03-31/functions/" + name + "/configuration", null).body();
      JsonNode state = MAPPER.readTree(answer).path("State");
      if (state.asText().equals("Active")) {
        return;
      }
      if (System.nanoTime() > endNs) {
        throw new AssertionError(answer);
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
