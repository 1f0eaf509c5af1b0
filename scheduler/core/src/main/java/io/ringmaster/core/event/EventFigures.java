package io.ringmaster.core.event;

import io.ringmaster.api.EventsStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What is counted, in all and of each function. Any thread. */
final class EventFigures {
  /** Functions of which something is remembered; the one longest without an event is forgotten. */
  private static final int FUNCTIONS_MAX = 10_000;

  /** What is counted in all. */
  enum Total {
    ACCEPTED("eventsAccepted"),
    REFUSED("eventsRefused"),
    RECOVERED("eventsRecovered"),
    SUCCEEDED("eventsSucceeded"),
    FAILED("eventsFailed"),
    RETRIED("eventsRetried"),
    THROTTLED("eventsThrottled"),
    EXPIRED("eventsExpired"),
    DROPPED("eventsDropped"),
    BURIED("eventsBuried"),
    REDRIVEN("eventsRedriven"),
    FORGOTTEN("eventsForgotten"),
    DAMAGED("eventsDamaged"),
    DELIVERED("eventsDelivered"),
    NOT_DELIVERED("deliveriesFailed");

    private final String text;

    Total(String text) {
      this.text = text;
    }
  }

  /** Those of one function. */
  private static final class OfFunction {
    long received;
    long refused;
    long dropped;
    long deadLetterErrors;
    long deliveryFailures;
    long ageMs;
    final long[] ages = new long[EventsStatus.FunctionEvents.AGE_BOUNDS_MS.size() + 1];
  }

  // Guarded by this.
  private final Map<Total, Long> totals = new EnumMap<>(Total.class);
  private final Map<String, OfFunction> functions =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, OfFunction> eldest) {
          return size() > FUNCTIONS_MAX;
        }
      };

  void count(Total total) {
    count(total, 1);
  }

  synchronized void count(Total total, long more) {
    totals.merge(total, more, Long::sum);
  }

  private OfFunction of(String functionArn) {
    return functions.computeIfAbsent(functionArn, arn -> new OfFunction());
  }

  /** One was accepted for the function. */
  synchronized void received(String functionArn) {
    count(Total.ACCEPTED);
    of(functionArn).received++;
  }

  /** One was owed when the engine was opened. */
  synchronized void recovered(String functionArn) {
    count(Total.RECOVERED);
    of(functionArn);
  }

  /** One for the function was not accepted: there was no room, or it had its share. */
  synchronized void refused(String functionArn) {
    count(Total.REFUSED);
    of(functionArn).refused++;
  }

  /** One begins to run, so long after it was accepted. */
  synchronized void begun(String functionArn, long ageMs) {
    OfFunction function = of(functionArn);
    function.ageMs += ageMs;
    int at = 0;
    while (at < function.ages.length - 1
        && ageMs > EventsStatus.FunctionEvents.AGE_BOUNDS_MS.get(at)) {
      at++;
    }
    function.ages[at]++;
  }

  /** One is given up. */
  synchronized void dropped(String functionArn) {
    count(Total.DROPPED);
    of(functionArn).dropped++;
  }

  /** A delivery of its events failed. */
  synchronized void notDelivered(String functionArn, boolean deadLetter) {
    count(Total.NOT_DELIVERED);
    if (deadLetter) {
      of(functionArn).deadLetterErrors++;
    } else {
      of(functionArn).deliveryFailures++;
    }
  }

  synchronized Map<String, Long> totals() {
    Map<String, Long> all = new LinkedHashMap<>();
    for (Total each : Total.values()) {
      all.put(each.text, totals.getOrDefault(each, 0L));
    }
    return all;
  }

  /**
   * @param waiting how many events of a function are owed
   */
  synchronized List<EventsStatus.FunctionEvents> functions(ToLongFunction<String> waiting) {
    List<EventsStatus.FunctionEvents> all = new ArrayList<>();
    functions.forEach(
        (arn, of) ->
            all.add(
                new EventsStatus.FunctionEvents(
                    arn,
                    waiting.applyAsLong(arn),
                    of.received,
                    of.refused,
                    of.dropped,
                    of.deadLetterErrors,
                    of.deliveryFailures,
                    of.ageMs,
                    of.ages.clone())));
    return all;
  }
}
