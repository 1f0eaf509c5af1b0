package io.ringmaster.sandbox.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who rings for a sleeper, so that none is missed and few ring in vain.
 *
 * <pre>
 * sleeper                          publisher
 *   arm: waiting = 1, full fence     publish
 *   look at every source             take: full fence
 *   sleep                              if waiting, and I am the one who takes it from 1 to 0:
 *   disarm: waiting = 0                  ring
 * </pre>
 *
 * <p>Whichever fence comes first, the other side sees what was stored before it. A publisher that
 * took the flag rings later than the sleeper may have left by another cause; the bell is then heard
 * by the next sleep, which ends early: allowed. The stress tests hold both sides to it.
 */
final class WakeFlag {
  private static final VarHandle WAITING;

  static {
    try {
      WAITING = MethodHandles.lookup().findVarHandle(WakeFlag.class, "waiting", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused")
  private int waiting;

  /** The sleeper looks at everything once more after this, and then sleeps. */
  void arm() {
    WAITING.setOpaque(this, 1);
    VarHandle.fullFence();
  }

  /** The sleeper does not sleep, or is awake again. */
  void disarm() {
    WAITING.setOpaque(this, 0);
  }

  /** Whether the caller must ring; what it published before is seen by whoever does not sleep. */
  boolean take() {
    VarHandle.fullFence();
    return (int) WAITING.getOpaque(this) == 1 && WAITING.compareAndSet(this, 1, 0);
  }
}
