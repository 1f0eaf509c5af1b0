package io.ringmaster.grpc;

import static io.ringmaster.grpc.World.request;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.grpc.client.InvocationStream;
import io.ringmaster.grpc.client.RefusedException;
import io.ringmaster.grpc.client.RingmasterClient;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvokeResponse;
import io.ringmaster.grpc.v1.InvokeWithResponseStreamRequest;
import io.ringmaster.grpc.v1.InvokeWithResponseStreamResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One environment, one invocation that runs in it, and others that wait for it. */
class CancelTest {
  private World world;
  private CompletableFuture<InvokeResponse> running;

  @BeforeEach
  void open() throws IOException {
    world = new World(GrpcConfig.on(World.loopback()), EngineConfig.builder().environmentsMax(1));
    running = world.client.invokeAsync(request("gated", "1"));
    await().until(() -> world.begun.get() == 1);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private void awaitInFlight(long count) {
    await().until(() -> world.counter("inFlight") == count);
  }

  /** What runs was not touched, and what waited never ran. */
  private void assertOnlyTheFirstRan(int cancelled) {
    awaitInFlight(1);
    assertEquals(cancelled, world.counter("cancelled"));
    world.gate.countDown();
    assertEquals("1", running.join().getPayload().toStringUtf8());
    awaitInFlight(0);
    assertEquals(1, world.begun.get());
  }

  @Test
  void aCancelledCallLeavesTheQueue() {
    CompletableFuture<InvokeResponse> waits = world.client.invokeAsync(request("gated", "2"));
    awaitInFlight(2);
    waits.cancel(true);
    assertOnlyTheFirstRan(1);
  }

  @Test
  void aCallWhoseDeadlinePassesLeavesTheQueue() {
    StatusRuntimeException late =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                InvocationServiceGrpc.newBlockingStub(world.client.channel())
                    .withDeadlineAfter(100, TimeUnit.MILLISECONDS)
                    .invoke(request("gated", "2")));
    assertEquals(Status.Code.DEADLINE_EXCEEDED, late.getStatus().getCode());
    assertOnlyTheFirstRan(1);
  }

  @Test
  void callsOfAConnectionThatEndsLeaveTheQueue() throws IOException {
    try (RingmasterClient another =
        RingmasterClient.connect("127.0.0.1", world.ingress.address().getPort())) {
      CompletableFuture<InvokeResponse> one = another.invokeAsync(request("gated", "2"));
      CompletableFuture<InvokeResponse> two = another.invokeAsync(request("gated", "3"));
      awaitInFlight(3);
      another.channel().shutdownNow();
      assertThrows(CompletionException.class, one::join);
      assertThrows(CompletionException.class, two::join);
    }
    assertOnlyTheFirstRan(2);
  }

  @Test
  void aCallForPartsLeavesTheQueue() {
    Context.CancellableContext caller = Context.current().withCancellation();
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    caller.run(
        () ->
            world
                .stub()
                .invokeWithResponseStream(
                    InvokeWithResponseStreamRequest.newBuilder()
                        .setInvocation(request("gated", "2"))
                        .build(),
                    new StreamObserver<>() {
                      @Override
                      public void onNext(InvokeWithResponseStreamResponse part) {
                        end.complete(new AssertionError(part));
                      }

                      @Override
                      public void onError(Throwable failed) {
                        end.complete(failed);
                      }

                      @Override
                      public void onCompleted() {
                        end.complete(null);
                      }
                    }));
    awaitInFlight(2);
    caller.cancel(null);
    assertEquals(Status.Code.CANCELLED, Status.fromThrowable(end.join()).getCode());
    assertOnlyTheFirstRan(1);
  }

  @Test
  void aCallOfAStreamLeavesTheQueue() {
    try (InvocationStream stream = world.client.openStream()) {
      CompletableFuture<InvokeResponse> late =
          stream.invoke(request("gated", "2"), Duration.ofSeconds(3));
      CompletableFuture<InvokeResponse> cancelled = stream.invoke(request("gated", "3"));
      awaitInFlight(3);
      cancelled.cancel(false);
      RefusedException refused =
          (RefusedException) assertThrows(CompletionException.class, late::join).getCause();
      assertEquals(Status.Code.DEADLINE_EXCEEDED, refused.grpcCode());
      awaitInFlight(1);
    }
    assertOnlyTheFirstRan(2);
  }

  @Test
  void aNameOfMegabytesIsRefusedInShort() {
    for (String name : List.of("x", "\u51fd")) {
      RefusedException refused =
          assertThrows(
              RefusedException.class, () -> world.client.invoke(name.repeat(2_000_000), "1"));
      assertEquals("ValidationException", refused.code());
      assertTrue(refused.getMessage().length() < 3000, "it has " + refused.getMessage().length());
    }
  }
}
