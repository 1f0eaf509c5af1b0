package io.ringmaster.grpc;

import static io.ringmaster.grpc.World.request;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Owner;
import io.ringmaster.grpc.client.RefusedException;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import io.ringmaster.grpc.v1.InvokeWithResponseStreamRequest;
import io.ringmaster.grpc.v1.LogType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One call, and one call with its answer in parts. */
class InvokeTest {
  private World world;

  @BeforeEach
  void open() throws IOException {
    world = new World();
  }

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aFunctionAnswers() {
    InvokeResponse answer = world.client.invoke("echo", "{\"a\":1}");
    assertEquals("{\"a\":1}", answer.getPayload().toStringUtf8());
    assertEquals("$LATEST", answer.getExecutedVersion());
    assertEquals("", answer.getFunctionError());
    assertEquals(36, answer.getRequestId().length());
    assertTrue(answer.getReport().getColdStart());
    assertTrue(answer.getReport().getInvokeNs() > 0);
    assertFalse(world.client.invoke("echo", "1").getReport().getColdStart());
  }

  @Test
  void withoutAnEventItIsAnEmptyObject() {
    assertEquals("{}", world.client.invoke("echo", "").getPayload().toStringUtf8());
  }

  @Test
  void aFunctionErrorIsAnAnswer() {
    InvokeResponse answer = world.client.invoke("fails", "{}");
    assertEquals("Unhandled", answer.getFunctionError());
    assertEquals("java.lang.IllegalStateException", answer.getErrorType());
    assertTrue(answer.getPayload().toStringUtf8().contains("on purpose"));
  }

  @Test
  void versionsAndTheLogTail() {
    world.create(
        "logs",
        FunctionCode.inJvm(
            (event, response) -> {
              event.log("a line");
              response.write("1");
            }));
    world.engine.functions().publishVersion("logs");
    InvokeResponse answer =
        world.client.invoke(
            InvokeRequest.newBuilder()
                .setFunctionName("logs")
                .setQualifier("1")
                .setLogType(LogType.LOG_TYPE_TAIL)
                .build());
    assertEquals("1", answer.getExecutedVersion());
    assertTrue(answer.getLogResult().contains("a line"), answer.getLogResult());
  }

  /** As by HTTP: seventeen times by one function is once too often. */
  @Test
  void aChainOfInvocationsIsFollowed() {
    Owner owner = new Owner("123456789012", "us-east-1");
    String trace = null;
    for (int i = 0; i < 15; i++) {
      trace = world.engine.events().follow(owner, "echo", trace);
    }
    InvokeRequest.Builder request = request("echo", "1").toBuilder();
    assertEquals(
        "1",
        world.client.invoke(request.setTraceHeader(trace).build()).getPayload().toStringUtf8());
    String last = world.engine.events().follow(owner, "echo", trace);
    RefusedException refused =
        assertThrows(
            RefusedException.class,
            () -> world.client.invoke(request.setTraceHeader(last).build()));
    assertEquals("RecursiveInvocationException", refused.code());
  }

