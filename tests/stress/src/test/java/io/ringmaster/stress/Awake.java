package io.ringmaster.stress;

import io.ringmaster.sandbox.spi.Sleeper;
import java.util.function.BooleanSupplier;

/** A dispatcher's sleep, where the dispatcher never sleeps. */
public final class Awake implements Sleeper {
  @Override
  public void await(long nowNs, long untilNs, BooleanSupplier anythingArrived) {}

  @Override
  public void wake() {}

  @Override
  public void close() {}
}
