package io.ringmaster.grpc;

import static io.ringmaster.grpc.World.request;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.ringmaster.grpc.v1.FunctionServiceGrpc;
import io.ringmaster.grpc.v1.GetFunctionRequest;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvokeStreamRequest;
import io.ringmaster.grpc.v1.InvokeWithResponseStreamRequest;
import io.ringmaster.grpc.v1.StreamCall;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that do not come to their end: they hold a place for so long, and no longer. */
class LateTest {
  private World world;

  @BeforeEach
  void open() throws IOException {
    world =
        new World(
            GrpcConfig.on(World.loopback())
                .withLimits(
                    new GrpcConfig.Limits(
                        10, 64, 64, 64L << 20, 16L << 20, Duration.ofMillis(200))));
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** Begins an RPC, with that message or none, and does not end its request. */
  private <Q, A> CompletableFuture<Status> half(MethodDescriptor<Q, A> method, Q message) {
    CompletableFuture<Status> end = new CompletableFuture<>();
    // Of a call that sends one message, a client of gRPC sends nothing before that message.
    MethodDescriptor<Q, A> begun =
        method.toBuilder().setType(MethodDescriptor.MethodType.BIDI_STREAMING).build();
    ClientCall<Q, A> call = world.client.channel().newCall(begun, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(1);
    if (message != null) {
      call.sendMessage(message);
    }
    return end;
  }

  private static void isLate(CompletableFuture<Status> end) throws Exception {
    Status status = end.get(20, TimeUnit.SECONDS);
    assertEquals(Status.Code.DEADLINE_EXCEEDED, status.getCode(), status.toString());
    assertEquals("the request took too long to arrive", status.getDescription());
  }

  @Test
  void anInvocationWithoutItsEndIsGivenUp() throws Exception {
    isLate(half(InvocationServiceGrpc.getInvokeMethod(), request("echo", "1")));
    isLate(half(InvocationServiceGrpc.getInvokeMethod(), null));
    isLate(
        half(
            InvocationServiceGrpc.getInvokeWithResponseStreamMethod(),
            InvokeWithResponseStreamRequest.newBuilder()
                .setInvocation(request("echo", "1"))
                .build()));
    assertEquals("1", world.client.invoke("echo", "1").getPayload().toStringUtf8());
  }

  @Test
  void soIsWhatManagementAndHealthAreAsked() throws Exception {
    isLate(
        half(
            FunctionServiceGrpc.getGetFunctionMethod(),
            GetFunctionRequest.newBuilder().setFunctionName("echo").build()));
    isLate(half(HealthGrpc.getCheckMethod(), HealthCheckRequest.getDefaultInstance()));
  }

  /** What was asked in time may take its time to be answered. */
  @Test
  void theTimeIsThatOfTheRequestAlone() throws Exception {
    CompletableFuture<?> running = world.client.invokeAsync(request("gated", "1"));
    isLate(half(InvocationServiceGrpc.getInvokeMethod(), null));
    isLate(half(InvocationServiceGrpc.getInvokeMethod(), null));
    assertFalse(running.isDone());
    world.gate.countDown();
    running.get(20, TimeUnit.SECONDS);
  }

  /** A stream may say nothing for as long as it likes, between its messages. */
  @Test
  void aStreamIsNotLate() throws Exception {
    CompletableFuture<Status> end =
        half(
            InvocationServiceGrpc.getInvokeStreamMethod(),
            InvokeStreamRequest.newBuilder()
                .addCalls(StreamCall.newBuilder().setId(1).setRequest(request("echo", "1")))
                .build());
    isLate(half(InvocationServiceGrpc.getInvokeMethod(), null));
    isLate(half(InvocationServiceGrpc.getInvokeMethod(), null));
    assertFalse(end.isDone());
    world.ingress.stopAccepting();
    assertEquals(Status.Code.UNAVAILABLE, end.get(20, TimeUnit.SECONDS).getCode());
  }

  /** Bytes that come give a request more time; those that stop do not. */
  @Test
  void aHalfMessageIsGivenUpWithItsRoom() throws Exception {
    ByteString large = ByteString.copyFromUtf8("\"" + "x".repeat(70_000) + "\"");
    isLate(
        half(
            InvocationServiceGrpc.getInvokeMethod(),
            request("echo", "1").toBuilder().setPayload(large).build()));
    await().until(() -> world.ingress.inboundBytes() == 0);
  }
}
