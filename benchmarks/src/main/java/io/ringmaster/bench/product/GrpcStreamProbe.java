package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.bench.load.GrpcStreamLoad;
import java.io.IOException;

/**
 * {@code grpc.stream.noop}: invocations a second over one multiplexed stream, by a client as light
 * as that of {@code grpc.unary.noop}, which it is compared with; in-JVM handler.
 */
public final class GrpcStreamProbe implements Probe {
  private final GrpcServed served;
  private final GrpcStreamLoad load;

  /**
   * Opens it.
   *
   * @param inFlight invocations in flight
   */
  public GrpcStreamProbe(int inFlight) throws IOException {
    served = new GrpcServed(null, EngineConfig.builder());
    try {
      load = new GrpcStreamLoad(served.address(), GrpcServed.request(), inFlight);
    } catch (IOException | RuntimeException e) {
      served.close();
      throw e;
    }
    try {
      round(1);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public double round(long durationNs) throws IOException {
    double perSecond = load.run(durationNs);
    GrpcServed.check(load.last());
    return perSecond;
  }

  @Override
  public long samples() {
    return load.answered();
  }

  @Override
  public void close() throws IOException {
    load.close();
    served.close();
  }
}
