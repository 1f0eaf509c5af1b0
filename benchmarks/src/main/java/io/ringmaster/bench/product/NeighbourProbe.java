package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.IdleFloor;
import io.ringmaster.bench.floor.Latencies;
import io.ringmaster.bench.harness.Probe;
import java.io.IOException;

/**
 * {@code payload.*} and {@code channel.neighbour}: the 99th percentile of a quiet function's
 * blocking invocations, one after the other, beside something else in the same engine. {@link
 * #alone} is the same function of the same engine with nothing beside it.
 */
public final class NeighbourProbe implements Probe {
  private static final double SHARE = 0.99;
  private static final int ENVIRONMENTS = 8;

  private final MeasuredEngine opened;
  private final InvokeRequest request = InvokeRequest.of("echo", Echo.EVENT);
  private final Latencies latencies = new Latencies(1 << 20);
  private final Disturbance disturbance;
  private long aloneSamples;

  /** Makes what the quiet function has beside itself. */
  @FunctionalInterface
  private interface Maker {
    Disturbance make(MeasuredEngine opened) throws IOException;
  }

  private NeighbourProbe(BenchRuntime runtime, Maker maker) throws IOException {
    opened = MeasuredEngine.open(runtime, EngineConfig.builder().environmentsMax(ENVIRONMENTS));
    try {
      opened.engine.functions().create(Echo.of("echo", runtime));
      for (int i = 0; i < IdleFloor.WARM_UP; i++) {
        invoke();
      }
      disturbance = maker.make(opened);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** Beside echoes of so many bytes, one after the other. */
  public static NeighbourProbe ofPayloads(BenchRuntime runtime, int bytes) throws IOException {
    return new NeighbourProbe(runtime, opened -> LargePayloads.of(opened.engine, runtime, bytes));
  }

  /** Beside a function that attacks its channel again and again. */
  public static NeighbourProbe ofHostile(BenchRuntime runtime) throws IOException {
    return new NeighbourProbe(runtime, opened -> Hostile.of(opened.engine, runtime));
  }

  /** The same without the disturbance. Goes with this one. */
  public Probe alone() {
    return new Probe() {
      @Override
      public double round(long durationNs) {
        long before = latencies.samples();
        double quantile = quantile(durationNs);
        aloneSamples += latencies.samples() - before;
        return quantile;
      }

      @Override
      public long samples() {
        return aloneSamples;
      }

      @Override
      public void close() {
        // Its engine is the other's.
      }
    };
  }

  @Override
  public double round(long durationNs) {
    disturbance.begin();
    double quantile;
    try {
      quantile = quantile(durationNs);
    } finally {
      disturbance.end();
    }
    return quantile;
  }

  private double quantile(long durationNs) {
    long now = System.nanoTime();
    long end = now + durationNs;
    do {
      invoke();
      long then = System.nanoTime();
      latencies.add(then - now);
      now = then;
    } while (now - end < 0 && !latencies.isFull());
    return latencies.quantileUs(SHARE);
  }

  private void invoke() {
    InvocationResult result = opened.engine.invoke(request);
    if (!result.succeeded() || result.payload().length < Echo.EVENT.length) {
      throw new IllegalStateException("an invocation failed: " + result);
    }
  }

  @Override
  public long samples() {
    return latencies.samples() - aloneSamples;
  }

  @Override
  public String detail() {
    return disturbance.detail();
  }

  @Override
  public void close() {
    opened.close();
  }
}
