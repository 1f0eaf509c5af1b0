package io.ringmaster.bench.product;

import io.ringmaster.api.Call;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.EngineConfig.LogSink;
import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.bench.floor.BareLoopsFloor;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code invoke.saturated.*.N}: at most N environments, and always more invocations than places for
 * them; a settled call is submitted again from its callback.
 */
public final class SaturatedProbe implements Probe {
  private static final int PER_ENVIRONMENT = 4;
  private static final long SETTLE_LIMIT_NS = TimeUnit.MINUTES.toNanos(5);

  /** Sixty-four JVMs that start at once keep two processors busy for a while. */
  private static final Duration CAPACITY_WAIT = Duration.ofMinutes(5);

  private static final long LOOK_NS = 200_000;
  private static final long WARM_UP_PIECE_NS = 10_000_000;
  private static final long WARM_UP_LIMIT_NS = TimeUnit.SECONDS.toNanos(20);

  private final MeasuredEngine opened;
  private final Call[] calls;
  private final Again again = new Again();
  private long samples;

  /**
   * Counts, and submits again while the round lasts. Release stores by the dispatcher, acquire
   * loads by the caller.
   */
  private final class Again implements InvocationCallback {
    // Written by the dispatcher.
    private final AtomicLong settled = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private volatile Call failed;

    // Written by the caller.
    private volatile boolean stopping;

    @Override
    public void settled(Call call) {
      settled.setRelease(settled.getPlain() + 1);
      boolean wrong = call.refusal() != null || call.functionError();
      if (wrong) {
        failed = call;
      }
      if (wrong || stopping) {
        ended.setRelease(ended.getPlain() + 1);
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
   * @param environments how many, at least 1
   */
  public SaturatedProbe(BenchRuntime runtime, int environments) throws IOException {
    this(runtime, environments, LogSink.MEMORY);
  }

  /**
   * @param environments how many, at least 1
   * @param sink what becomes of the three lines of each invocation
   */
  public SaturatedProbe(BenchRuntime runtime, int environments, LogSink sink) throws IOException {
    opened =
        MeasuredEngine.open(
            runtime,
            EngineConfig.builder()
                .environmentsMax(environments)
                .genericSandboxes(environments)
                .capacityWait(CAPACITY_WAIT)
                .logSink(sink));
    calls = new Call[PER_ENVIRONMENT * environments];
    try {
      opened.engine.functions().create(Echo.of("echo", runtime));
      for (int i = 0; i < calls.length; i++) {
        calls[i] =
            opened.engine.newCall().function("echo").payload(Echo.EVENT, 0, Echo.EVENT.length);
      }
      warmUp(environments);
      Echo.check(calls[0]);
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** Until interpreters have compiled what they run: many that share the load need long. */
  private void warmUp(int environments) {
    long giveUpNs = System.nanoTime() + WARM_UP_LIMIT_NS;
    do {
      round(WARM_UP_PIECE_NS);
    } while (samples < (long) BareLoopsFloor.WARM_UP * environments
        && System.nanoTime() - giveUpNs < 0);
  }

  @Override
  public double round(long durationNs) {
    long settledBefore = again.settled.getAcquire();
    long endedBefore = again.ended.getAcquire();
    again.stopping = false;
    long begin = System.nanoTime();
    for (Call call : calls) {
      call.submit(again);
    }
    long end = begin + durationNs;
    long now = System.nanoTime();
    while (now - end < 0 && again.failed == null) {
      LockSupport.parkNanos(end - now);
      now = System.nanoTime();
    }
    long settled = again.settled.getAcquire() - settledBefore;
    now = System.nanoTime();
    again.stopping = true;
    awaitQuiet(endedBefore + calls.length, now + SETTLE_LIMIT_NS);
    samples += again.settled.getAcquire() - settledBefore;
    return settled * 1e9 / (now - begin);
  }

  private void awaitQuiet(long ended, long giveUpNs) {
    while (again.ended.getAcquire() != ended) {
      LockSupport.parkNanos(LOOK_NS);
      if (System.nanoTime() - giveUpNs > 0) {
        throw new IllegalStateException("calls do not settle");
      }
    }
    if (again.failed != null) {
      throw new IllegalStateException("an invocation failed: " + again.failed.toResult());
    }
  }

  @Override
  public long samples() {
    return samples;
  }

  /** What its engine holds. */
  EngineStatus status() {
    return opened.engine.status();
  }

  @Override
  public String detail() {
    EngineStatus status = status();
    long dropped =
        status.counters().get("logsDropped") + status.counters().get("logRecordsDropped");
    return status.sandboxes().size() + " environments, " + dropped + " lines and records dropped";
  }

  @Override
  public void close() {
    opened.close();
  }
}
