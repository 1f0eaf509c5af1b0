package io.ringmaster.bench.harness;

import java.io.IOException;

/**
 * One thing that can be measured again and again. Belongs to the thread that opened it.
 *
 * <p>Opening it is warm-up's business too: what a probe starts must be ready before the first
 * round.
 */
public interface Probe extends AutoCloseable {

  /**
   * Measures for about this long.
   *
   * @param durationNs how long, in nanoseconds, &gt; 0; at least one sample is taken
   * @return this round's figure (a rate, or the median of a time) in the benchmark's unit, &gt; 0
   *     unless the benchmark counts something that may be none
   */
  double round(long durationNs) throws Exception;

  /** Samples taken so far: invocations, starts. */
  long samples();

  /** What else is worth knowing after the rounds, in a few words; may be empty. */
  default String detail() {
    return "";
  }

  /** Gives everything back; nothing that the probe started runs any more afterwards. */
  @Override
  void close() throws IOException;
}
