package io.ringmaster.sandbox.linux;

import java.util.Map;

/** What the driver counts. Dispatcher only. */
final class DriverCounters {
  long violations;
  long binds;
  long ownStarts;
  long forkFailures;
  long keeperDeaths;
  long doorbellsRescued;

  /** By name. */
  Map<String, Long> all(long keeperStarts) {
    return Map.of(
        "protocolViolations", violations,
        "sandboxBinds", binds,
        "sandboxOwnStarts", ownStarts,
        "forkFailures", forkFailures,
        "keeperDeaths", keeperDeaths,
        "doorbellRescued", doorbellsRescued,
        "keeperStarts", keeperStarts);
  }
}
