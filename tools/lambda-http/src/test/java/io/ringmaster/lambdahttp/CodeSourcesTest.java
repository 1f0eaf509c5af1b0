package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Packages out of buckets, and packages that are too large or too many. */
class CodeSourcesTest {
  private static final int ZIP_MAX = 52_428_800;
  private static final String TOO_LARGE = "RequestEntityTooLargeException";
  private static final Map<String, byte[]> OBJECTS = new ConcurrentHashMap<>();
  private static HttpServer bucket;
  private static Bench bench;

  @BeforeAll
  static void open() throws IOException {
    bucket = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    bucket.createContext("/", CodeSourcesTest::object);
    bucket.start();
    bench =
        new Bench(
            config ->
                config.awsEndpoint(URI.create("http://127.0.0.1:" + bucket.getAddress().getPort())),
            engine -> engine);
  }

  @AfterAll
  static void close() {
    assertEquals(0, bench.server.counters().get("internalErrors"));
    bench.close();
    bucket.stop(0);
  }

  /** As S3 answers: an object by its path and version, or an error in XML. */
  private static void object(HttpExchange exchange) throws IOException {
    byte[] found = OBJECTS.get(exchange.getRequestURI().toString());
    byte[] body =
        found == null
            ? ("<Error><Code>NoSuchKey</Code><Message>The specified key does not"
                    + " exist.</Message></Error>")
                .getBytes(StandardCharsets.UTF_8)
            : found;
    exchange.sendResponseHeaders(found == null ? 404 : 200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    } catch (IOException tooLarge) {
      assertTrue(body.length > ZIP_MAX, tooLarge::toString);
    }
  }

  private static Map<String, Object> create(String name, Map<String, Object> code) {
    return bench.create(name, "Code", code);
  }

  private static void refused(String message, Bench by, Map<String, Object> code) {
    by.refused(
        400,
        "InvalidParameterValueException",
        "Error occurred while GetObject. S3 Error Code: " + message,
        "POST",
        Bench.FUNCTIONS,
        Bench.creation("refused", "Code", code));
  }

  @Test
  void aPackageIsFetchedFromItsBucketInTheVersionThatIsMeant() {
    byte[] other = Bench.zip("app.py", "def handler(e, c): return 2\n");
    OBJECTS.put("/code/dir/my%20app.zip", Bench.ZIP);
    OBJECTS.put("/code/dir/my%20app.zip?versionId=v2", other);
    Map<String, Object> key = Map.of("S3Bucket", "code", "S3Key", "dir/my app.zip");
    assertEquals((long) Bench.ZIP.length, create("fetched", key).get("CodeSize"));
    Map<String, Object> second =
        bench.json(
            200,
            "PUT",
            Bench.FUNCTIONS + "/fetched/code",
            Map.of("S3Bucket", "code", "S3Key", "dir/my app.zip", "S3ObjectVersion", "v2"));
    assertEquals((long) other.length, second.get("CodeSize"));
    bench.json(201, "POST", "/2018-10-31/layers/fetched/versions", Map.of("Content", key));
  }

  @Test
  void whatTheBucketAnswersIsPassedOn() {
    refused(
        "NoSuchKey. S3 Error Message: The specified key does not exist.",
        bench,
        Map.of("S3Bucket", "code", "S3Key", "none.zip"));
  }

  @Test
  void aBucketThatCannotBeReachedIsNamed() throws IOException {
    HttpServer gone =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    URI nowhere = URI.create("http://127.0.0.1:" + gone.getAddress().getPort());
    gone.start();
    gone.stop(0);
    try (Bench lonely = new Bench(config -> config.awsEndpoint(nowhere), engine -> engine)) {
      refused(
          "ServiceUnavailable. S3 Error Message: S3 at the configured endpoint cannot be reached",
          lonely,
          Map.of("S3Bucket", "code", "S3Key", "app.zip"));
    }
  }

  @Test
  void packagesHaveALargestSizeWhereverTheyComeFrom() {
    String message = "Zipped size must be smaller than " + ZIP_MAX + " bytes";
    byte[] large = new byte[ZIP_MAX + 1];
    OBJECTS.put("/code/large.zip", large);
    bench.refused(
        413,
        TOO_LARGE,
        message,
        "POST",
        Bench.FUNCTIONS,
        Bench.creation("large", "Code", Map.of("S3Bucket", "code", "S3Key", "large.zip")));
    OBJECTS.remove("/code/large.zip");
    bench.refused(
        413,
        TOO_LARGE,
        message,
        "POST",
        Bench.FUNCTIONS,
        Bench.creation("large", "Code", Map.of("ZipFile", Bench.base64(large))));
    HttpResponse<String> whole =
        bench.send("POST", Bench.FUNCTIONS, "{\"Code\":\"" + "A".repeat(70_167_300) + "\"}");
    assertEquals(413, whole.statusCode());
    assertEquals(TOO_LARGE, whole.headers().firstValue("x-amzn-ErrorType").orElseThrow());
    assertEquals(
        "Request must be smaller than 70167211 bytes for the CreateFunction operation",
        Json.object(whole.body()).get("message"));
  }

  @Test
  void allPackagesTogetherHaveALimit() {
    byte[] second = Bench.zip("app.py", "def handler(e, c): return 2\n");
    try (Bench own =
        new Bench(config -> config, engine -> engine.codeBytesMax(Bench.ZIP.length + 10L))) {
      own.create("one");
      own.create("same-package");
      Map<String, Object> other = Map.of("ZipFile", Bench.base64(second));
      String code = "CodeStorageExceededException";
      String message = "Code storage limit exceeded.";
      own.refused(
          400, code, message, "POST", Bench.FUNCTIONS, Bench.creation("two", "Code", other));
      own.refused(400, code, message, "PUT", Bench.FUNCTIONS + "/one/code", other);
      own.refused(
          400, code, message, "POST", "/2018-10-31/layers/one/versions", Map.of("Content", other));
      own.json(200, "DELETE", Bench.FUNCTIONS + "/same-package", null);
      own.json(200, "PUT", Bench.FUNCTIONS + "/one/code", other);
      Map<String, Object> account = own.json(200, "GET", "/2016-08-19/account-settings", null);
      assertEquals(
          Bench.ZIP.length + 10L, ((Map<?, ?>) account.get("AccountLimit")).get("TotalCodeSize"));
      assertEquals(
          (long) second.length, ((Map<?, ?>) account.get("AccountUsage")).get("TotalCodeSize"));
      own.json(200, "DELETE", Bench.FUNCTIONS + "/one", null);
      own.create("one");
    }
  }

  /** Another account's function is refused, in an envelope of its own; see the reference. */
  @Test
  void anotherAccountsFunctionIsDenied() {
    bench.refused(
        403,
        "AccessDeniedException",
        "",
        "GET",
        Bench.FUNCTIONS + "/arn:aws:lambda:us-east-1:210987654321:function:theirs",
        null);
  }
}
