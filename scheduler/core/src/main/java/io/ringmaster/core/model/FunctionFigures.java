package io.ringmaster.core.model;

import io.ringmaster.api.EngineStatus.FunctionStatus;
import java.util.concurrent.TimeUnit;

/**
 * What is counted of one function, since the engine was opened or the function created. Dispatcher
 * thread only; a few additions per invocation, nothing allocated.
 */
public final class FunctionFigures {
  private static final long[] BOUNDS_NS =
      FunctionStatus.DURATION_BOUNDS_MS.stream()
          .mapToLong(TimeUnit.MILLISECONDS::toNanos)
          .toArray();

  private long invocations;
  private long errors;
  private long throttles;
  private long durationNs;
  private final long[] durations = new long[BOUNDS_NS.length + 1];

  /**
   * Its code ran.
   *
   * @param ranNs how long, without init
   * @param error whether it ended with an error of the function
   */
  public void ran(long ranNs, boolean error) {
    invocations++;
    if (error) {
      errors++;
    }
    durationNs += ranNs;
    int bucket = 0;
    while (bucket < BOUNDS_NS.length && ranNs > BOUNDS_NS[bucket]) {
      bucket++;
    }
    durations[bucket]++;
  }

  /** An invocation was refused with 429. */
  public void throttled() {
    throttles++;
  }

  /** Whether anything was counted. */
  public boolean any() {
    return invocations + throttles > 0;
  }

  /** A copy, with what else is to be said about the function. */
  public FunctionStatus describe(FunctionState function) {
    return new FunctionStatus(
        function.arn,
        function.name,
        invocations,
        errors,
        throttles,
        function.inUse,
        durationNs,
        durations.clone());
  }
}
