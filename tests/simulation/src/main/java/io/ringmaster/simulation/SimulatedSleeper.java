package io.ringmaster.simulation;

import io.ringmaster.sandbox.spi.Sleeper;
import java.util.function.BooleanSupplier;

/**
 * Where the simulated dispatcher sleeps. Keeps the contract of {@link Sleeper} and no more than
 * that: who publishes and does not ring lets it sleep on. A publisher may come between the
 * announcement and the last look, and the dispatcher may be awake and asleep again before the
 * publisher that rang goes on.
 */
final class SimulatedSleeper implements Sleeper {
  private Runnable whileFallingAsleep = () -> {};
  private Runnable whileRinging = () -> {};
  private boolean waiting;
  private boolean asleep;
  private long untilNs;
  private long rings;

  void interleave(Runnable fallingAsleep, Runnable ringing) {
    whileFallingAsleep = fallingAsleep;
    whileRinging = ringing;
  }

  /** Whether the dispatcher may not be turned now. */
  boolean sleepsAt(long nowNs) {
    if (asleep && nowNs >= untilNs) {
      rouse();
    }
    return asleep;
  }

  boolean asleep() {
    return asleep;
  }

  /** When the sleep ends by itself; {@link Long#MAX_VALUE}: never. */
  long untilNs() {
    return untilNs;
  }

  long rings() {
    return rings;
  }

  /** As a signal or a spurious return of epoll would. */
  void rouse() {
    asleep = false;
    waiting = false;
  }

  @Override
  public void await(long nowNs, long until, BooleanSupplier anythingArrived) {
    if (until <= nowNs) {
      return;
    }
    waiting = true;
    untilNs = until;
    whileFallingAsleep.run();
    if (!waiting || anythingArrived.getAsBoolean()) {
      waiting = false;
      return;
    }
    asleep = true;
  }

  @Override
  public void wake() {
    if (!waiting) {
      return;
    }
    boolean slept = asleep;
    rings++;
    rouse();
    if (slept) {
      whileRinging.run();
    }
  }

  @Override
  public void close() {
    rouse();
  }
}
