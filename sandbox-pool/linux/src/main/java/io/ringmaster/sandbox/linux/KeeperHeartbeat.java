package io.ringmaster.sandbox.linux;

import java.util.concurrent.TimeUnit;

/**
 * Whether the keeper, which is there, still answers. It is asked only while something is awaited of
 * it anyway, and not more often than once a second: an engine at rest stays at rest. Keeper's
 * client only.
 */
final class KeeperHeartbeat {
  private static final long EVERY_NS = TimeUnit.SECONDS.toNanos(1);
  static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

  private long heardNs;
  private long askedNs;
  private boolean asked;

  /** It said something, whatever it was. */
  void heard(long nowNs) {
    heardNs = nowNs;
    asked = false;
  }

  /**
   * Whether to ask it now; it then counts as asked.
   *
   * @param awaited something is awaited of it
   */
  boolean ask(long nowNs, boolean awaited) {
    if (!awaited || asked || nowNs - heardNs < EVERY_NS) {
      return false;
    }
    asked = true;
    askedNs = nowNs;
    return true;
  }

  /** When it has not answered for too long; {@link Long#MAX_VALUE}: it was not asked. */
  long overdueNs() {
    return asked ? askedNs + LIMIT_NS : Long.MAX_VALUE;
  }
}
