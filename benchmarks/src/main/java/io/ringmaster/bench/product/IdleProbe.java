package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.IdleFloor;
import io.ringmaster.bench.floor.Latencies;
import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code invoke.idle.*}: a blocking invoke of the embedded engine, one millisecond after everything
 * went to sleep.
 */
public final class IdleProbe implements Probe {
  private static final long ASLEEP_NS = 1_000_000;

  private final MeasuredEngine opened;
  private final InvokeRequest request = InvokeRequest.of("echo", Echo.EVENT);
  private final Latencies latencies = new Latencies(1 << 16);

  /**
   * Opens an engine with one warm environment.
   *
   * @param placed where: the calling thread is pinned already, and the engine's threads with it;
   *     null: anywhere
   */
  public IdleProbe(BenchRuntime runtime, Processors placed) throws IOException {
    opened = MeasuredEngine.open(runtime, EngineConfig.builder());
    try {
      opened.engine.functions().create(Echo.of("echo", runtime));
      for (int i = 0; i < IdleFloor.WARM_UP; i++) {
        check(opened.engine.invoke(request));
      }
      if (placed != null) {
        Processors.pinTree(opened.engine.status().sandboxes().getFirst().pid(), placed.function());
      }
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  @Override
  public double round(long durationNs) {
    long end = System.nanoTime() + durationNs;
    do {
      LockSupport.parkNanos(ASLEEP_NS);
      long begin = System.nanoTime();
      InvocationResult result = opened.engine.invoke(request);
      latencies.add(System.nanoTime() - begin);
      check(result);
    } while (System.nanoTime() - end < 0 && !latencies.isFull());
    return latencies.medianUs();
  }

  private static void check(InvocationResult result) {
    if (!result.succeeded() || result.payload().length < Echo.EVENT.length) {
      throw new IllegalStateException("an invocation failed: " + result);
    }
  }

  @Override
  public long samples() {
    return latencies.samples();
  }

  @Override
  public void close() {
    opened.close();
  }
}
