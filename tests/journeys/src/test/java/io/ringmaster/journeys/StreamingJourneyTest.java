package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.invoke;
import static io.ringmaster.journeys.Engines.json;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InJvmHandler.ResponseOutput;
import io.ringmaster.api.InJvmStreamHandler;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.ResponseFlow;
import io.ringmaster.api.ResponseStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers that come in parts, through each way to take them. */
class StreamingJourneyTest {
  private static final int WINDOW = 64 * 1024;
  private static final int PIECE = 8 * 1024;
  private static final String HTTP = "application/vnd.awslambda.http-integration-response";

  private Engine engine = open(config());
  private final AtomicLong written = new AtomicLong();

  private static EngineConfig.Builder config() {
    return EngineConfig.builder().sandboxProcesses(false).streamWindowBytes(WINDOW);
  }

  private static Engine open(EngineConfig.Builder config) {
    return Engine.open(config.build());
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private void reopen(EngineConfig.Builder config) {
    engine.close();
    engine = open(config);
  }

  private void create(String name, InJvmStreamHandler handler) {
    engine
        .functions()
        .create(
            FunctionSpec.named(name)
                .code(FunctionCode.inJvmStreaming(handler))
                .timeoutSeconds(20)
                .build());
  }

  private static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 8));
    }
    return bytes;
  }

  /** Writes that many bytes in uneven steps and counts them. */
  private void write(ResponseOutput out, int length) throws IOException {
    byte[] bytes = pattern(length);
    for (int at = 0; at < length; ) {
      int count = Math.min(length - at, 1 + at % 5000);
      out.write(bytes, at, count);
      at += count;
      written.set(at);
    }
  }

  private static InvokeRequest request(String function) {
    return InvokeRequest.of(function, "{}");
  }

  @Test
  void aStreamIsReadWholeAndInOrder() throws IOException {
    int length = 3 * 1024 * 1024 + 17;
    create(
        "long",
        (event, response) -> {
          response.contentType(HTTP);
          write(response, length);
        });
    try (ResponseStream stream = engine.openStream(request("long"))) {
      assertEquals(HTTP, stream.contentType());
      assertArrayEquals(pattern(length), stream.readAllBytes());
      InvocationResult result = stream.result();
      assertTrue(result.succeeded(), result.toString());
      assertEquals(HTTP, result.contentType());
      assertEquals(0, result.payload().length);
      assertEquals("$LATEST", result.executedVersion());
    }
  }

  @Test
  void whoTakesItWholeGetsItWhole() {
    create("short", (event, response) -> write(response, 100_000));
    InvocationResult result = engine.invoke(request("short"));
    assertArrayEquals(pattern(100_000), result.payload());
    assertEquals("application/octet-stream", result.contentType());
    create("longer", (event, response) -> write(response, 6_291_557));
    InvocationResult tooLarge = engine.invoke(request("longer"));
    assertEquals(
        "{\"errorType\":\"Function.ResponseSizeTooLarge\",\"errorMessage\":\"Response payload size"
            + " exceeded maximum allowed payload size (6291556 bytes).\"}",
        tooLarge.payloadText());
    assertEquals("Function.ResponseSizeTooLarge", tooLarge.errorType());
  }

  @Test
  void anAnswerThatIsNotStreamedIsOnePart() throws IOException {
    engine
        .functions()
        .create(
            FunctionSpec.named("plain")
                .code(FunctionCode.inJvm((event, response) -> response.write("plain")))
                .build());
    try (ResponseStream stream = engine.openStream(request("plain"))) {
      assertEquals("plain", new String(stream.readAllBytes(), StandardCharsets.UTF_8));
      assertNull(stream.contentType());
    }
  }

  @Test
  void aSlowReaderHoldsBackItsFunctionAndNobodyElse() throws IOException {
    int length = 2 * 1024 * 1024;
    create("held", (event, response) -> write(response, length));
    create("quick", (event, response) -> response.write(new byte[] {'1'}));
    try (ResponseStream stream = engine.openStream(request("held"))) {
      await().until(() -> written.get() >= WINDOW);
      for (int i = 0; i < 200; i++) {
        assertEquals("1", invoke(engine, "quick", "{}").payloadText());
      }
      long before = written.get();
      assertTrue(before <= WINDOW + 2 * PIECE + 5000, "wrote " + before);
      assertArrayEquals(pattern(length), stream.readAllBytes());
    }
    assertEquals(length, written.get());
  }

  @Test
  void whoStopsReadingStopsNobody() throws IOException {
    int length = 1024 * 1024;
    create("unread", (event, response) -> write(response, length));
    try (ResponseStream stream = engine.openStream(request("unread"))) {
      assertEquals(1, stream.readNBytes(1).length);
      InvocationResult result = stream.result();
      assertTrue(result.succeeded(), result.toString());
    }
    assertEquals(length, written.get(), "the function ran to its end");
    engine.openStream(request("unread")).close(); // before its first part
    await().until(() -> engine.status().concurrentInvocations() == 0);
  }

  @Test
  void aFailureAfterTheFirstPartBreaksTheStreamOff() throws IOException {
    create(
        "breaks",
        (event, response) -> {
          response.write("begun".getBytes(StandardCharsets.UTF_8));
          response.flush();
          throw new IllegalStateException("half-way");
        });
    try (ResponseStream stream = engine.openStream(request("breaks"))) {
      byte[] begun = stream.readNBytes(5);
      assertEquals("begun", new String(begun, StandardCharsets.UTF_8));
      IOException broken = assertThrows(IOException.class, stream::read);
      assertTrue(broken.getMessage().contains("half-way"), broken.getMessage());
      InvocationResult result = stream.result();
      assertEquals("Unhandled", result.functionError());
      assertEquals("java.lang.IllegalStateException", result.errorType());
      assertEquals("half-way", json(result).get("errorMessage").asText());
    }
    InvocationResult whole = engine.invoke(request("breaks"));
    assertEquals("half-way", json(whole).get("errorMessage").asText(), "the document alone");
  }

  @Test
  void whatTimesOutHalfWayKeepsItsParts() throws IOException {
    engine
        .functions()
        .create(
            FunctionSpec.named("hangs")
                .code(
                    FunctionCode.inJvmStreaming(
                        (event, response) -> {
                          response.write(7);
                          response.flush();
                          Thread.sleep(60_000);
                        }))
                .timeoutSeconds(1)
                .build());
    try (ResponseStream stream = engine.openStream(request("hangs"))) {
      assertEquals(7, stream.read());
      assertThrows(IOException.class, stream::read);
      assertEquals("Sandbox.Timedout", stream.result().errorType());
    }
    await().until(() -> engine.status().concurrentInvocations() == 0);
  }

  @Test
  void theFunctionsTimeRunsOnWhileItsCallerDoesNotRead() throws IOException {
    engine
        .functions()
        .create(
            FunctionSpec.named("waits")
                .code(FunctionCode.inJvmStreaming((event, response) -> write(response, 1 << 20)))
                .timeoutSeconds(1)
                .build());
    try (ResponseStream stream = engine.openStream(request("waits"))) {
      await().until(() -> engine.status().concurrentInvocations() == 0);
      assertThrows(IOException.class, stream::readAllBytes);
      assertEquals("Sandbox.Timedout", stream.result().errorType());
    }
  }

  @Test
  void aSubscriberTakesPartsAndThenTheResult() {
    int length = 700_000;
    create("subscribed", (event, response) -> write(response, length));
    ByteArrayOutputStream taken = new ByteArrayOutputStream();
    List<String> seen = new ArrayList<>();
    CompletableFuture<InvocationResult> answer =
        engine.invokeStreaming(
            request("subscribed"),
            (flow, part) -> {
              taken.writeBytes(part);
              flow.consumed(part.length);
              seen.add(flow.requestId() + flow.executedVersion());
            });
    InvocationResult result = answer.orTimeout(30, TimeUnit.SECONDS).join();
    assertTrue(result.succeeded(), result.toString());
    assertArrayEquals(pattern(length), taken.toByteArray());
    assertEquals(result.requestId() + "$LATEST", seen.get(0));
  }

  @Test
  void aSubscriberThatThrowsGetsNothingMoreButTheResult() {
    create("thrown", (event, response) -> write(response, 700_000));
    AtomicLong parts = new AtomicLong();
    CompletableFuture<InvocationResult> answer =
        engine.invokeStreaming(
            request("thrown"),
            (flow, part) -> {
              parts.incrementAndGet();
              throw new IllegalStateException("on purpose");
            });
    assertTrue(answer.orTimeout(30, TimeUnit.SECONDS).join().succeeded());
    assertEquals(1, parts.get());
    assertEquals(1, engine.status().counters().get("callbackFailures"));
  }

  @Test
  void whatIsTooLongIsCutOffAndFails() throws IOException {
    reopen(config().streamedResponseMaxBytes(200_000));
    create("tooLong", (event, response) -> write(response, 300_000));
    try (ResponseStream stream = engine.openStream(request("tooLong"))) {
      byte[] read = stream.readNBytes(200_000);
      assertEquals(200_000, read.length);
      assertThrows(IOException.class, stream::read);
      assertEquals("Function.ResponseSizeTooLarge", stream.result().errorType());
    }
    assertEquals(300_000, written.get(), "the function ran to its end");
  }

  @Test
  void aPaceHoldsBackWhatComesAfterTheFirstSixMebibytes() throws IOException {
    reopen(config().streamBytesPerSecond(2L << 20));
    int length = 7 << 20;
    create("paced", (event, response) -> write(response, length));
    long beganNs = System.nanoTime();
    try (ResponseStream stream = engine.openStream(request("paced"))) {
      assertArrayEquals(pattern(length), stream.readAllBytes());
    }
    long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs);
    assertTrue(tookMs >= 400, "1 MiB at 2 MiB/s took " + tookMs + " ms");
  }

  @Test
  void aRefusedStreamSaysSo() throws IOException {
    try (ResponseStream stream = engine.openStream(request("absent"))) {
      IOException refused = assertThrows(IOException.class, stream::read);
      assertTrue(refused.getMessage().startsWith("ResourceNotFoundException"), "" + refused);
      assertEquals(404, stream.result().statusCode());
    }
  }

  @Test
  void anInterruptedReaderStopsWaiting() throws IOException {
    create("silent", (event, response) -> Thread.sleep(2000));
    try (ResponseStream stream = engine.openStream(request("silent"))) {
      Thread.currentThread().interrupt();
      assertThrows(InterruptedIOException.class, stream::read);
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void aNonBlockingSubscriberIsToldOnTheDispatcher() {
    create("told", (event, response) -> write(response, 300_000));
    ByteArrayOutputStream taken = new ByteArrayOutputStream();
    InvocationResult result =
        engine
            .invokeStreaming(
                request("told"),
                new io.ringmaster.api.ResponseSubscriber() {
                  @Override
                  public void part(ResponseFlow flow, byte[] part) {
                    taken.writeBytes(part);
                    flow.consumed(part.length);
                  }

                  @Override
                  public boolean nonBlocking() {
                    return true;
                  }
                })
            .orTimeout(30, TimeUnit.SECONDS)
            .join();
    assertTrue(result.succeeded(), result.toString());
    assertArrayEquals(pattern(300_000), taken.toByteArray());
  }
}
