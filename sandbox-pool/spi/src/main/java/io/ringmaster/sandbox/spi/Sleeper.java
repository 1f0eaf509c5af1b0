package io.ringmaster.sandbox.spi;

import java.util.function.BooleanSupplier;

/**
 * Where one agent sleeps and how it is woken.
 *
 * <p>No wake-up is lost: the sleeper says that it waits, <i>full fence</i>, looks at every source
 * once more, sleeps; a publisher publishes, <i>full fence</i>, and rings if the sleeper waits. Both
 * fences are part of this contract: {@link #await} has one before it calls {@code anythingArrived},
 * {@link #wake} one before it looks at the waiting flag.
 */
public interface Sleeper extends AutoCloseable {

  /**
   * Sleeps until woken, until a descriptor that a driver watches is ready, or until {@code
   * untilNs}. May return early. Owning agent only.
   *
   * @param nowNs the present, by {@link System#nanoTime()}
   * @param untilNs when to return at the latest, on the same clock; {@link Long#MAX_VALUE}: no
   *     limit
   * @param anythingArrived the last look; true: there is something to do, do not sleep
   */
  void await(long nowNs, long untilNs, BooleanSupplier anythingArrived);

  /**
   * Wakes the agent if it sleeps or is about to. Any thread; call it after publishing. Cheap when
   * nobody sleeps.
   */
  void wake();

  @Override
  void close();
}
