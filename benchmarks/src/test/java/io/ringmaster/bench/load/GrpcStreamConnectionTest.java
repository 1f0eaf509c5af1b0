package io.ringmaster.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import io.ringmaster.grpc.v1.InvokeStreamRequest;
import io.ringmaster.grpc.v1.InvokeStreamResponse;
import io.ringmaster.grpc.v1.StreamCall;
import io.ringmaster.grpc.v1.StreamResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The load of one stream against a server that is not ours, and answers slowly. */
class GrpcStreamConnectionTest {
  private static final int ANSWER_MS = 20;

  private final AtomicInteger calls = new AtomicInteger();
  private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
  private Server server;

  /** Answers one call after the other. */
  private final class Slow extends InvocationServiceGrpc.InvocationServiceImplBase {
    @Override
    public StreamObserver<InvokeStreamRequest> invokeStream(
        StreamObserver<InvokeStreamResponse> answers) {
      return new StreamObserver<>() {
        @Override
        @SuppressWarnings("FutureReturnValueIgnored")
        public void onNext(InvokeStreamRequest request) {
          for (StreamCall call : request.getCallsList()) {
            int number = calls.incrementAndGet();
            later.schedule(
                () -> answers.onNext(answer(call)),
                (long) ANSWER_MS * number,
                TimeUnit.MILLISECONDS);
          }
        }

        @Override
        public void onError(Throwable gone) {}

        @Override
        public void onCompleted() {}
      };
    }
  }

  private static InvokeStreamResponse answer(StreamCall call) {
    InvokeResponse response =
        InvokeResponse.newBuilder().setPayload(call.getRequest().getPayload()).build();
    return InvokeStreamResponse.newBuilder()
        .addResults(StreamResult.newBuilder().setId(call.getId()).setResponse(response))
        .build();
  }

  private static InvokeRequest request(int bytes) {
    return InvokeRequest.newBuilder().setPayload(ByteString.copyFrom(new byte[bytes])).build();
  }

  @BeforeEach
  void open() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Slow())
            .build()
            .start();
  }

  @AfterEach
  void close() throws InterruptedException {
    server.shutdownNow();
    later.shutdownNow();
    assertTrue(server.awaitTermination(20, TimeUnit.SECONDS));
  }

  private InetSocketAddress address() {
    return (InetSocketAddress) server.getListenSockets().getFirst();
  }

  /** Frames come that hold no answer. */
  @Test
  void whatHasEndedDoesNotBeginAgainWhileTheRestIsAwaited() throws IOException {
    try (GrpcStreamConnection connection = new GrpcStreamConnection(address(), request(5000), 6)) {
      connection.call();
      int begun = connection.inFlight();
      int ended = 0;
      while (connection.inFlight() > 0) {
        ended += connection.answers(false);
      }
      assertEquals(begun, ended);
      assertEquals(begun, calls.get());
      assertEquals(5000, connection.last().getPayload().size());
    }
  }

  @Test
  void aCallThatNoFrameHoldsIsRefused() throws IOException {
    InvokeRequest large = request(Http2Connection.FRAME_MAX);
    assertThrows(
        IllegalArgumentException.class, () -> new GrpcStreamConnection(address(), large, 2));
  }
}
