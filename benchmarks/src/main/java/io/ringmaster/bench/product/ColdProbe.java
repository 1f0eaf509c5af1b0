package io.ringmaster.bench.product;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.bench.floor.Latencies;
import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code cold.python}: the first response of a function that has no environment. Each sample has a
 * function of its own, created before; generic sandboxes are ready, as they are in an engine that
 * is not overrun.
 */
public final class ColdProbe implements Probe {
  private static final long LOOK_NS = 200_000;
  private static final long ASLEEP_NS = 2_000_000;
  private static final long READY_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

  private final Engine engine;
  private final String runtime;
  private final Latencies latencies = new Latencies(4096);
  private long functions;

  /** Opens an engine. */
  public ColdProbe(String runtime) throws IOException {
    this.runtime = runtime;
    engine = Engine.open(EngineConfig.defaults());
    try {
      coldStart();
    } catch (IOException | RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  @Override
  public double round(long durationNs) throws IOException {
    long end = System.nanoTime() + durationNs;
    do {
      latencies.add(coldStart());
    } while (System.nanoTime() - end < 0 && !latencies.isFull());
    return latencies.medianUs();
  }

  private long coldStart() throws IOException {
    String name = "echo-" + functions++;
    engine.functions().create(Echo.python(name, runtime));
    awaitGeneric();
    InvokeRequest request = InvokeRequest.of(name, Echo.EVENT);
    LockSupport.parkNanos(ASLEEP_NS);
    long begin = System.nanoTime();
    InvocationResult result = engine.invoke(request);
    long took = System.nanoTime() - begin;
    if (!result.succeeded() || !result.coldStart()) {
      throw new IllegalStateException("that was no cold start: " + result);
    }
    engine.functions().delete(name);
    return took;
  }

  /** Until the pool is full again and the environment of the last sample is gone. */
  private void awaitGeneric() {
    long giveUpNs = System.nanoTime() + READY_LIMIT_NS;
    int wanted = EngineConfig.defaults().genericSandboxes();
    while (functions > 1 && !isRested(wanted)) {
      LockSupport.parkNanos(LOOK_NS);
      if (System.nanoTime() - giveUpNs > 0) {
        throw new IllegalStateException("no generic sandbox becomes ready: " + engine.status());
      }
    }
  }

  private boolean isRested(int wanted) {
    var status = engine.status();
    int ready = status.genericSandboxes().values().stream().mapToInt(Integer::intValue).sum();
    return ready >= wanted && status.sandboxes().isEmpty();
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
