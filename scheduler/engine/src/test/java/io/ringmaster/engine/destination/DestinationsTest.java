package io.ringmaster.engine.destination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.ringmaster.core.event.Courier.Parcel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Deliveries to a server that stands for AWS's: it checks each request as its service would, the
 * signature among it.
 */
class DestinationsTest {
  private static final String FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST";
  private static final String SQS = "arn:aws:sqs:us-east-1:123456789012:queue";
  private static final byte[] RECORD =
      "{\"text\":\"so \\\"it\\\" is, ä\"}".getBytes(StandardCharsets.UTF_8);
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final UUID ID = UUID.fromString("00000000-0000-4000-8000-00000000002a");

  /** A request as it came. */
  private record Came(String method, String path, Map<String, String> headers, String body) {}

  @TempDir Path folder;
  private HttpServer server;
  private Destinations destinations;
  private String host;
  private final BlockingQueue<Came> came = new LinkedBlockingQueue<>();
  private final Map<String, String> answers = new HashMap<>();
  private volatile int status = 200;

  /** Bytes of an answer that never come. */
  private volatile int missing;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    host = "127.0.0.1:" + server.getAddress().getPort();
    answers.put("AmazonSQS.GetQueueUrl", "{\"QueueUrl\":\"http://sqs.local/1/queue\"}");
    destinations =
        new Destinations(
            "http://" + host + "/",
            "eu-west-1",
            List.of(host),
            folder.resolve("destinations"),
            Map.of("AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "secret"),
            () -> NOW);
  }

