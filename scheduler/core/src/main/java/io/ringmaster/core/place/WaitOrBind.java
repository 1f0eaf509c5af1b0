package io.ringmaster.core.place;

import io.ringmaster.core.model.VersionState;
import java.util.concurrent.TimeUnit;

/**
 * Whether a version binds one more sandbox for what waits: if the wait (those before it × average
 * invoke time ÷ busy slots) looks longer than its average cold start, or has been as long.
 */
final class WaitOrBind {
  private static final long COLD_NS_UNKNOWN = TimeUnit.MILLISECONDS.toNanos(50);

  private WaitOrBind() {}

  /**
   * @param uncovered waiting invocations that no coming sandbox is for, ≥ 1
   */
  static boolean worthBinding(VersionState version, int uncovered, long nowNs) {
    if (version.environments == 0 || version.invokeNsAverage < 0) {
      return true;
    }
    long coldNs = coldNs(version);
    if (nowNs - version.waitingHead.acceptedNs >= coldNs) {
      return true;
    }
    return (uncovered + version.behind) * version.invokeNsAverage / Math.max(1, version.busySlots)
        > coldNs;
  }

  /** What a cold start of the version is expected to take. */
  static long coldNs(VersionState version) {
    return version.coldNsAverage < 0 ? COLD_NS_UNKNOWN : version.coldNsAverage;
  }
}