  @Test
  void refusalsHaveAwsNamesAndTexts() {
    RefusedException absent =
        assertThrows(RefusedException.class, () -> world.client.invoke("absent", "{}"));
    assertEquals(Status.Code.NOT_FOUND, absent.grpcCode());
    assertEquals("ResourceNotFoundException", absent.code());
    assertEquals(404, absent.statusCode());
    assertEquals(
        "ResourceNotFoundException: Function not found:"
            + " arn:aws:lambda:us-east-1:123456789012:function:absent:$LATEST",
        absent.getMessage());
    assertEquals(36, absent.requestId().length());

    RefusedException nameless =
        assertThrows(RefusedException.class, () -> world.client.invoke("", "{}"));
    assertEquals(Status.Code.INVALID_ARGUMENT, nameless.grpcCode());
    assertEquals("ValidationException", nameless.code());

    world.engine.functions().putConcurrency("echo", 0);
    RefusedException off =
        assertThrows(RefusedException.class, () -> world.client.invoke("echo", "{}"));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, off.grpcCode());
    assertEquals(429, off.statusCode());
    assertEquals("ReservedFunctionConcurrentInvocationLimitExceeded", off.reason());
  }

  @Test
  void theEventMayHaveSixMebibytes() {
    byte[] largest = new byte[6 * 1024 * 1024];
    java.util.Arrays.fill(largest, (byte) ' ');
    largest[0] = '1';
    InvokeRequest.Builder request = InvokeRequest.newBuilder().setFunctionName("echo");
    InvokeResponse answer = world.client.invoke(request.setPayload(bytes(largest)).build());
    assertTrue(answer.getPayload().equals(bytes(largest)), "it is another one");

    InvokeRequest tooLarge = request.setPayload(bytes(new byte[largest.length + 1])).build();
    RefusedException refused =
        assertThrows(RefusedException.class, () -> world.client.invoke(tooLarge));
    assertEquals("RequestTooLargeException", refused.code());
    assertEquals(413, refused.statusCode());

    InvokeRequest farTooLarge = request.setPayload(bytes(new byte[8 * 1024 * 1024])).build();
    refused = assertThrows(RefusedException.class, () -> world.client.invoke(farTooLarge));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.grpcCode());
    assertEquals("1", world.client.invoke("echo", "1").getPayload().toStringUtf8());
  }

  private static ByteString bytes(byte[] bytes) {
    return ByteString.copyFrom(bytes);
  }

  /** Calls are used again: nobody gets another's answer. */
  @Test
  void everybodyGetsTheirOwnAnswer() {
    Random random = new Random(1);
    List<String> events = new ArrayList<>();
    List<CompletableFuture<InvokeResponse>> answers = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      String event = "\"" + i + "x".repeat(random.nextInt(i % 100 == 0 ? 50_000 : 100)) + "\"";
      events.add(event);
      answers.add(world.client.invokeAsync(request("echo", event)));
    }
    for (int i = 0; i < events.size(); i++) {
      assertEquals(events.get(i), answers.get(i).join().getPayload().toStringUtf8());
    }
  }

  @Test
  void whoCancelsGivesThePlaceBack() {
    List<CompletableFuture<InvokeResponse>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(world.client.invokeAsync(request("gated", "1")));
    }
    await().until(() -> world.begun.get() == 3);
    CompletionException throttled =
        assertThrows(
            CompletionException.class,
            () -> world.client.invokeAsync(request("gated", "1")).join());
    assertEquals(429, ((RefusedException) throttled.getCause()).statusCode());
    calls.get(0).cancel(true); // it runs on
    world.gate.countDown();
    assertEquals("1", calls.get(1).join().getPayload().toStringUtf8());
    assertEquals("1", calls.get(2).join().getPayload().toStringUtf8());
    await().until(() -> world.counter("inFlight") == 0);
    assertEquals("2", world.client.invoke("gated", "2").getPayload().toStringUtf8());
  }

  @Test
  void aDeadlineEndsTheWait() {
    StatusRuntimeException late =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                InvocationServiceGrpc.newBlockingStub(world.client.channel())
                    .withDeadlineAfter(100, TimeUnit.MILLISECONDS)
                    .invoke(request("gated", "1")));
    assertEquals(Status.Code.DEADLINE_EXCEEDED, late.getStatus().getCode());
    world.gate.countDown();
    await().until(() -> world.counter("inFlight") == 0);
  }

  @Test
  void anAnswerComesInParts() {
    world
        .engine
        .functions()
        .create(
            FunctionSpec.named("parts")
                .code(
                    FunctionCode.inJvmStreaming(
                        (event, stream) -> {
                          for (int i = 0; i < 100; i++) {
                            stream.write(new byte[10_000]);
                            stream.flush();
                          }
                        }))
                .timeoutSeconds(30)
                .build());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int[] parts = {0};
    InvokeResponse end =
        world.client.invokeStreaming(
            request("parts", "{}"),
            part -> {
              parts[0]++;
              all.writeBytes(part.toByteArray());
            });
    assertEquals(1_000_000, all.size());
    assertTrue(parts[0] > 1, parts[0] + " parts");
    assertEquals(0, end.getPayload().size());
    assertEquals("", end.getFunctionError());
    assertEquals("$LATEST", end.getExecutedVersion());
  }

  @Test
  void aBufferedAnswerIsOnePart() {
    StringBuilder all = new StringBuilder();
    world.client.invokeStreaming(request("echo", "12"), part -> all.append(part.toStringUtf8()));
    assertEquals("12", all.toString());
    assertThrows(
        RefusedException.class,
        () -> world.client.invokeStreaming(request("absent", "1"), part -> {}));
    InvokeResponse failed = world.client.invokeStreaming(request("fails", "1"), part -> {});
    assertEquals("Unhandled", failed.getFunctionError());
    assertTrue(failed.getPayload().toStringUtf8().contains("on purpose"));
  }

  @Test
  void aReaderWhoDoesNotReadHoldsBackItsOwnFunctionOnly() {
    world.create(
        "endless",
        FunctionCode.inJvmStreaming(
            (event, stream) -> {
              byte[] part = new byte[100_000];
              for (int i = 0; i < 1000; i++) {
                stream.write(part);
                stream.flush();
                world.begun.incrementAndGet();
              }
            }));
    try (Context.CancellableContext context = Context.current().withCancellation()) {
      context.run(
          () -> {
            var unread =
                InvocationServiceGrpc.newBlockingStub(world.client.channel())
                    .invokeWithResponseStream(
                        InvokeWithResponseStreamRequest.newBuilder()
                            .setInvocation(request("endless", "1"))
                            .build());
            assertTrue(unread.hasNext());
            for (int i = 0; i < 200; i++) {
              assertEquals("1", world.client.invoke("echo", "1").getPayload().toStringUtf8());
            }
            assertTrue(world.begun.get() < 500, world.begun + " parts were written");
          });
    }
    await().until(() -> world.counter("inFlight") == 0);
    assertEquals(1000, world.begun.get());
  }
}
