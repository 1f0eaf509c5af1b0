package io.ringmaster.conformance.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Lambda's HTTP API as bare requests, so that every answer is seen as it is. Any thread. */
final class Api implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FUNCTIONS = "/2015-03-31/functions";

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final URI endpoint;

  Api(URI endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * An answer that came whole.
   *
   * @param requestId null: it has none
   */
  record Answer(int status, byte[] body, String requestId) {
    JsonNode json() throws IOException {
      return body.length == 0 ? MissingNode.getInstance() : JSON.readTree(body);
    }

    boolean done() {
      return status < 300;
    }

    String text() {
      return status + " " + new String(body, StandardCharsets.UTF_8);
    }
  }

  /**
   * @throws IOException no whole answer came: whether the call was done is not known
   */
  Answer send(String method, String path, Object body) throws IOException {
    HttpRequest.BodyPublisher content =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
    return send(HttpRequest.newBuilder(endpoint.resolve(path)).method(method, content));
  }

  private Answer send(HttpRequest.Builder request) throws IOException {
    try {
      HttpResponse<byte[]> answer =
          client.send(
              request.timeout(Duration.ofSeconds(60)).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      String id = answer.headers().firstValue("x-amzn-requestid").orElse(null);
      return new Answer(answer.statusCode(), answer.body(), id);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** A request about a function. */
  Answer function(String method, String name, String more, Object body) throws IOException {
    return send(method, FUNCTIONS + "/" + name + more, body);
  }

  Answer create(Object body) throws IOException {
    return send("POST", FUNCTIONS, body);
  }

  Answer invoke(String name, String qualifier) throws IOException {
    return function("POST", name, "/invocations?Qualifier=" + encode(qualifier), Map.of());
  }

  /** An asynchronous invocation. */
  Answer event(String name, Object event) throws IOException {
    return send("POST", "/2014-11-13/functions/" + name + "/invoke-async", event);
  }

  byte[] fetch(String location) throws IOException {
    return send(HttpRequest.newBuilder(URI.create(location))).body();
  }

  /** Every item of a list, page by page. */
  List<JsonNode> list(String path, String key) throws IOException {
    List<JsonNode> items = new ArrayList<>();
    String marker = null;
    do {
      String where = path + "?MaxItems=3" + (marker == null ? "" : "&Marker=" + encode(marker));
      Answer answer = send("GET", where, null);
      if (!answer.done()) {
        throw new IllegalStateException("GET " + where + ": " + answer.text());
      }
      answer.json().path(key).forEach(items::add);
      JsonNode next = answer.json().path("NextMarker");
      marker = next.isTextual() && !next.asText().isEmpty() ? next.asText() : null;
    } while (marker != null);
    return items;
  }

  List<JsonNode> functions() throws IOException {
    return list(FUNCTIONS, "Functions");
  }

  static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
