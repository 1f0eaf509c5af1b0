package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InJvmHandler;
import io.ringmaster.api.InJvmStreamHandler;
import io.ringmaster.api.Owner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A server over an engine with functions in this JVM, and clients of it. */
final class Bench implements AutoCloseable {
  static final Owner OWNER = new Owner("123456789012", "us-east-1");
  static final byte[] ZIP = zip("app.py", "def handler(e, c): return e\n");
  static final String FUNCTIONS = "/2015-03-31/functions";
  static final String ROLE = "arn:aws:iam::123456789012:role/lambda";
  private static final long PATIENCE_NS = 20_000_000_000L;

  final Engine engine;
  final LambdaHttpServer server;
  final HttpClient client;

  Bench() {
    this(config -> config, engine -> engine);
  }

  Bench(
      UnaryOperator<LambdaHttpConfig.Builder> config,
      UnaryOperator<EngineConfig.Builder> settings) {
    engine = Engine.open(settings.apply(EngineConfig.builder().sandboxProcesses(false)).build());
    server = LambdaHttpServer.start(config.apply(LambdaHttpConfig.builder(OWNER)).build(), engine);
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  @Override
  public void close() {
    client.close();
    server.close(Duration.ofSeconds(5));
    engine.close();
  }

  void function(String name, InJvmHandler handler) {
    engine
        .functions()
        .create(
            FunctionSpec.named(name).code(FunctionCode.inJvm(handler)).timeoutSeconds(60).build());
  }

  void echo(String name) {
    function(
        name, (event, response) -> response.write(event.bytes(), event.offset(), event.length()));
  }

  void streaming(String name, InJvmStreamHandler handler) {
    engine
        .functions()
        .create(
            FunctionSpec.named(name)
                .code(FunctionCode.inJvmStreaming(handler))
                .timeoutSeconds(60)
                .build());
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  HttpResponse<String> send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(30))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return client.send(request, handler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A call whose answer is JSON and whose status is known. */
  Map<String, Object> json(int status, String method, String path, Object body) {
    HttpResponse<String> response =
        send(method, path, body == null ? null : body instanceof String s ? s : Json.text(body));
    assertEquals(status, response.statusCode(), () -> path + ": " + response.body());
    return response.body().isEmpty() ? Map.of() : Json.object(response.body());
  }

  /** A call that is refused in these words. */
  void refused(int status, String code, String message, String method, String path, Object body) {
    HttpResponse<String> response = send(method, path, body == null ? null : Json.text(body));
    assertEquals(status, response.statusCode(), response.body());
    assertEquals(code, response.headers().firstValue("x-amzn-ErrorType").orElseThrow());
    Map<String, Object> error = Json.object(response.body());
    assertEquals(message, error.getOrDefault("message", error.get("Message")));
  }

  /** Creates a function of a package that nothing runs here. */
  Map<String, Object> create(String name, Object... more) {
    return json(201, "POST", FUNCTIONS, creation(name, more));
  }

  /** What creates a function; the last value of a name counts, null: it is left out. */
  static Map<String, Object> creation(String name, Object... more) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("FunctionName", name);
    body.put("Runtime", "python3.13");
    body.put("Role", ROLE);
    body.put("Handler", "app.handler");
    body.put("Code", Map.of("ZipFile", base64(ZIP)));
    for (int i = 0; i < more.length; i += 2) {
      body.put((String) more[i], more[i + 1]);
    }
    return body;
  }

  HttpResponse<String> invoke(String name, String payload, String... headers) {
    return send("POST", "/2015-03-31/functions/" + name + "/invocations", payload, headers);
  }

  /** Sends bytes as they are, ends our side, and answers all that comes. */
  String raw(String request) {
    return raw(request.getBytes(StandardCharsets.ISO_8859_1), true);
  }

  String raw(byte[] request, boolean end) {
    try (Socket socket = socket()) {
      socket.getOutputStream().write(request);
      if (end) {
        socket.shutdownOutput();
      }
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Socket socket() throws IOException {
    Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    return socket;
  }

  static byte[] zip(String name, String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(text.getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Waits until something holds. */
  static void await(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + PATIENCE_NS;
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not in time: " + what);
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
