package io.ringmaster.bench.product;

import io.ringmaster.api.Call;
import io.ringmaster.bench.floor.Latencies;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.spi.Sleeper;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * {@code dispatch.turn} and {@code flat.*}: what the dispatcher spends on an invocation, from
 * taking it out of the ring to its callback. Batches are submitted, then turned through; only the
 * turns are timed. The figure is that of the median batch.
 */
public final class TurnProbe implements Probe {
  /** Invocations of one batch of {@code dispatch.turn} and {@code flat.functions}. */
  public static final int BATCH = 64;

  /** Functions of {@code flat.functions}. */
  private static final int FUNCTIONS = 10_000;

  /** Functions that are called of these, and sandboxes that are busy among many. */
  private static final int BUSY = 8;

  /** Sandboxes of {@code flat.sandboxes} that do nothing. */
  private static final int IDLE = 1_000;

  private final InstantDriver driver;
  private final HandTurned turned;
  private final Call[] calls;
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

  /** Opens it with one function and as many environments as a batch has invocations, all warm. */
  public TurnProbe() {
    this(BATCH, 1, 1, 0);
  }

  private TurnProbe(int batch, int functions, int called, int idle) {
    driver = new InstantDriver(batch + idle);
    turned = new HandTurned(driver, new InstantDriver(0), new NoSleep(), batch + idle, null, null);
    for (int i = 1; i < functions; i++) {
      turned.publish(name(i), null, null);
    }
    calls = new Call[batch];
    for (int i = 0; i < batch; i++) {
      calls[i] = turned.call(name((long) functions * (i % called) / called));
    }
    makeEnvironments(idle);
    batch();
    Echo.check(calls[0]);
  }

  /**
   * With so many functions, of which {@code called} are called, evenly spread among them, the same
   * number of environments each.
   */
  private static TurnProbe ofFunctions(int functions, int called) {
    return new TurnProbe(BATCH, functions, called, 0);
  }

  /**
   * With {@code busy} environments of one function that a batch uses, and so many more that do
   * nothing: half of them the same function's, each of the others another's.
   */
  private static TurnProbe ofSandboxes(int busy, int idle) {
    return new TurnProbe(busy, 1 + idle / 2, 1, idle);
  }

  /** One side of a benchmark of this kind. */
  public static TurnProbe of(String id, boolean floor) {
    return switch (id) {
      case "dispatch.turn" -> new TurnProbe();
      case "flat.functions" -> floor ? ofFunctions(1, 1) : ofFunctions(FUNCTIONS, BUSY);
      case "flat.sandboxes" -> ofSandboxes(BUSY, floor ? 0 : IDLE);
      default -> throw new IllegalArgumentException(id);
    };
  }

  private static String name(long index) {
    return index == 0 ? HandTurned.FUNCTION : "function-" + index;
  }

  /** Invocations that are held at the same time make as many environments. */
  private void makeEnvironments(int idle) {
    List<Call> held = new ArrayList<>(List.of(calls));
    for (int i = 0; i < idle; i++) {
      held.add(turned.call(name((i & 1) == 0 ? 0 : 1 + i / 2)));
    }
    driver.hold(true);
    for (Call call : held) {
      call.submit(turned.callback);
    }
    while (driver.offered() < held.size()) {
      if (turned.turn() == 0) {
        throw new IllegalStateException(
            "only " + driver.offered() + " of " + held.size() + " environments");
      }
    }
    driver.hold(false);
    turned.turnUntilSettled(held.size());
  }

  @Override
  public double round(long durationNs) {
    long end = System.nanoTime() + durationNs;
    do {
      batches.add(batch());
    } while (System.nanoTime() - end < 0 && !batches.isFull());
    return batches.medianUs() * 1000 / calls.length;
  }

  /** Submits a batch and turns it through; answers the nanoseconds that the turns took. */
  public long batch() {
    turned.forgetSettled();
    for (Call call : calls) {
      call.submit(turned.callback);
    }
    long begin = System.nanoTime();
    turned.turnUntilSettled(calls.length);
    return System.nanoTime() - begin;
  }

  /** As many batches as have {@link #BATCH} invocations; answers the nanoseconds of the turns. */
  public long batches() {
    long ns = 0;
    for (int i = 0; i < BATCH; i += calls.length) {
      ns += batch();
    }
    return ns;
  }

  @Override
  public long samples() {
    return batches.samples() * calls.length;
  }

  @Override
  public void close() {
    // Nothing runs.
  }
}
