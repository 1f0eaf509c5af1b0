package io.ringmaster.bench.product;

import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Programs;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.linux.EpollSleeper;
import io.ringmaster.sandbox.linux.ProcessDriverStatus;
import io.ringmaster.sandbox.linux.ProcessPool;
import io.ringmaster.sandbox.linux.ProcessPoolConfig;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code channel.saturated.*.N}: N sandbox processes in raw mode, always more invocations than
 * places for them; this thread turns the dispatcher by hand, and a settled call is submitted again
 * from its callback.
 */
public final class ChannelSaturatedProbe implements Probe {
  private static final int PER_SANDBOX = 4;
  private static final long START_LIMIT_NS = TimeUnit.MINUTES.toNanos(1);

  private final Programs programs;
  private final EpollSleeper sleeper = EpollSleeper.open();
  private final EpollSleeper logSleeper = EpollSleeper.open();
  private final ProcessPool pool;
  private final HandTurned turned;
  private final Call[] calls;
  private final Again again = new Again();
  private long settled;
  private long samples;
  private int running;
  private boolean stopping;

  private final class Again implements InvocationCallback {
    @Override
    public void settled(Call call) {
      settled++;
      if (stopping || call.refusal() != null || call.functionError()) {
        running--;
      } else {
        call.submit(this);
      }
    }

    @Override
    public boolean nonBlocking() {
      return true;
    }
  }

  /**
   * Opens it for the calling thread.
   *
   * @param count sandbox processes, at least 1
   * @param processor where they run; negative: anywhere
   */
  public ChannelSaturatedProbe(BenchRuntime runtime, int count, int processor) throws IOException {
    programs = Programs.unpack(runtime.language());
    pool =
        ProcessPool.open(
            new ProcessPoolConfig(
                programs.dataFolder(runtime.bootstraps()),
                count,
                count,
                count,
                List.of(runtime.identifier())),
            sleeper,
            logSleeper,
            null);
    turned =
        new HandTurned(
            pool.driver(), new InstantDriver(0), sleeper, count, programs.codeFolder(), runtime);
    calls = new Call[PER_SANDBOX * count];
    try {
      for (int i = 0; i < calls.length; i++) {
        calls[i] = turned.call();
      }
      start(count);
      if (processor >= 0) {
        for (ProcessDriverStatus.SandboxStatus sandbox : pool.status().sandboxes()) {
          Processors.pinTree(sandbox.pid(), processor);
        }
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Goes on until every place has a sandbox. */
  private void start(int count) {
    long giveUpNs = System.nanoTime() + START_LIMIT_NS;
    while (turned.dispatcher.sandboxes().size() < count || samples == 0) {
      round(TimeUnit.MILLISECONDS.toNanos(1));
      if (System.nanoTime() - giveUpNs > 0) {
        throw new IllegalStateException("there are only " + pool.status().sandboxes().size());
      }
    }
    samples = 0;
  }

  @Override
  public double round(long durationNs) {
    stopping = false;
    running = calls.length;
    settled = 0;
    long begin = System.nanoTime();
    long end = begin + durationNs;
    for (Call call : calls) {
      call.submit(again);
    }
    long now = begin;
    while (now - end < 0) {
      if (turned.turn() == 0) {
        turned.dispatcher.sleep(Long.MAX_VALUE);
      }
      now = System.nanoTime();
    }
    long counted = settled;
    stopping = true;
    while (running > 0) {
      if (turned.turn() == 0) {
        turned.dispatcher.sleep(Long.MAX_VALUE);
      }
    }
    for (Call call : calls) {
      Echo.check(call);
    }
    samples += counted;
    return counted * 1e9 / (now - begin);
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public String detail() {
    return pool.status().sandboxes().size() + " sandboxes";
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
