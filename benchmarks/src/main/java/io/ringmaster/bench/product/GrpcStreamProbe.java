package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.bench.load.InFlight;
import io.ringmaster.grpc.client.InvocationStream;
import io.ringmaster.grpc.client.RingmasterClient;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import java.io.IOException;

/**
 * {@code grpc.stream.noop}: invocations a second over one multiplexed stream, by the product's own
 * client; in-JVM handler.
 */
public final class GrpcStreamProbe implements Probe {
  private final GrpcServed served;
  private final RingmasterClient client;
  private final InvocationStream stream;
  private final InvokeRequest request = GrpcServed.request();
  private final InFlight invocations;
  private volatile InvokeResponse last;

  /**
   * Opens it.
   *
   * @param inFlight invocations in flight
   */
  public GrpcStreamProbe(int inFlight) throws IOException {
    invocations = new InFlight(inFlight, this::invoke);
    served = new GrpcServed(null, EngineConfig.builder());
    client =
        RingmasterClient.connect(
            served.address().getAddress().getHostAddress(), served.address().getPort());
    stream = client.openStream();
    try {
      round(1);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  private void invoke() {
    stream.invoke(request).whenComplete(this::ended);
  }

  private void ended(InvokeResponse answer, Throwable thrown) {
    last = answer;
    invocations.ended(thrown);
  }

  @Override
  public double round(long durationNs) throws IOException {
    double perSecond = invocations.run(durationNs);
    GrpcServed.check(last);
    return perSecond;
  }

  @Override
  public long samples() {
    return invocations.answered();
  }

  @Override
  public void close() {
    stream.close();
    client.close();
    served.close();
  }
}
