package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.ColdFloor;
import io.ringmaster.bench.floor.Language;
import io.ringmaster.bench.floor.Latencies;
import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code cold.*}: the first response of a function that has no environment. Each sample has a
 * function of its own, created before; generic sandboxes are ready, as they are in an engine that
 * is not overrun.
 */
public final class ColdProbe implements Probe {
  /**
   * Kept ready, and no more in a burst: once so many are there no process is being made, which
   * would take a processor from the cold start that is measured. ({@code cold.rate} measures that.)
   */
  private static final int GENERIC = ColdFloor.READY;

  private static final long LOOK_NS = 200_000;
  private static final long ASLEEP_NS = 2_000_000;
  private static final long READY_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

  private final MeasuredEngine opened;
  private final BenchRuntime runtime;
  private final Latencies latencies = new Latencies(4096);
  private final Latencies queueing = new Latencies(1 << 16);
  private final Latencies binding = new Latencies(1 << 16);
  private final Latencies init = new Latencies(1 << 16);
  private final Latencies rest = new Latencies(1 << 16);
  private final Latencies invoking = new Latencies(1 << 16);
  private long functions;

  /** Opens an engine. */
  public ColdProbe(BenchRuntime runtime) throws IOException {
    this.runtime = runtime;
    opened =
        MeasuredEngine.open(
            runtime, EngineConfig.builder().environmentsMax(GENERIC).genericSandboxes(GENERIC));
    try {
      coldStart();
    } catch (IOException | RuntimeException e) {
      opened.close();
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
    opened.engine.functions().create(Echo.of(name, runtime));
    awaitGeneric();
    InvokeRequest request = InvokeRequest.of(name, Echo.EVENT);
    LockSupport.parkNanos(ASLEEP_NS);
    long begin = System.nanoTime();
    InvocationResult result = opened.engine.invoke(request);
    long took = System.nanoTime() - begin;
    if (!result.succeeded() || !result.coldStart()) {
      throw new IllegalStateException("that was no cold start: " + result);
    }
    opened.engine.functions().delete(name);
    queueing.add(result.timings().queueNs());
    binding.add(result.timings().bindNs());
    init.add(result.timings().initNs());
    invoking.add(result.timings().invokeNs());
    var t = result.timings();
    rest.add(took - t.queueNs() - t.bindNs() - t.initNs() - t.invokeNs());
    return took;
  }

  /** Until the pool is full again and the environment of the last sample is gone. */
  private void awaitGeneric() {
    long giveUpNs = System.nanoTime() + READY_LIMIT_NS;
    while (functions > 1 && !isRested()) {
      LockSupport.parkNanos(LOOK_NS);
      if (System.nanoTime() - giveUpNs > 0) {
        throw new IllegalStateException(
            "no generic sandbox becomes ready: " + opened.engine.status());
      }
    }
  }

  private boolean isRested() {
    var status = opened.engine.status();
    int ready = status.genericSandboxes().values().stream().mapToInt(Integer::intValue).sum();
    int wanted = runtime.language() == Language.PROVIDED ? 0 : GENERIC;
    return ready == wanted && status.sandboxes().isEmpty();
  }

  @Override
  public long samples() {
    return latencies.samples();
  }

  /** Where the time went. */
  @Override
  public String detail() {
    return String.format(
        Locale.ROOT,
        "medians: queue %.0f, bind %.0f, init %.0f, invoke %.0f, rest %.0f us",
        queueing.medianUs(),
        binding.medianUs(),
        init.medianUs(),
        invoking.medianUs(),
        rest.medianUs());
  }

  @Override
  public void close() {
    opened.close();
  }
}