  @AfterEach
  void close() {
    destinations.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    String path = exchange.getRequestURI().getRawPath();
    came.add(
        new Came(
            exchange.getRequestMethod(), path, headers, new String(body, StandardCharsets.UTF_8)));
    byte[] text =
        Optional.ofNullable(answers.get(headers.getOrDefault("x-amz-target", path)))
            .orElse("{}")
            .getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, text.length + missing);
    exchange.getResponseBody().write(text);
    if (missing == 0) {
      exchange.close();
    } else {
      exchange.getResponseBody().flush();
    }
  }

  private static Parcel record(String to, String condition) {
    return new Parcel(ID, to, FUNCTION, condition, null, null, RECORD, NOW.toEpochMilli());
  }

  private static Parcel deadLetter(String to) {
    return new Parcel(ID, to, FUNCTION, null, "200", "it & that", RECORD, NOW.toEpochMilli());
  }

  /** Null: it was delivered. */
  private String deliver(Parcel parcel) throws Exception {
    CompletableFuture<Optional<String>> done = new CompletableFuture<>();
    destinations.deliver(parcel, failure -> done.complete(Optional.ofNullable(failure)));
    return done.get(30, TimeUnit.SECONDS).orElse(null);
  }

  private Came next(String service, String region) throws InterruptedException {
    Came request = came.poll(30, TimeUnit.SECONDS);
    assertNotNull(request);
    String given = request.headers().get("authorization");
    String names = given.replaceAll(".*SignedHeaders=([^,]*),.*", "$1");
    Map<String, String> signed = new HashMap<>();
    for (String name : names.split(";")) {
      if (!name.equals("x-amz-date")) {
        signed.put(name, request.headers().get(name));
      }
    }
    assertEquals(host, signed.get("host"), names);
    assertEquals(
        new RequestSigner("id", "secret", null)
            .sign(
                request.method(),
                request.path(),
                signed,
                request.body().getBytes(StandardCharsets.UTF_8),
                region,
                service,
                NOW)
            .get("authorization"),
        given);
    return request;
  }

  @Test
  void aQueueIsAskedForOnceAndGetsTheRecord() throws Exception {
    assertNull(deliver(record(SQS, "Success")));
    Came asked = next("sqs", "us-east-1");
    assertEquals("application/x-amz-json-1.0", asked.headers().get("content-type"));
    assertEquals(
        "{\"QueueName\":\"queue\",\"QueueOwnerAWSAccountId\":\"123456789012\"}", asked.body());
    Came sent = next("sqs", "us-east-1");
    assertEquals("AmazonSQS.SendMessage", sent.headers().get("x-amz-target"));
    assertEquals(
        "{\"QueueUrl\":\"http://sqs.local/1/queue\",\"MessageBody\":"
            + "\"{\\\"text\\\":\\\"so \\\\\\\"it\\\\\\\" is, ä\\\"}\"}",
        sent.body());
    assertNull(deliver(record(SQS, "Success")));
    assertEquals("AmazonSQS.SendMessage", next("sqs", "us-east-1").headers().get("x-amz-target"));
  }

  @Test
  void aDeadLetterHasAttributes() throws Exception {
    assertNull(deliver(deadLetter(SQS)));
    next("sqs", "us-east-1");
    String body = next("sqs", "us-east-1").body();
    assertTrue(
        body.endsWith(
            ",\"MessageAttributes\":{\"RequestID\":{\"DataType\":\"String\",\"StringValue\":\""
                + ID
                + "\"},\"ErrorCode\":{\"DataType\":\"Number\",\"StringValue\":\"200\"},"
                + "\"ErrorMessage\":{\"DataType\":\"String\",\"StringValue\":\"it & that\"}}}"),
        body);
  }

  @Test
  void aTopicGetsAForm() throws Exception {
    String topic = "arn:aws:sns:us-east-1:123456789012:topic";
    assertNull(deliver(deadLetter(topic)));
    Map<String, String> fields = new HashMap<>();
    for (String field : next("sns", "us-east-1").body().split("&")) {
      String[] parts = field.split("=", 2);
      fields.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    assertEquals("Publish", fields.get("Action"));
    assertEquals(topic, fields.get("TopicArn"));
    assertEquals(new String(RECORD, StandardCharsets.UTF_8), fields.get("Message"));
    assertEquals("ErrorMessage", fields.get("MessageAttributes.entry.3.Name"));
    assertEquals("it & that", fields.get("MessageAttributes.entry.3.Value.StringValue"));
  }

  @Test
  void anEventBusGetsAnEntryAndMayRefuseIt() throws Exception {
    String bus = "arn:aws:events:us-east-1:123456789012:event-bus/default";
    assertNull(deliver(record(bus, "RetriesExhausted")));
    Came sent = next("events", "us-east-1");
    assertEquals("AWSEvents.PutEvents", sent.headers().get("x-amz-target"));
    assertTrue(
        sent.body()
            .startsWith(
                "{\"Entries\":[{\"Source\":\"lambda\",\"DetailType\":"
                    + "\"Lambda Function Invocation Result - Failure\",\"Resources\":[\""
                    + bus
                    + "\",\""
                    + FUNCTION
                    + "\"]"),
        sent.body());
    answers.put("AWSEvents.PutEvents", "{\"FailedEntryCount\":1,\"Entries\":[{}]}");
    assertNotNull(deliver(record(bus, "Success")));
  }

  @Test
  void aBucketGetsAnObject() throws Exception {
    assertNull(deliver(record("arn:aws:s3:::bucket", "RetriesExhausted")));
    Came put = next("s3", "eu-west-1");
    assertEquals("PUT", put.method());
    assertTrue(
        put.path()
            .matches("/bucket/aws/lambda/async/f/2026/01/02/2026-01-02T03.04.05-[0-9a-f-]{36}"),
        put.path());
    assertEquals(RequestSigner.sha256(RECORD), put.headers().get("x-amz-content-sha256"));
  }

  @Test
  void onlyHostsThatWereNamedGetPosts() throws Exception {
    assertNull(deliver(record("arn:aws:ringmaster:::http://" + host + "/hook?a=b", "Success")));
    Came posted = came.poll(30, TimeUnit.SECONDS);
    assertEquals("/hook", posted.path());
    assertEquals(ID.toString(), posted.headers().get("x-ringmaster-request-id"));
    for (String other :
        List.of(
            "http://127.0.0.1:1/",
            "http://localhost/",
            "http://" + host + "@127.0.0.1:1/",
            "ftp://" + host + "/",
            "http:/x",
            "http://a b/")) {
      assertNotNull(deliver(record("arn:aws:ringmaster:::" + other, "Success")), other);
    }
    assertTrue(came.isEmpty());
  }

  @Test
  void filesAreBelowTheFolderOnly() throws Exception {
    assertNull(deliver(record("arn:aws:ringmaster:::file/told.jsonl", "Success")));
    assertNull(deliver(record("arn:aws:ringmaster:::file/told.jsonl", "Success")));
    List<String> lines = Files.readAllLines(folder.resolve("destinations/123456789012/told.jsonl"));
    String line = new String(RECORD, StandardCharsets.UTF_8);
    assertEquals(List.of(line, line), lines);
    Path outside = Files.createFile(folder.resolve("outside"));
    Files.createSymbolicLink(folder.resolve("destinations/123456789012/link"), outside);
    for (String name : List.of("../outside", "/etc/x", ".hidden", "a/b", "", "link")) {
      assertNotNull(deliver(record("arn:aws:ringmaster:::file/" + name, "Success")), name);
    }
    assertEquals(0, Files.size(outside));
  }

  @Test
  void aRecordIsALineOfItsOwn() throws Exception {
    String file = "arn:aws:ringmaster:::file/told.jsonl";
    Path told =
        Files.createDirectories(folder.resolve("destinations/123456789012")).resolve("told.jsonl");
    Files.writeString(told, "{\"half\":");
    byte[] lines = "[\r\n{\"a\":1}\n]".getBytes(StandardCharsets.UTF_8);
    assertNull(deliver(new Parcel(ID, file, FUNCTION, "Success", null, null, lines, 0)));
    assertNull(deliver(record(file, "Success")));
    assertEquals(
        List.of("{\"half\":", "[  {\"a\":1} ]", new String(RECORD, StandardCharsets.UTF_8)),
        Files.readAllLines(told));
  }

  @Test
  void aLongAnswerIsAnAnswer() throws Exception {
    answers.put("/", "x".repeat(1 << 20));
    assertNull(deliver(record("arn:aws:ringmaster:::http://" + host + "/", "Success")));
    status = 500;
    String failure = deliver(record("arn:aws:ringmaster:::http://" + host + "/", "Success"));
    assertTrue(failure.startsWith("status 500: xxx"), failure);
  }

  @Test
  void anAnswerThatDoesNotEndIsAFailure() throws Exception {
    destinations.close();
    destinations =
        new Destinations(
            null, "r", List.of(host), null, Map.of(), () -> NOW, Duration.ofMillis(500));
    missing = 10;
    assertNotNull(deliver(record("arn:aws:ringmaster:::http://" + host + "/", "Success")));
  }

  @Test
  void whatAnswersBadlyOrNotAtAllIsAFailure() throws Exception {
    status = 500;
    assertTrue(deliver(record(SQS, "Success")).startsWith("status 500"));
    status = 200;
    answers.put("AmazonSQS.GetQueueUrl", "x".repeat(1 << 20));
    assertNotNull(deliver(record(SQS, "Success")));
    answers.put("AmazonSQS.GetQueueUrl", "[]");
    assertNotNull(deliver(record(SQS, "Success")));
    assertNotNull(deliver(record("arn:aws:dynamodb:us-east-1:123456789012:table/t", "Success")));
    assertNotNull(deliver(record("nonsense", "Success")));
    server.stop(0);
    assertNotNull(deliver(record("arn:aws:sns:us-east-1:123456789012:topic", "Success")));
  }

  @Test
  void afterTheEndNothingIsDelivered() throws Exception {
    destinations.close();
    assertEquals("the engine ends", deliver(record(SQS, "Success")));
    assertEquals("the engine ends", deliver(record("arn:aws:ringmaster:::file/x", "Success")));
  }
}
