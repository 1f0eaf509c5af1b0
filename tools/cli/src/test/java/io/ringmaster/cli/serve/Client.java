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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
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

  /** Hands an event over; its request id. */
  String accept(String function, String event) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send("POST", "/2014-11-13/functions/" + function + "/invoke-async", event);
    if (answer.statusCode() != 202) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return answer.headers().firstValue("x-amzn-RequestId").orElseThrow();
  }

  /** Has a file told of the successes of a function's events. */
  void tell(String function, String file) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(
            "PUT",
            "/2019-09-25/functions/" + function + "/event-invoke-config",
            "{\"DestinationConfig\":{\"OnSuccess\":{\"Destination\":\"arn:aws:ringmaster:::file/"
                + file
                + "\"}}}");
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
  }

  /** The request ids of which a file was told. */
  static Set<String> told(Path data, String name) throws IOException {
    Set<String> ids = new HashSet<>();
    Path file = data.resolve("destinations").resolve("123456789012").resolve(name);
    if (Files.exists(file)) {
      for (String line : Files.readString(file).split("\n")) {
        if (line.endsWith("}")) {
          ids.add(MAPPER.readTree(line).at("/requestContext/requestId").asText());
        }
      }
    }
    return ids;
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
