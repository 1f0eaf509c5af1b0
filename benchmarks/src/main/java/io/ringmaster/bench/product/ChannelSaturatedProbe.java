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
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code channel.saturated.*.N}: N sandbox processes in raw mode, always more invocations than
 * places for them; this thread turns the dispatcher by hand, and a settled call is submitted again
 * from its callback.
 *
 * <p>{@code flat.sandboxes.python}: the processor time that this thread takes for an invocation,
 * with as many invocations as busy processes and many more processes that do nothing.
 */
public final class ChannelSaturatedProbe implements Probe {
  private static final int PER_SANDBOX = 4;

  /** Cold starts at once, so that none waits too long for its turn. */
  private static final int BORN_TOGETHER = 50;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private static final long START_LIMIT_NS = TimeUnit.MINUTES.toNanos(1);

  private final Programs programs;
  private final EpollSleeper sleeper = EpollSleeper.open();
  private final EpollSleeper logSleeper = EpollSleeper.open();
  private final ProcessPool pool;
  private final HandTurned turned;
  private final Call[] calls;
  private final Again again = new Again();
  private final boolean time;
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
    this(runtime, count, processor, PER_SANDBOX * count, 0, false);
  }

  /**
   * Opens one whose figure is processor time in nanoseconds.
   *
   * @param busy sandbox processes that are called, at least 1
   * @param idle sandbox processes beside them, each another function's
   */
  public static ChannelSaturatedProbe ofIdle(BenchRuntime runtime, int busy, int idle)
      throws IOException {
    return new ChannelSaturatedProbe(runtime, busy, -1, busy, idle, true);
  }

  private ChannelSaturatedProbe(
      BenchRuntime runtime, int count, int processor, int inFlight, int idle, boolean time)
      throws IOException {
    this.time = time;
    programs = Programs.unpack(runtime.language());
    pool =
        ProcessPool.open(
            new ProcessPoolConfig(
                programs.dataFolder(runtime.bootstraps()),
                count + idle,
                count,
                count,
                List.of(runtime.identifier())),
            sleeper,
            logSleeper,
            null);
    turned =
        new HandTurned(
            pool.driver(),
            new InstantDriver(0),
            sleeper,
            count + idle,
            programs.codeFolder(),
            runtime);
    calls = new Call[inFlight];
    try {
      for (int i = 0; i < calls.length; i++) {
        calls[i] = turned.call();
      }
      start(count);
      addIdle(runtime, idle);
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

  /** Each serves one invocation, then nobody calls it any more. */
  private void addIdle(BenchRuntime runtime, int idle) {
    for (int from = 0; from < idle; from += BORN_TOGETHER) {
      int count = Math.min(BORN_TOGETHER, idle - from);
      Call[] born = new Call[count];
      turned.forgetSettled();
      for (int i = 0; i < count; i++) {
        String name = "idle-" + (from + i);
        turned.publish(name, programs.codeFolder(), runtime);
        born[i] = turned.call(name);
        born[i].submit(turned.callback);
      }
      turned.turnUntilSettled(count);
      for (Call call : born) {
        Echo.check(call);
      }
    }
  }

  @Override
  public double round(long durationNs) {
    stopping = false;
    running = calls.length;
    settled = 0;
    long cpuNs = threads.getCurrentThreadCpuTime();
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
    cpuNs = threads.getCurrentThreadCpuTime() - cpuNs;
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
    return time ? (double) cpuNs / Math.max(1, counted) : counted * 1e9 / (now - begin);
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
