package io.ringmaster.grpc;

import static io.ringmaster.grpc.World.request;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.ringmaster.grpc.client.InvocationStream;
import io.ringmaster.grpc.client.RefusedException;
import io.ringmaster.grpc.v1.InvokeResponse;
import io.ringmaster.grpc.v1.InvokeStreamRequest;
import io.ringmaster.grpc.v1.InvokeStreamResponse;
import io.ringmaster.grpc.v1.StreamCall;
import io.ringmaster.grpc.v1.StreamResult;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many calls over one stream. */
class StreamTest {
  private World world;

  @BeforeEach
  void open() throws IOException {
    world =
        new World(
            GrpcConfig.on(World.loopback())
                .withLimits(
                    new GrpcConfig.Limits(
                        10, 16, 64, 1024 * 1024, 16 << 20, Duration.ofSeconds(30))));
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** The caller's end of one stream, without the client's comforts. */
  private static final class Raw
      implements ClientResponseObserver<InvokeStreamRequest, InvokeStreamResponse> {
    final ConcurrentLinkedQueue<StreamResult> results = new ConcurrentLinkedQueue<>();
    final CountDownLatch ended = new CountDownLatch(1);
    volatile Throwable failed;
    volatile ClientCallStreamObserver<InvokeStreamRequest> calls;

    @Override
    public void beforeStart(ClientCallStreamObserver<InvokeStreamRequest> stream) {
      calls = stream;
      stream.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(InvokeStreamResponse message) {
      results.addAll(message.getResultsList());
    }

    @Override
    public void onError(Throwable thrown) {
      failed = thrown;
      ended.countDown();
    }

    @Override
    public void onCompleted() {
      ended.countDown();
    }
  }

  private Raw raw() {
    Raw raw = new Raw();
    world.stub().invokeStream(raw);
    return raw;
  }

  private static StreamCall call(long id, String function, String payload) {
    return StreamCall.newBuilder().setId(id).setRequest(request(function, payload)).build();
  }

  @Test
  void everyCallHasItsOwnResult() {
    List<CompletableFuture<InvokeResponse>> answers = new ArrayList<>();
    try (InvocationStream stream = world.client.openStream()) {
      for (int i = 0; i < 5000; i++) {
        answers.add(stream.invoke(request("echo", "{\"number\":" + i + "}")));
      }
    }
    for (int i = 0; i < answers.size(); i++) {
      assertTrue(answers.get(i).isDone(), "closing waits for the answers");
      assertEquals("{\"number\":" + i + "}", answers.get(i).join().getPayload().toStringUtf8());
    }
  }

  @Test
  void largeEventsTravelToo() {
    String large = "\"" + "x".repeat(3_000_000) + "\"";
    List<CompletableFuture<InvokeResponse>> answers = new ArrayList<>();
    try (InvocationStream stream = world.client.openStream()) {
      for (int i = 0; i < 10; i++) {
        answers.add(stream.invoke(request("echo", large)));
      }
    }
    answers.forEach(answer -> assertEquals(large, answer.join().getPayload().toStringUtf8()));
  }

  @Test
  void refusalsAndErrorsAreResultsOfTheirCalls() {
    try (InvocationStream stream = world.client.openStream()) {
      CompletableFuture<InvokeResponse> absent = stream.invoke(request("absent", "1"));
      CompletableFuture<InvokeResponse> fails = stream.invoke(request("fails", "1"));
      CompletableFuture<InvokeResponse> echo = stream.invoke(request("echo", "1"));
      assertEquals("Unhandled", fails.join().getFunctionError());
      assertEquals("1", echo.join().getPayload().toStringUtf8());
      RefusedException refused =
          (RefusedException) assertThrows(CompletionException.class, absent::join).getCause();
      assertEquals("ResourceNotFoundException", refused.code());
      assertEquals(Status.Code.NOT_FOUND, refused.grpcCode());
      assertEquals(36, refused.requestId().length());
    }
  }

  @Test
  void aCallHasADeadlineOfItsOwn() {
    try (InvocationStream stream = world.client.openStream()) {
      CompletableFuture<InvokeResponse> late =
          stream.invoke(request("gated", "1"), Duration.ofMillis(50));
      CompletableFuture<InvokeResponse> patient = stream.invoke(request("gated", "2"));
      RefusedException refused =
          (RefusedException) assertThrows(CompletionException.class, late::join).getCause();
      assertEquals(Status.Code.DEADLINE_EXCEEDED, refused.grpcCode());
      assertFalse(patient.isDone());
      world.gate.countDown();
      assertEquals("2", patient.join().getPayload().toStringUtf8());
    }
    await().until(() -> world.counter("inFlight") == 0);
  }

  @Test
  void aCallIsCancelled() throws InterruptedException {
    Raw raw = raw();
    raw.calls.request(10);
    raw.calls.onNext(
        InvokeStreamRequest.newBuilder()
            .addCalls(call(7, "gated", "1"))
            .addCalls(call(8, "gated", "2"))
            .build());
    await().until(() -> world.begun.get() == 2);
    raw.calls.onNext(
        InvokeStreamRequest.newBuilder().addCancelledIds(7).addCancelledIds(99).build());
    await().until(() -> raw.results.size() == 1);
    assertEquals(7, raw.results.peek().getId());
    assertEquals("RequestCancelledException", raw.results.peek().getRefusal().getCode());
    assertEquals(Status.CANCELLED.getCode().value(), raw.results.poll().getRefusal().getGrpcCode());
    world.gate.countDown();
    raw.calls.onCompleted();
    assertTrue(raw.ended.await(10, TimeUnit.SECONDS));
    assertEquals(1, raw.results.size(), "the cancelled call has no second result");
    assertEquals(8, raw.results.peek().getId());
  }

  @Test
  void whoDoesNotReadIsNotReadFrom() {
    Raw raw = raw();
    int sent = 0;
    String event = "\"" + "x".repeat(10_000) + "\"";
    // What is sent and not taken waits in this process, so it is not sent without end.
    for (int i = 0; i < 5000; i++) {
      raw.calls.onNext(
          InvokeStreamRequest.newBuilder().addCalls(call(sent, "echo", event)).build());
      sent++;
    }
    await().until(() -> world.counter("settled") >= 64 && world.counter("inFlight") == 0);
    assertTrue(
        world.counter("settled") < 2500,
        world.counter("settled") + " were served without a reader");
    assertEquals("1", world.client.invoke("echo", "1").getPayload().toStringUtf8());
    raw.calls.request(Integer.MAX_VALUE);
    await().until(() -> raw.results.size() == 5000);
    raw.calls.cancel("enough", null);
  }

  /** A stream that ended well has a result for every call. */
  @Test
  void aStreamWhoseCallsWereNotTakenEndsAsUnavailable() throws InterruptedException {
    Raw raw = raw();
    Raw idle = raw();
    Raw half = raw();
    raw.calls.request(100);
    raw.calls.onNext(InvokeStreamRequest.newBuilder().addCalls(call(0, "gated", "1")).build());
    half.calls.onNext(InvokeStreamRequest.newBuilder().addCalls(call(0, "gated", "1")).build());
    await().until(() -> world.begun.get() == 2);
    long before = world.ingress.inboundBytes();
    assertTrue(before > 0);
    world.ingress.stopAccepting();
    assertTrue(idle.ended.await(10, TimeUnit.SECONDS), "those without calls end at once");
    InvokeStreamRequest.Builder late = InvokeStreamRequest.newBuilder();
    for (int i = 1; i <= 10; i++) {
      late.addCalls(call(i, "echo", "1"));
    }
    raw.calls.onNext(late.build());
    raw.calls.onCompleted();
    // One connection: when this one's end is there, so is all that was sent before.
    half.calls.cancel("gone", null);
    await().until(() -> world.ingress.inboundBytes() < before);
    world.gate.countDown();
    assertTrue(raw.ended.await(10, TimeUnit.SECONDS));
    assertEquals(1, raw.results.size());
    assertEquals(Status.Code.UNAVAILABLE, Status.fromThrowable(raw.failed).getCode());
  }

  @Test
  void aCancelledStreamCancelsItsCalls() {
    Raw raw = raw();
    InvokeStreamRequest.Builder message = InvokeStreamRequest.newBuilder();
    for (int i = 0; i < 3; i++) {
      message.addCalls(call(i, "gated", "1"));
    }
    raw.calls.onNext(message.build());
    await().until(() -> world.begun.get() == 3);
    raw.calls.cancel("gone", null);
    world.gate.countDown();
    await().until(() -> world.counter("inFlight") == 0);
    assertEquals("1", world.client.invoke("gated", "1").getPayload().toStringUtf8());
  }

  @Test
  void theNameOfTheCallBeforeIsKept() throws InterruptedException {
    Raw raw = raw();
    raw.calls.request(10);
    raw.calls.onNext(
        InvokeStreamRequest.newBuilder()
            .addCalls(call(1, "echo", "1"))
            .addCalls(call(2, "", "2"))
            .build());
    raw.calls.onCompleted();
    assertTrue(raw.ended.await(10, TimeUnit.SECONDS));
    assertEquals(2, raw.results.stream().filter(StreamResult::hasResponse).count());
  }

  @Test
  void aStreamThatBreaksTheRulesEnds() throws InterruptedException {
    Raw twice = raw();
    twice.calls.onNext(
        InvokeStreamRequest.newBuilder()
            .addCalls(call(1, "gated", "1"))
            .addCalls(call(1, "gated", "2"))
            .build());
    assertTrue(twice.ended.await(10, TimeUnit.SECONDS));
    assertEquals(Status.Code.INVALID_ARGUMENT, Status.fromThrowable(twice.failed).getCode());

    Raw tooMany = raw();
    InvokeStreamRequest.Builder message = InvokeStreamRequest.newBuilder();
    for (int i = 0; i < 1025; i++) {
      message.addCalls(call(i, "echo", "1"));
    }
    tooMany.calls.onNext(message.build());
    assertTrue(tooMany.ended.await(10, TimeUnit.SECONDS));
    assertEquals(Status.Code.INVALID_ARGUMENT, Status.fromThrowable(tooMany.failed).getCode());
    world.gate.countDown();
    await().until(() -> world.counter("inFlight") == 0);
  }
}
