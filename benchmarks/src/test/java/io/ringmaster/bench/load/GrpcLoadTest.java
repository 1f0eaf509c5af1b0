package io.ringmaster.bench.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The load of gRPC against a server that is not ours. */
class GrpcLoadTest {
  private static final long ROUND_NS = 100_000_000;

  private final AtomicLong calls = new AtomicLong();
  private Server server;

  @BeforeEach
  void open() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                ServerServiceDefinition.builder("test.Service")
                    .addMethod(
                        ByteMethods.unary("test.Service/Echo"),
                        ServerCalls.asyncUnaryCall(
                            (message, answer) -> {
                              calls.getAndIncrement();
                              answer.onNext(message);
                              answer.onCompleted();
                            }))
                    .addMethod(
                        ByteMethods.unary("test.Service/Fails"),
                        ServerCalls.asyncUnaryCall(
                            (message, answer) ->
                                answer.onError(Status.INTERNAL.asRuntimeException())))
                    .build())
            .build()
            .start();
  }

  @AfterEach
  void close() throws InterruptedException {
    server.shutdownNow();
    assertTrue(server.awaitTermination(20, TimeUnit.SECONDS));
  }

  private InetSocketAddress address() {
    return (InetSocketAddress) server.getListenSockets().getFirst();
  }

  @Test
  void everyCallIsAnsweredAndNoneIsLeft() throws IOException {
    byte[] message = {1, 2, 3};
    try (GrpcLoad load = new GrpcLoad(address(), "test.Service/Echo", message, 5)) {
      for (int i = 0; i < 3; i++) {
        assertTrue(load.run(ROUND_NS) > 0);
        assertEquals(calls.get(), load.answered());
      }
      assertTrue(load.answered() >= 15);
      assertArrayEquals(message, load.last());
    }
  }

  /** Large messages at once are more than the server takes at first, and than a buffer holds. */
  @Test
  void windowsAreKept() throws IOException {
    byte[] message = new byte[16_000];
    Arrays.fill(message, (byte) 7);
    try (GrpcLoad load = new GrpcLoad(address(), "test.Service/Echo", message, 20)) {
      load.run(ROUND_NS);
      assertEquals(calls.get(), load.answered());
      assertArrayEquals(message, load.last());
    }
  }

  @Test
  void whatIsNoSuccessEndsTheLoad() throws IOException {
    for (String method : new String[] {"test.Service/Fails", "test.Service/None"}) {
      try (GrpcLoad load = new GrpcLoad(address(), method, new byte[1], 2)) {
        IOException failed = assertThrows(IOException.class, () -> load.run(ROUND_NS));
        assertTrue(failed.getMessage().startsWith("not a success"), failed::toString);
      }
    }
  }
}
