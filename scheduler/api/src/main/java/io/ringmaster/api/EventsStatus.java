package io.ringmaster.api;

import java.util.List;
import java.util.Map;

/**
 * Asynchronous invocation at this moment.
 *
 * @param waiting events that are owed: accepted, and neither done nor dead letters
 * @param deadLetters events that ended with nobody to be told
 * @param recovered events that were owed when the engine was opened
 * @param durable whether what is accepted survives the end of the process
 * @param storedBytes what the journal takes in the storage; 0: nothing is stored
 * @param memoryBytes bodies that lie in memory: arriving, kept until they run, or under way to
 *     functions and destinations; what is begun while each of the four has less than 64 MiB
 * @param degraded why nothing is accepted; null: all is well
 * @param counters by name, since the engine was opened: {@code eventsAccepted, eventsSucceeded,
 *     eventsFailed, eventsRetried, eventsThrottled, …}
 * @param functions each function that had events since the engine was opened
 */
public record EventsStatus(
    long waiting,
    long deadLetters,
    long recovered,
    boolean durable,
    long storedBytes,
    long memoryBytes,
    String degraded,
    Map<String, Long> counters,
    List<FunctionEvents> functions) {

  /**
   * What was counted of one function's events.
   *
   * @param functionArn ARN without a qualifier
   * @param waiting how many are owed; records that wait for their delivery among them
   * @param received AsyncEventsReceived: events that were accepted
   * @param refused events that were not accepted: there was no room, or the function had its share
   * @param dropped AsyncEventsDropped: events that were given up without success
   * @param deadLetterErrors DeadLetterErrors: attempts to reach its dead-letter queue that failed
   * @param destinationDeliveryFailures DestinationDeliveryFailures: the same of its destinations
   * @param ageMs AsyncEventAge: sum of the times from acceptance to the begin of an attempt, in
   *     milliseconds
   * @param ages number of attempts by that time: up to {@link #AGE_BOUNDS_MS} each, and, at the
   *     end, beyond them; the caller's own
   */
  public record FunctionEvents(
      String functionArn,
      long waiting,
      long received,
      long refused,
      long dropped,
      long deadLetterErrors,
      long destinationDeliveryFailures,
      long ageMs,
      long[] ages) {
    /** Upper bounds of the classes of ages, in milliseconds, inclusive. */
    public static final List<Long> AGE_BOUNDS_MS =
        List.of(10L, 100L, 1_000L, 10_000L, 60_000L, 180_000L, 600_000L, 3_600_000L, 21_600_000L);
  }
}
