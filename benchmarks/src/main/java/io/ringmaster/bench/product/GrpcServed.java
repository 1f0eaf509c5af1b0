package io.ringmaster.bench.product;

import com.google.protobuf.ByteString;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.grpc.GrpcConfig;
import io.ringmaster.grpc.GrpcIngress;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** An engine behind the gRPC ingress, on loopback, with the echo function. */
final class GrpcServed implements AutoCloseable {
  /** Event loops that a server has on this machine by itself, and so the floor's. */
  static final int LOOPS = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);

  final MeasuredEngine opened;
  private final GrpcIngress server;

  /**
   * Opens both.
   *
   * @param runtime null: an in-JVM handler
   */
  GrpcServed(BenchRuntime runtime, EngineConfig.Builder config) throws IOException {
    opened = MeasuredEngine.open(runtime, config);
    try {
      opened
          .engine
          .functions()
          .create(runtime == null ? Echo.inJvm("echo") : Echo.of("echo", runtime));
      server =
          GrpcIngress.start(
              GrpcConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
              opened.engine);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** What invokes the echo. */
  static InvokeRequest request() {
    return InvokeRequest.newBuilder()
        .setFunctionName("echo")
        .setPayload(ByteString.copyFrom(Echo.EVENT))
        .build();
  }

  static void check(InvokeResponse answer) throws IOException {
    String echo = answer.getPayload().toStringUtf8().replace(" ", "");
    if (!answer.getFunctionError().isEmpty() || !echo.equals(Echo.text())) {
      throw new IOException("no echo: " + answer);
    }
  }

  InetSocketAddress address() {
    return server.address();
  }

  @Override
  public void close() {
    server.close(Duration.ofSeconds(5));
    opened.close();
  }
}
