package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.grpc.client.InvocationStream;
import io.ringmaster.grpc.client.RingmasterClient;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * {@code grpc.client.stream}: invocations a second by the product's own client over one stream, by
 * a caller that waits for the oldest of those in flight; in-JVM handler. Belongs to one thread.
 */
public final class GrpcClientProbe implements Probe {
  private final InvokeRequest request = GrpcServed.request();
  private final ArrayDeque<CompletableFuture<InvokeResponse>> flying = new ArrayDeque<>();
  private final int inFlight;
  private final GrpcServed served;
  private final RingmasterClient client;
  private final InvocationStream stream;
  private long answered;

  /**
   * Opens it.
   *
   * @param inFlight invocations in flight
   */
  public GrpcClientProbe(int inFlight) throws IOException {
    this.inFlight = inFlight;
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

  @Override
  public double round(long durationNs) throws IOException {
    long before = answered;
    long beganNs = System.nanoTime();
    while (System.nanoTime() - beganNs < durationNs) {
      while (flying.size() < inFlight) {
        flying.add(stream.invoke(request));
      }
      answer();
    }
    while (!flying.isEmpty()) {
      answer();
    }
    return (answered - before) * 1e9 / (System.nanoTime() - beganNs);
  }

  private void answer() throws IOException {
    try {
      InvokeResponse answer = flying.remove().join();
      if (answered++ % inFlight == 0) { // each would be work of the client's that is not measured
        GrpcServed.check(answer);
      }
    } catch (CompletionException e) {
      throw new IOException("no answer", e);
    }
  }

  @Override
  public long samples() {
    return answered;
  }

  @Override
  public void close() {
    stream.close();
    client.close();
    served.close();
  }
}
