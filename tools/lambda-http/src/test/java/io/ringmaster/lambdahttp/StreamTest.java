package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** InvokeWithResponseStream, read by a decoder of its own. */
class StreamTest {
  private static Bench bench;

  /** One message as it was read. */
  private record Message(Map<String, String> headers, byte[] payload) {
    String type() {
      return headers.get(":event-type");
    }

    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }
  }

  @BeforeAll
  static void open() {
    bench = new Bench();
    bench.echo("buffered");
    bench.function(
        "fails",
        (event, response) -> {
          throw new IllegalStateException("not today");
        });
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  private static HttpRequest request(String name, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                bench.uri("/2021-11-15/functions/" + name + "/response-streaming-invocations"))
            .POST(HttpRequest.BodyPublishers.ofString("{}"));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  /** Null at the end. */
  private static Message read(InputStream stream) throws IOException {
    byte[] prelude = stream.readNBytes(12);
    if (prelude.length == 0) {
      return null;
    }
    ByteBuffer head = ByteBuffer.wrap(prelude);
    int all = head.getInt();
    int headers = head.getInt();
    assertEquals(checksum(prelude, 8), head.getInt(), "checksum of the prelude");
    byte[] rest = stream.readNBytes(all - 12);
    assertEquals(all - 12, rest.length);
    CRC32 checksum = new CRC32();
    checksum.update(prelude);
    checksum.update(rest, 0, rest.length - 4);
    assertEquals(
        (int) checksum.getValue(), ByteBuffer.wrap(rest).getInt(rest.length - 4), "checksum");
    Map<String, String> values = new HashMap<>();
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(rest, 0, headers));
    while (in.available() > 0) {
      String name = new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.UTF_8);
      assertEquals(7, in.readByte());
      values.put(name, new String(in.readNBytes(in.readUnsignedShort()), StandardCharsets.UTF_8));
    }
    byte[] payload = new byte[rest.length - 4 - headers];
    System.arraycopy(rest, headers, payload, 0, payload.length);
    return new Message(values, payload);
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32 checksum = new CRC32();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  private static List<Message> all(InputStream stream) throws IOException {
    List<Message> messages = new ArrayList<>();
    for (Message each = read(stream); each != null; each = read(stream)) {
      messages.add(each);
    }
    return messages;
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] payload = new byte[random.nextInt(5000)];
      random.nextBytes(payload);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      io.netty.buffer.ByteBuf chunk = EventStream.chunk(payload);
      chunk.readBytes(out, chunk.readableBytes());
      Message message = read(new ByteArrayInputStream(out.toByteArray()));
      assertEquals("event", message.headers().get(":message-type"));
      assertEquals("PayloadChunk", message.type());
      assertEquals(ByteBuffer.wrap(payload), ByteBuffer.wrap(message.payload()));
    }
  }

  @Test
  void partsComeBeforeTheFunctionHasEnded() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    bench.streaming(
        "parts",
        (event, response) -> {
          response.contentType("text/plain");
          response.write("one".getBytes(StandardCharsets.UTF_8));
          response.flush();
          seen.await();
          response.write("two".getBytes(StandardCharsets.UTF_8));
        });
    HttpResponse<InputStream> response =
        bench.send(
            request("parts", "X-Amz-Log-Type", "Tail"), HttpResponse.BodyHandlers.ofInputStream());
    assertEquals(200, response.statusCode());
    assertEquals(
        "application/vnd.amazon.eventstream",
        response.headers().firstValue("Content-Type").orElseThrow());
    assertEquals("$LATEST", response.headers().firstValue("X-Amz-Executed-Version").orElseThrow());
    Message first = read(response.body());
    assertEquals("one", first.text());
    seen.countDown();
    List<Message> rest = all(response.body());
    assertEquals("two", rest.get(0).text());
    Message last = rest.get(rest.size() - 1);
    assertEquals("InvokeComplete", last.type());
    assertTrue(Json.object(last.text()).containsKey("LogResult"), last.text());
  }

  @Test
  void anAnswerInOnePieceAndAFailureComeAsEventsToo() throws Exception {
    List<Message> buffered =
        all(bench.send(request("buffered"), HttpResponse.BodyHandlers.ofInputStream()).body());
    assertEquals(2, buffered.size());
    assertEquals("{}", buffered.get(0).text());
    assertEquals("{}", buffered.get(1).text());
    List<Message> failed =
        all(bench.send(request("fails"), HttpResponse.BodyHandlers.ofInputStream()).body());
    Map<String, Object> complete = Json.object(failed.get(failed.size() - 1).text());
    assertEquals("Unhandled", complete.get("ErrorCode"));
    assertTrue(((String) complete.get("ErrorDetails")).contains("not today"));
    assertEquals(
        404, bench.send(request("nobody"), HttpResponse.BodyHandlers.ofString()).statusCode());
    assertEquals(
        400,
        bench
            .send(
                request("buffered", "X-Amz-Invocation-Type", "Event"),
                HttpResponse.BodyHandlers.ofString())
            .statusCode());
  }

  /** A client that does not read holds the function back, and gets everything when it does. */
  @Test
  void whoReadsSlowlyHoldsTheFunctionBack() throws Exception {
    long size = 48L << 20;
    AtomicLong written = new AtomicLong();
    bench.streaming(
        "large",
        (event, response) -> {
          byte[] part = new byte[64 * 1024];
          for (long sent = 0; sent < size; sent += part.length) {
            response.write(part);
            written.addAndGet(part.length);
          }
        });
    try (Socket socket = bench.socket()) {
      socket
          .getOutputStream()
          .write(
              ("POST /2021-11-15/functions/large/response-streaming-invocations HTTP/1.1\r\n"
                      + "Host: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
                  .getBytes(StandardCharsets.US_ASCII));
      Bench.await("something is written", () -> written.get() > 0);
      long before = -1;
      while (before != written.get()) {
        before = written.get();
        Thread.sleep(200);
      }
      assertTrue(before < size, "written without a reader: " + before);
      long read = 0;
      byte[] buffer = new byte[64 * 1024];
      InputStream in = socket.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        read += n;
      }
      assertTrue(read > size, "read: " + read);
      assertEquals(size, written.get());
    }
  }

  @Test
  void whoGoesAwayLeavesNothing() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    bench.streaming(
        "left",
        (event, response) -> {
          byte[] part = new byte[64 * 1024];
          for (int i = 0; i < 512; i++) {
            response.write(part);
            begun.countDown();
          }
          ended.countDown();
        });
    try (Socket socket = bench.socket()) {
      socket.setSoLinger(true, 0);
      socket
          .getOutputStream()
          .write(
              ("POST /2021-11-15/functions/left/response-streaming-invocations HTTP/1.1\r\n"
                      + "Host: h\r\nContent-Length: 2\r\n\r\n{}")
                  .getBytes(StandardCharsets.US_ASCII));
      begun.await();
    }
    ended.await();
    Bench.await("the request is over", () -> bench.server.counters().get("requestsRunning") == 0);
  }
}
