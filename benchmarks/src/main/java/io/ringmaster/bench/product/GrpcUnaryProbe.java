package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.bench.load.GrpcLoad;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvokeResponse;
import java.io.IOException;

/** {@code grpc.unary.*}: invocations a second, each an RPC of its own, over one connection. */
public final class GrpcUnaryProbe implements Probe {
  /** Event loops of the server. */
  public static final int LOOPS = GrpcServed.LOOPS;

  private final GrpcServed served;
  private final GrpcLoad load;

  /** Of an in-JVM handler. */
  public GrpcUnaryProbe(int inFlight) throws IOException {
    this(null, EngineConfig.builder(), inFlight);
  }

  /** Of a function with so many environments. */
  public GrpcUnaryProbe(BenchRuntime runtime, int environments, int inFlight) throws IOException {
    this(
        runtime,
        EngineConfig.builder().environmentsMax(environments).genericSandboxes(environments),
        inFlight);
  }

  private GrpcUnaryProbe(BenchRuntime runtime, EngineConfig.Builder config, int inFlight)
      throws IOException {
    served = new GrpcServed(runtime, config);
    load =
        new GrpcLoad(
            served.address(),
            InvocationServiceGrpc.getInvokeMethod().getFullMethodName(),
            request(),
            inFlight);
    try {
      round(1);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The message that invokes the echo. */
  public static byte[] request() {
    return GrpcServed.request().toByteArray();
  }

  @Override
  public double round(long durationNs) throws IOException {
    double perSecond = load.run(durationNs);
    GrpcServed.check(InvokeResponse.parseFrom(load.last()));
    return perSecond;
  }

  @Override
  public long samples() {
    return load.answered();
  }

  @Override
  public String detail() {
    return served.opened.engine.status().sandboxes().size() + " environments";
  }

  @Override
  public void close() throws IOException {
    load.close();
    served.close();
  }
}
