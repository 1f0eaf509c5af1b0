package io.ringmaster.bench.product;

import io.ringmaster.api.Call;
import io.ringmaster.bench.floor.Latencies;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.spi.Sleeper;
import java.util.function.BooleanSupplier;

/**
 * {@code dispatch.turn}: what the dispatcher spends on an invocation, from taking it out of the
 * ring to its callback. Batches are submitted, then turned through; only the turns are timed. The
 * figure is that of the median batch.
 */
public final class TurnProbe implements Probe {
  /** Invocations of one batch. */
  public static final int BATCH = 64;

  private final HandTurned turned;
  private final Call[] calls = new Call[BATCH];
  private final Latencies batches = new Latencies(1 << 20);

  /** Nobody sleeps here. */
  private static final class NoSleep implements Sleeper {
    @Override
    public void await(long nowNs, long untilNs, BooleanSupplier anythingArrived) {
      throw new IllegalStateException("there is always something to do");
    }

    @Override
    public void wake() {}

    @Override
    public void close() {}
  }

  /** Opens it with as many environments as a batch has invocations, all warm. */
  public TurnProbe() {
    turned =
        new HandTurned(
            new InstantDriver(BATCH), new InstantDriver(0), new NoSleep(), BATCH, null, null);
    for (int i = 0; i < BATCH; i++) {
      calls[i] = turned.call();
    }
    batch();
    Echo.check(calls[0]);
  }

  @Override
  public double round(long durationNs) {
    long end = System.nanoTime() + durationNs;
    do {
      batches.add(batch());
    } while (System.nanoTime() - end < 0 && !batches.isFull());
    return batches.medianUs() * 1000 / BATCH;
  }

  /** Submits a batch and turns it through; answers the nanoseconds that the turns took. */
  public long batch() {
    turned.forgetSettled();
    for (Call call : calls) {
      call.submit(turned.callback);
    }
    long begin = System.nanoTime();
    turned.turnUntilSettled(BATCH);
    return System.nanoTime() - begin;
  }

  @Override
  public long samples() {
    return batches.samples() * BATCH;
  }

  @Override
  public void close() {
    // Nothing runs.
  }
}
