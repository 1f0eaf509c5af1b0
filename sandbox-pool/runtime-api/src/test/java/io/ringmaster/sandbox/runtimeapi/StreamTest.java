package io.ringmaster.sandbox.runtimeapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.runtimeapi.RawClient.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that come in parts. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamTest {
  private static final String STREAMING =
      "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n"
          + "Trailer: Lambda-Runtime-Function-Error-Type\r\n"
          + "Trailer: Lambda-Runtime-Function-Error-Body\r\n\r\n";

  private final NettyRuntimeApi api = new NettyRuntimeApi();

  @AfterEach
  void close() {
    api.close();
  }

  private static final int WINDOW = 1024 * 1024;

  private static TestInvocation running(Engine engine, RawClient client) {
    return running(engine, client, Integer.MAX_VALUE);
  }

  private static TestInvocation running(Engine engine, RawClient client, int windowBytes) {
    TestInvocation invocation = new TestInvocation(1, "{}");
    invocation.windowBytes = windowBytes;
    client.next();
    engine.hears("ready");
    engine.session.invoke(0, invocation);
    client.answer();
    return invocation;
  }

  private static String head(TestInvocation of) {
    return RawClient.head("POST", RawClient.API + "invocation/" + of.id + "/response") + STREAMING;
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  @Test
  void partsAreHandedOverAsTheyCome() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = running(engine, client);
      client.send(head(invocation) + chunk("one"));
      engine.hears("chunk 0 1 3");
      assertEquals("one", invocation.answerText());
      client.send(chunk("four"));
      engine.hears("chunk 0 1 4");
      assertEquals("onefour", invocation.answerText());
      client.send("0\r\n\r\n");
      assertEquals(202, client.answer().status());
      engine.hears("answer 0 1");
      assertEquals("onefour", invocation.answerText());
      assertEquals(2, invocation.answer.chunkCount());
      assertEquals("application/octet-stream", invocation.answer.contentType());
    }
  }

  @Test
  void aStreamWithoutAByte() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = running(engine, client);
      client.send(head(invocation) + "0\r\n\r\n");
      assertEquals(202, client.answer().status());
      engine.hears("answer 0 1");
      assertEquals("", invocation.answerText());
    }
  }

  @Test
  void aFailureInMidStreamComesInTheTrailer() {
    String document = "{\"errorMessage\":\"late\",\"errorType\":\"Late\"}";
    String[][] trailers = {
      {
        "Lambda-Runtime-Function-Error-Type: Runtime.Late\r\n"
            + "Lambda-Runtime-Function-Error-Body: "
            + Base64.getEncoder().encodeToString(document.getBytes(StandardCharsets.UTF_8))
            + "\r\n",
        document,
        "Runtime.Late"
      },
      {
        "lambda-runtime-function-error-type: Runtime.Late\r\n",
        "{\"errorMessage\":\"\",\"errorType\":\"Runtime.Late\"}",
        "Runtime.Late"
      },
      {"Lambda-Runtime-Function-Error-Body: no-base64!\r\n", "no-base64!", null}
    };
    for (String[] trailer : trailers) {
      try (Engine engine = new Engine(api);
          RawClient client = engine.connect()) {
        TestInvocation invocation = running(engine, client);
        client.send(head(invocation) + chunk("some"));
        engine.hears("chunk 0 1 4");
        client.send("0\r\n" + trailer[0] + "\r\n");
        assertEquals(202, client.answer().status());
        engine.hears("answer 0 1 error");
        assertEquals("some" + trailer[1], invocation.answerText());
        assertEquals(4, invocation.answer.errorStart());
        assertEquals(trailer[2], invocation.answer.errorType());
      }
    }
  }

  @Test
  void aStreamThatBreaksOffIsTruncated() throws IOException {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = running(engine, client);
      client.send(head(invocation) + chunk("some") + "5\r\nab");
      client.socket.shutdownOutput();
      Answer answer = client.answer();
      assertEquals(400, answer.status());
      assertTrue(answer.body().contains("\"errorType\":\"TruncatedHTTPRequest\""));
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Engine.PATIENCE_SECONDS);
      while (!engine.heard.contains("answer 0 1 error")) {
        engine.turn(until);
      }
      assertTrue(invocation.answerText().startsWith("someab{"), invocation.answerText());
      assertTrue(invocation.answerText().contains("Runtime.TruncatedResponse"));
    }
  }

  @Test
  void brokenFramingEndsTheAnswer() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = running(engine, client);
      client.send(head(invocation) + chunk("some"));
      engine.hears("chunk 0 1 4");
      client.send("zz\r\n");
      assertEquals(400, client.answer().status());
      assertTrue(client.isClosed());
      engine.hears("answer 0 1 error");
    }
  }

  @Test
  void theKindOfAStreamIsPassedOn() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = running(engine, client);
      String type = "application/vnd.awslambda.http-integration-response";
      client.send(
          RawClient.head("POST", RawClient.API + "invocation/" + invocation.id + "/response")
              + "Content-Type: "
              + type
              + "\r\n"
              + STREAMING
              + chunk("{}"));
      engine.hears("chunk 0 1 2");
      assertEquals(type, invocation.answer.contentType());
    }
  }

  /** A caller who takes the answer whole gets what Lambda gives in one piece. */
  @Test
  void aStreamIsTooLargeForACallerWhoTakesItWhole() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = running(engine, client);
      client.send(head(invocation) + chunk("x".repeat(7_000_000)) + "0\r\n\r\n");
      assertEquals(413, client.answer().status());
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Engine.PATIENCE_SECONDS);
      while (!engine.heard.contains("answer 0 1 error")) {
        engine.turn(until);
      }
      assertTrue(invocation.answer.errorStart() <= ErrorTypes.PAYLOAD_BYTES_MAX);
      assertTrue(invocation.answerText().endsWith("\"Function.ResponseSizeTooLarge\"}"));
    }
  }

  /** AWS's Go client says so late, of answers that it does not call streams. */
  @Test
  void aBufferedAnswerMayFailInItsTrailerToo() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = running(engine, client);
      client.send(
          RawClient.head("POST", RawClient.API + "invocation/" + invocation.id + "/response")
              + "Transfer-Encoding: chunked\r\n\r\n"
              + chunk("some")
              + "0\r\nLambda-Runtime-Function-Error-Type: Function.Late\r\n\r\n");
      assertEquals(202, client.answer().status());
      engine.hears("answer 0 1 error");
      assertEquals(
          "{\"errorMessage\":\"\",\"errorType\":\"Function.Late\"}", invocation.answerText());
    }
  }

  /** Nothing reads from the runtime what its caller does not want yet. */
  @Test
  void aStreamWaitsForItsCaller() throws InterruptedException {
    int piece = 64 * 1024;
    int pieces = 512;
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = running(engine, client, WINDOW);
      AtomicLong sent = new AtomicLong();
      Thread runtime =
          new Thread(
              () -> {
                try {
                  client.send(head(invocation));
                  for (int i = 0; i < pieces; i++) {
                    client.send(chunk("x".repeat(piece)));
                    sent.addAndGet(piece);
                  }
                  client.send("0\r\n\r\n");
                } catch (UncheckedIOException closed) {
                  sent.set(-1);
                }
              });
      runtime.start();
      // The engine takes what it is given; the runtime stands still once the socket is full too.
      long before = -1;
      while (before != sent.get() || sent.get() == 0) {
        before = sent.get();
        engine.session.poll(engine, 16);
        TimeUnit.MILLISECONDS.sleep(200);
      }
      long taken = invocation.answer.length();
      assertTrue(taken >= WINDOW, () -> "taken: " + taken);
      assertTrue(taken < WINDOW + 4 * piece, () -> "taken: " + taken);
      assertTrue(sent.get() < (long) piece * pieces, () -> "sent: " + sent.get());
      // The caller reads: all of it comes.
      long credited = 0;
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Engine.PATIENCE_SECONDS);
      while (!engine.heard.contains("answer 0 1")) {
        int length = invocation.answer.length();
        engine.session.credit(0, (int) (length - credited));
        credited = length;
        engine.turn(until);
      }
      runtime.join();
      assertEquals((long) piece * pieces, invocation.answer.length());
      assertEquals(202, client.answer().status());
    }
  }
}
