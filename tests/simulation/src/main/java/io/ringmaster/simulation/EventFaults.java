package io.ringmaster.simulation;

/**
 * What goes wrong with events in a run; mean times in milliseconds, 0: never.
 *
 * @param error an attempt ends with an error
 * @param throttle an attempt is refused
 * @param hang an attempt takes until its time-out
 * @param crashMeanMs between two kills of the process
 * @param clockSetMeanMs between two settings of the clock
 * @param outageMeanMs between two outages of the destination, and sometimes of the journal
 * @param burst most events that come at once; 0: one by one
 */
record EventFaults(
    double error,
    double throttle,
    double hang,
    long crashMeanMs,
    long clockSetMeanMs,
    long outageMeanMs,
    int burst) {

  static EventFaults draw(FaultMix mix, SeededRandom random) {
    boolean all = mix == FaultMix.MIXED;
    double strength = 0.2 + random.nextDouble();
    boolean kills = all || mix == FaultMix.CRASH || mix == FaultMix.CLOCK;
    return new EventFaults(
        mix == FaultMix.NONE ? 0 : 0.4 * strength,
        all || mix == FaultMix.PRESSURE ? 0.5 * strength : 0.02,
        all || mix == FaultMix.HANG || mix == FaultMix.SLOW_INIT ? 0.2 * strength : 0,
        kills ? (long) (400_000 / strength) : 0,
        all || mix == FaultMix.CLOCK ? (long) (900_000 / strength) : 0,
        all || mix == FaultMix.PRESSURE ? (long) (1_800_000 / strength) : 0,
        all || mix == FaultMix.BURST ? 300 : 0);
  }
}
