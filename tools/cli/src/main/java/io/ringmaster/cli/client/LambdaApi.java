package io.ringmaster.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** Requests to a server. One thread. */
public final class LambdaApi implements AutoCloseable {
  static final ObjectMapper MAPPER = new ObjectMapper();

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** Longer than a function may run. */
  private static final Duration ANSWER = Duration.ofMinutes(16);

  /** Longer than a server lets who waits for lines be without any. */
  private static final Duration SILENCE = Duration.ofMinutes(1);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();
  private final String endpoint;
  private final String authorization;

  LambdaApi(URI endpoint, String authorization) {
    this.endpoint = endpoint.toString().replaceFirst("/+$", "");
    this.authorization = authorization;
  }

  /** A part of a path. */
  public static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * One request with a JSON answer.
   *
   * @param body null: none
   * @return the answer; without content: a missing node
   * @throws LambdaApiException it was refused, or nobody answered
   */
  public JsonNode call(String method, String path, JsonNode body)
      throws LambdaApiException, InterruptedException {
    byte[] bytes = body == null ? null : body.toString().getBytes(StandardCharsets.UTF_8);
    HttpResponse<byte[]> response =
        send(method, path, bytes, Map.of("Content-Type", "application/json"));
    if (response.body().length == 0) {
      return MissingNode.getInstance();
    }
    try {
      return MAPPER.readTree(response.body());
    } catch (IOException e) {
      throw new LambdaApiException(0, "", endpoint + " answers what is not JSON");
    }
  }

  /**
   * One request.
   *
   * @param body null: none
   * @throws LambdaApiException it was refused, or nobody answered
   */
  public HttpResponse<byte[]> send(
      String method, String path, byte[] body, Map<String, String> headers)
      throws LambdaApiException, InterruptedException {
    BodyPublisher publisher =
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
    HttpRequest.Builder request = request(path).method(method, publisher).timeout(ANSWER);
    headers.forEach(request::header);
    HttpResponse<byte[]> response = exchange(request, BodyHandlers.ofByteArray());
    if (response.statusCode() >= 300) {
      throw refusal(response, response.body());
    }
    return response;
  }

  /** Takes a line; false: no more are wanted. */
  interface LineReader {
    boolean line(String line) throws IOException;
  }

  /**
   * A GET whose answer are lines that come as they are made; empty ones tell every 15 s that the
   * server is there.
   *
   * @param reader gets each line that is not empty
   * @throws LambdaApiException it was refused, or nobody answered, or the server broke off
   */
  void lines(String path, LineReader reader) throws LambdaApiException, InterruptedException {
    HttpResponse<InputStream> response =
        exchange(request(path).timeout(SILENCE), BodyHandlers.ofInputStream());
    try (Silence silence = new Silence(response.body(), SILENCE);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      if (response.statusCode() >= 300) {
        throw refusal(response, response.body().readAllBytes());
      }
      String line;
      boolean wanted = true;
      while (wanted && (line = lines.readLine()) != null) {
        silence.waits(false);
        wanted = line.isEmpty() || reader.line(line);
        silence.waits(true);
      }
    } catch (IOException e) {
      throw new LambdaApiException(0, "", endpoint + ": " + e);
    }
  }

  private HttpRequest.Builder request(String path) throws LambdaApiException {
    try {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + path));
      return authorization == null ? request : request.header("Authorization", authorization);
    } catch (IllegalArgumentException e) {
      throw new LambdaApiException(0, "", "not a server: " + endpoint);
    }
  }

  private <T> HttpResponse<T> exchange(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler)
      throws LambdaApiException, InterruptedException {
    try {
      return client.send(request.build(), handler);
    } catch (ConnectException e) {
      throw new LambdaApiException(
          0, "", "no server at " + endpoint + "; start one: ./ringmaster serve");
    } catch (IOException e) {
      throw new LambdaApiException(0, "", endpoint + ": " + e);
    }
  }

  private static LambdaApiException refusal(HttpResponse<?> response, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    JsonNode error = MissingNode.getInstance();
    try {
      error = MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      // not from the API: the text says what there is to say
    } catch (IOException e) {
      throw new IllegalStateException("an array cannot be read", e);
    }
    String code =
        response
            .headers()
            .firstValue("x-amzn-ErrorType")
            .orElse(error.path("code").asText("Error"));
    JsonNode message = error.has("message") ? error.get("message") : error.get("Message");
    return new LambdaApiException(
        response.statusCode(),
        code.replaceFirst(":.*", ""),
        message == null || message.isNull() ? text : message.asText(),
        response.headers().firstValue("x-amzn-RequestId").orElse(null));
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
