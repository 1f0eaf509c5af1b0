package io.ringmaster.bench;

import io.ringmaster.bench.Benchmark.Bout;
import io.ringmaster.bench.floor.GrpcEchoFloor;
import io.ringmaster.bench.floor.Language;
import io.ringmaster.bench.product.GrpcClientProbe;
import io.ringmaster.bench.product.GrpcStreamProbe;
import io.ringmaster.bench.product.GrpcUnaryProbe;
import io.ringmaster.bench.product.SaturatedProbe;
import java.util.List;

/** The rows of the suite that go through gRPC. */
final class GrpcRows {
  private static final int CONNECTIONS = Suite.CONNECTIONS;

  /** Environments behind gRPC, and in the engine that it is compared with. */
  private static final int GRPC_ENVIRONMENTS = 8;

  private GrpcRows() {}

  static List<Benchmark> all() {
    return List.of(
        Suite.row(
            "grpc.unary.noop",
            "1/s",
            "grpc-netty.echo." + CONNECTIONS,
            Target.atLeast(0.7),
            null,
            at ->
                Bout.open(
                    () -> new GrpcUnaryProbe(CONNECTIONS),
                    () ->
                        new GrpcEchoFloor(
                            GrpcUnaryProbe.LOOPS, GrpcUnaryProbe.request(), CONNECTIONS))),
        Suite.row(
            "grpc.stream.noop",
            "1/s",
            "grpc.unary.noop",
            Target.atLeast(2),
            null,
            at ->
                Bout.open(
                    () -> new GrpcStreamProbe(CONNECTIONS), () -> new GrpcUnaryProbe(CONNECTIONS))),
        Suite.row(
            "grpc.client.stream",
            "1/s",
            "grpc.stream.noop",
            null,
            null,
            at ->
                Bout.open(
                    () -> new GrpcClientProbe(CONNECTIONS),
                    () -> new GrpcStreamProbe(CONNECTIONS))),
        Suite.row(
            "grpc.unary.python",
            "1/s",
            "invoke.saturated.python." + GRPC_ENVIRONMENTS,
            Target.atLeast(0.6),
            Language.PYTHON,
            at ->
                Bout.open(
                    () -> new GrpcUnaryProbe(at, GRPC_ENVIRONMENTS, CONNECTIONS),
                    () -> new SaturatedProbe(at, GRPC_ENVIRONMENTS))));
  }
}
