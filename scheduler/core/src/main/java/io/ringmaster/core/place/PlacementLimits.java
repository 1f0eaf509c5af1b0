package io.ringmaster.core.place;

/**
 * The settings that placement keeps to.
 *
 * @param environmentsMax environments that may exist at once, 1 or more
 * @param capacityWaitNs longest wait for a place, ≥ 0
 * @param keepAliveNs how long an idle environment is kept, ≥ 0
 * @param maximumLifeNs longest life of an environment, more or less a tenth, &gt; 0
 * @param initTimeoutNs time for init, &gt; 0
 * @param prefetch when an invocation is placed behind another one
 */
public record PlacementLimits(
    int environmentsMax,
    long capacityWaitNs,
    long keepAliveNs,
    long maximumLifeNs,
    long initTimeoutNs,
    PrefetchLimits prefetch) {

  /** With {@link PrefetchLimits#DEFAULT}. */
  public PlacementLimits(
      int environmentsMax,
      long capacityWaitNs,
      long keepAliveNs,
      long maximumLifeNs,
      long initTimeoutNs) {
    this(
        environmentsMax,
        capacityWaitNs,
        keepAliveNs,
        maximumLifeNs,
        initTimeoutNs,
        PrefetchLimits.DEFAULT);
  }
}
