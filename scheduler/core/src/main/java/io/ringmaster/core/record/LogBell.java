package io.ringmaster.core.record;

import io.ringmaster.sandbox.spi.Sleeper;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Where the log agent sleeps and how it is woken.
 *
 * <p>While there is work it only naps for a fixed time, deaf to output, so that lines are handled
 * in batches and no function can wake it by writing. When nothing has come for a while it sleeps
 * deeply, in its {@link Sleeper}, which watches the log pipes. {@link #ring} ends both.
 *
 * <p>No ring is lost. Agent: {@code napping = true} (volatile), look at {@code rung}, park. Ringer:
 * {@code rung = true} (volatile), look at {@code napping}, unpark; then {@link Sleeper#wake}, which
 * has a fence of its own, as has the agent's last look in {@link Sleeper#await}.
 */
final class LogBell {
  private final Sleeper sleeper;

  // Written by ringers; cleared by the agent.
  private volatile boolean rung;

  // Written by the agent.
  private volatile boolean napping;
  private volatile Thread agent;

  LogBell(Sleeper sleeper) {
    this.sleeper = sleeper;
  }

  /** Wakes the agent, or makes its next sleep end at once. Any thread. */
  void ring() {
    rung = true;
    if (napping) {
      LockSupport.unpark(agent);
    }
    sleeper.wake();
  }

  /** The agent begins to look at everything. */
  void answered() {
    rung = false;
  }

  boolean rung() {
    return rung;
  }

  /** Sleeps for that long, or until rung. */
  void nap(long ns) {
    agent = Thread.currentThread();
    napping = true;
    if (!rung) {
      LockSupport.parkNanos(this, ns);
    }
    napping = false;
  }

  /** Sleeps until output comes, until rung, or until then. */
  void sleep(long nowNs, long untilNs, BooleanSupplier anythingArrived) {
    sleeper.await(nowNs, untilNs, anythingArrived);
  }
}
