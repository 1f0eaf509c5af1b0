package io.ringmaster.bench.product;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.bench.floor.IdleFloor;
import io.ringmaster.bench.floor.Latencies;
import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code invoke.idle.python}: a blocking invoke of the embedded engine, one millisecond after
 * everything went to sleep.
 */
public final class IdleProbe implements Probe {
  private static final long ASLEEP_NS = 1_000_000;

  private final Engine engine;
  private final InvokeRequest request = InvokeRequest.of("echo", Echo.EVENT);
  private final Latencies latencies = new Latencies(1 << 16);

  /**
   * Opens an engine with one warm environment.
   *
   * @param placed where: the calling thread is pinned already, and the engine's threads with it;
   *     null: anywhere
   */
  public IdleProbe(String runtime, Processors placed) throws IOException {
    engine = Engine.open(EngineConfig.defaults());
    try {
      engine.functions().create(Echo.python("echo", runtime));
      for (int i = 0; i < IdleFloor.WARM_UP; i++) {
        check(engine.invoke(request));
      }
      if (placed != null) {
        Processors.pinTree(engine.status().sandboxes().getFirst().pid(), placed.function());
      }
    } catch (IOException | RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  @Override
  public double round(long durationNs) {
    long end = System.nanoTime() + durationNs;
    do {
      LockSupport.parkNanos(ASLEEP_NS);
      long begin = System.nanoTime();
      InvocationResult result = engine.invoke(request);
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
    engine.close();
  }
}
