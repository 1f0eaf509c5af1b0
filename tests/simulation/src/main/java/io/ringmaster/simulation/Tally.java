package io.ringmaster.simulation;

import io.ringmaster.api.Call;
import io.ringmaster.api.Refusal;
import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.sandbox.spi.Fault;

/** The referee's own count of everything that the dispatcher counts. */
final class Tally {
  private final long[] values = new long[Counter.values().length];

  void count(Counter counter) {
    values[counter.ordinal()]++;
  }

  /** An answer reached its caller. */
  void answered(Call answer, boolean atTheDoor, boolean timedOut, boolean exited) {
    if (atTheDoor) {
      count(Counter.RING_FULL);
      return;
    }
    count(Counter.ACCEPTED);
    count(Counter.SETTLED);
    countIf(answer.coldStart(), Counter.COLD_STARTS);
    countIf(answer.functionError(), Counter.FUNCTION_ERRORS);
    countIf(timedOut, Counter.TIMEOUTS);
    countIf(exited, Counter.EXITS);
    Refusal refusal = answer.refusal();
    if (refusal != null) {
      switch (refusal.statusCode()) {
        case 404 -> count(Counter.NOT_FOUND);
        case 429 -> count(Counter.THROTTLED);
        case 499 -> count(Counter.CANCELLED);
        case 500 -> count(Counter.PLATFORM_FAULTS);
        default -> {}
      }
    }
  }

  private void countIf(boolean holds, Counter counter) {
    if (holds) {
      count(counter);
    }
  }

  /** The dispatcher ended a sandbox. */
  void discarded(Fault reason) {
    switch (reason) {
      case EVICTED -> count(Counter.EVICTIONS);
      case KEEP_ALIVE, MAXIMUM_LIFE -> count(Counter.EXPIRIES);
      default -> {}
    }
  }

  /** Says what the dispatcher counted otherwise. */
  void compare(Counters counted, Referee referee) {
    for (Counter counter : Counter.values()) {
      if (counter != Counter.WAKEUPS && counted.get(counter) != values[counter.ordinal()]) {
        referee.violation(
            "the dispatcher counts "
                + counted.get(counter)
                + " "
                + counter.label()
                + "; there were "
                + values[counter.ordinal()]);
      }
    }
  }
}
