package io.ringmaster.core.event;

import io.ringmaster.api.Owner;

/**
 * What a function's owner said about its asynchronous invocations.
 *
 * @param retriesMax how often it is invoked again after a function error, 0 to 2
 * @param ageMaxMs how long after its acceptance it may still be invoked, in milliseconds
 * @param onSuccess destination for records of success; null: none
 * @param onFailure destination for records of failure; null: none
 * @param deadLetterArn queue or topic for events that failed; null: none
 * @param switchedOff its reserved concurrency is 0
 * @param loops whether it may invoke itself over and over
 */
public record EventSettings(
    int retriesMax,
    long ageMaxMs,
    String onSuccess,
    String onFailure,
    String deadLetterArn,
    boolean switchedOff,
    boolean loops) {
  /** Attempts after the first one, where nobody says. */
  static final int RETRIES_MAX = 2;

  /** Six hours: what AWS has where nobody says, and at most. */
  static final long AGE_MAX_MS = 21_600_000;

  /** Where nobody said anything. */
  static final EventSettings NONE =
      new EventSettings(RETRIES_MAX, AGE_MAX_MS, null, null, null, false, false);

  /** Where settings are found. The event agent's thread; must not wait for the dispatcher. */
  public interface Source {
    /**
     * Those of a function's version or alias as they are now; defaults if there is no such one.
     *
     * @param qualifier null: {@code $LATEST}
     */
    EventSettings of(Owner owner, String function, String qualifier);

    /** Whether there is such a function, version or alias. */
    boolean exists(Owner owner, String function, String qualifier);
  }
}
