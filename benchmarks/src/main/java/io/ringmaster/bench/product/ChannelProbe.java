package io.ringmaster.bench.product;

import io.ringmaster.api.Call;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Latencies;
import io.ringmaster.bench.floor.Programs;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.linux.EpollSleeper;
import io.ringmaster.sandbox.linux.ProcessPool;
import io.ringmaster.sandbox.linux.ProcessPoolConfig;
import java.io.IOException;
import java.util.List;

/**
 * {@code channel.*}: publish → settle with a real sandbox process in raw mode, while this thread
 * turns the dispatcher by hand and sleeps as the engine's does.
 */
public final class ChannelProbe implements Probe {
  private final Programs programs;
  private final EpollSleeper sleeper = EpollSleeper.open();
  private final EpollSleeper logSleeper = EpollSleeper.open();
  private final ProcessPool pool;
  private final HandTurned turned;
  private final Call call;
  private final Latencies latencies = new Latencies(1 << 20);

  /**
   * @param processor where the sandbox process runs; the caller pins its own thread
   */
  public ChannelProbe(BenchRuntime runtime, int processor) throws IOException {
    programs = Programs.unpack(runtime.language());
    pool =
        ProcessPool.open(
            new ProcessPoolConfig(
                programs.dataFolder(runtime.bootstraps()), 1, 1, 1, List.of(runtime.identifier())),
            sleeper,
            logSleeper,
            null);
    turned =
        new HandTurned(
            pool.driver(), new InstantDriver(0), sleeper, 1, programs.codeFolder(), runtime);
    call = turned.call();
    try {
      roundTrip();
      Echo.check(call);
      Processors.pinTree(pool.status().sandboxes().getFirst().pid(), processor);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public double round(long durationNs) {
    long now = System.nanoTime();
    long end = now + durationNs;
    do {
      roundTrip();
      long then = System.nanoTime();
      latencies.add(then - now);
      now = then;
    } while (now - end < 0 && !latencies.isFull());
    Echo.check(call);
    return latencies.medianUs();
  }

  /** One invocation. */
  public void roundTrip() {
    turned.forgetSettled();
    call.submit(turned.callback);
    turned.turnUntilSettled(1);
  }

  @Override
  public long samples() {
    return latencies.samples();
  }

  @Override
  public void close() throws IOException {
    pool.driver().close();
    pool.closeLogs();
    sleeper.close();
    logSleeper.close();
    programs.close();
  }
}
