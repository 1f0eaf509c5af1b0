package io.ringmaster.simulation;

import io.ringmaster.persistence.spi.Journal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Says what is wrong with how events are dealt with. It counts for itself, in the time of the
 * world, and knows which outcomes a crash took with it.
 */
final class EventReferee {
  static final long RETRY_BASE_MS = 60_000;

  /** Of the time between two processes no more counts. */
  static final long DOWN_COUNTED_MAX_MS = 3_600_000;

  private static final int RUNNING_MAX = 256;
  private static final int FUNCTION_RUNNING_MAX = 32;

  /** An outcome is handed to the journal, and forced there, within this time. */
  private static final long RECORDED_MS = 1_000;

  /** What a clock is set by without being told from its drift, for each start. */
  private static final long UNNOTICED_MS = 2_000;

  private static final int VIOLATIONS_MAX = 10;

  /** One event that a client offered. */
  private static final class Offered {
    final String function;
    final EventStage.Settings settings;
    final long offeredMs;
    final long earlyBefore;
    boolean acknowledged;
    boolean succeeded;
    boolean toldOfSuccess;
    boolean toldOfFailure;
    boolean endedDurably;
    int errors;

    /** Outcomes that a crash took with it. */
    int forgotten;

    long unrecordedSinceMs = -1;
    int unrecorded;
    int running;
    long notBeforeMs;
    long earlyAtError;

    Offered(String function, EventStage.Settings settings, long offeredMs, long earlyBefore) {
      this.function = function;
      this.settings = settings;
      this.offeredMs = offeredMs;
      this.earlyBefore = earlyBefore;
    }
  }

  private final Agenda agenda;
  private final Map<UUID, Offered> events = new LinkedHashMap<>();
  private final Map<String, Integer> runningOf = new HashMap<>();
  private final List<String> violations = new ArrayList<>();
  private int running;

  /** By how much starts with a wrong clock may have let things come early, in all. */
  private long earlyMs;

  EventReferee(Agenda agenda) {
    this.agenda = agenda;
  }

  void violation(String text) {
    if (violations.size() < VIOLATIONS_MAX) {
      violations.add("events: " + text + " at " + agenda.nowMs() + " ms");
    }
  }

  List<String> violations() {
    return violations;
  }

  boolean failed() {
    return !violations.isEmpty();
  }

  void offered(UUID id, String function, EventStage.Settings settings) {
    events.put(id, new Offered(function, settings, agenda.nowMs(), earlyMs));
  }

  void acknowledged(UUID id) {
    events.get(id).acknowledged = true;
  }

  // ---- attempts ----

  void runs(UUID id) {
    Offered event = events.get(id);
    if (event.endedDurably) {
      violation("an event runs that was done, and recorded so");
    }
    if (event.running > 0) {
      violation("an event runs twice at once");
    }
    long tolerance = earlyMs - event.earlyAtError;
    if (agenda.nowMs() + tolerance < event.notBeforeMs) {
      violation("a retry comes " + (event.notBeforeMs - agenda.nowMs()) + " ms before its time");
    }
    int allowed = event.settings.retries() + event.forgotten;
    if (event.errors > allowed) {
      violation("an event runs after " + event.errors + " errors; " + allowed + " are allowed");
    }
    event.running++;
    running++;
    int ofFunction = runningOf.merge(event.function, 1, Integer::sum);
    if (running > RUNNING_MAX || ofFunction > FUNCTION_RUNNING_MAX) {
      violation(running + " events run, " + ofFunction + " of one function");
    }
  }

  /**
   * An attempt ended, and the process is told.
   *
   * @param ran false: it was refused
   */
  void ended(UUID id, boolean ran, boolean error) {
    Offered event = events.get(id);
    event.running--;
    running--;
    runningOf.merge(event.function, -1, Integer::sum);
    if (!ran) {
      return;
    }
    event.succeeded |= !error;
    if (error) {
      event.errors++;
      event.notBeforeMs =
          agenda.nowMs() + RETRY_BASE_MS * Math.max(1, event.errors - event.forgotten);
      event.earlyAtError = earlyMs;
    }
    event.unrecorded++;
    event.unrecordedSinceMs = agenda.nowMs();
  }

  // ---- the journal ----

  private static boolean isDelivery(Journal.Event event) {
    return event.lane().startsWith(">");
  }

  private Offered of(Journal.Event event) {
    return isDelivery(event) ? null : events.get(new UUID(event.idHigh(), event.idLow()));
  }

  /** Something about an event is durable: that it is owed no more, or when it is to run. */
  void recorded(Journal.Event event, boolean ended) {
    Offered offered = of(event);
    if (offered != null) {
      offered.unrecorded = 0;
      offered.endedDurably |= ended;
    }
  }

  /** An event is given up with nobody to be told, or a record could not be delivered. */
  void givenUp(Journal.Event event, String condition) {
    Offered offered = of(event);
    if (offered != null) {
      checkAge(offered, condition);
    }
  }

  /** Somebody is told of an event's end. */
  void told(UUID id, String condition) {
    Offered event = events.get(id);
    boolean success = "Success".equals(condition);
    if (success && !event.succeeded) {
      violation("somebody is told of a success that was none");
    }
    event.toldOfSuccess |= success;
    event.toldOfFailure |= !success;
    checkAge(event, condition);
  }

  private void checkAge(Offered event, String condition) {
    long ageMs = agenda.nowMs() - event.offeredMs + earlyMs - event.earlyBefore;
    // It is given up early when its next attempt would come too late.
    long longestMs = RETRY_BASE_MS * Math.max(1, event.errors);
    if ("EventAgeExceeded".equals(condition) && ageMs + longestMs < event.settings.ageMaxMs()) {
      violation("an event is given up as too old after " + ageMs + " ms");
    }
  }

  // ---- the process ----

  /**
   * It is killed.
   *
   * @param mayBeLate whether the journal failed, so that outcomes wait
   */
  void crashed(boolean mayBeLate) {
    for (Offered event : events.values()) {
      boolean late = event.unrecorded > 0 && agenda.nowMs() - event.unrecordedSinceMs > RECORDED_MS;
      if (late && !mayBeLate) {
        violation("what came of an event was not recorded in time");
      }
      if (event.unrecorded > 0) {
        event.forgotten += event.unrecorded;
        event.unrecorded = 0;
        event.notBeforeMs = 0;
      }
      event.running = 0;
    }
    running = 0;
    runningOf.clear();
  }

  /**
   * It begins anew.
   *
   * @param earlyAtMostMs by how much the clock of the wall went ahead meanwhile; 0 or more
   */
  void started(long earlyAtMostMs) {
    earlyMs += earlyAtMostMs + UNNOTICED_MS;
  }

  // ---- the end ----

  void atEnd(SimulatedJournal journal) {
    if (journal.status().owed() > 0) {
      violation(journal.status().owed() + " events are owed for ever");
    }
    events.forEach(
        (id, event) -> {
          boolean told =
              event.succeeded && (!event.settings.onSuccess() || event.toldOfSuccess)
                  || event.settings.onFailure() && event.toldOfFailure;
          if (event.acknowledged
              && !told
              && !journal.isDead(id.getMostSignificantBits(), id.getLeastSignificantBits())) {
            violation("an accepted event was lost");
          }
        });
  }

  long count() {
    return events.size();
  }
}
