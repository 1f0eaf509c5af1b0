package io.ringmaster.simulation;

import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.core.event.Courier;
import io.ringmaster.core.event.EventClock;
import io.ringmaster.core.event.EventDoor;
import io.ringmaster.core.event.EventsConfig;
import io.ringmaster.simulation.EventStage.Outcome;
import io.ringmaster.simulation.EventStage.Settings;
import io.ringmaster.simulation.EventStage.Submitted;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One run of asynchronous invocation: the real door and agent over a journal that loses what was
 * not forced, with processes that are killed and begin anew, calls that fail, and a clock that
 * somebody sets. One thread; equal seeds give equal runs.
 */
final class EventRun {
  private static final Owner OWNER = new Owner("123456789012", "us-east-1");
  private static final long BEGIN_MS = 1_767_225_600_000L;
  private static final long NS_PER_MS = 1_000_000;
  private static final long LOOK_MS = 60_000;
  private static final long REST_WITHIN_MS = TimeUnit.DAYS.toMillis(4);
  private static final long TIMEOUT_MS = TimeUnit.MINUTES.toMillis(15);
  private static final int FUNCTIONS_MAX = 6;
  private static final int EVENTS_PER_INVOCATIONS = 8;
  private static final int TURNS_PER_MOMENT_MAX = 10_000;
  private static final int BACKLOG_MAX = 100_000;

  private final SeededRandom random;
  private final EventFaults faults;
  private final Agenda agenda = new Agenda(BEGIN_MS);
  private final EventReferee referee = new EventReferee(agenda);
  private final SimulatedJournal journal;
  private final Map<String, Settings> settings = new LinkedHashMap<>();
  private final List<String> functions;

  /** Null: no process lives. */
  private EventDoor door;

  private EventClock.Kept keptClock;

  /** By how much the clock of the wall is wrong, and was when that was last kept. */
  private long wrongMs;

  private long wrongWhenKeptMs;
  private boolean targetDown;
  private boolean quiet;
  private int left;
  private long turns;

  EventRun(long seed, FaultMix mix, int invocations) {
    random = new SeededRandom(SeededRandom.mix(SeededRandom.mix(seed * 64 + mix.ordinal())));
    faults = EventFaults.draw(mix, random);
    journal = new SimulatedJournal(agenda, random, referee);
    left = Math.max(2, invocations / EVENTS_PER_INVOCATIONS);
    for (int i = random.between(1, FUNCTIONS_MAX); i > 0; i--) {
      settings.put("f" + i, Settings.draw(random));
    }
    functions = List.copyOf(settings.keySet());
  }

  Run.Result go() {
    try {
      start();
      agenda.plan(0, this::arrive);
      planNext(faults.crashMeanMs(), this::crash);
      planNext(faults.clockSetMeanMs(), this::setClock);
      planNext(faults.outageMeanMs(), this::outage);
      while (!referee.failed() && !atRest()) {
        turn();
      }
      if (!referee.failed()) {
        referee.atEnd(journal);
      }
    } catch (IOException | RuntimeException | Error thrown) {
      referee.violation("threw " + thrown + " at " + Run.place(thrown));
    }
    return new Run.Result(referee.count(), turns, List.copyOf(referee.violations()));
  }

  // ---- the process ----

  private void start() throws IOException {
    long beginMs = agenda.nowMs();
    EventClock clock =
        new EventClock(
            () -> Instant.ofEpochMilli(agenda.nowMs() + wrongMs),
            () -> (agenda.nowMs() - beginMs) * NS_PER_MS,
            kept());
    door =
        new EventDoor(
            journal,
            true,
            owner -> EventStage.functions(settings),
            () -> EventStage.call((function, submitted) -> runs(submitted)),
            courier(),
            new EventsConfig(OWNER, BACKLOG_MAX, EventReferee.RETRY_BASE_MS, BACKLOG_MAX),
            clock);
    door.recover();
  }

  private EventClock.Storage kept() {
    return new EventClock.Storage() {
      @Override
      public EventClock.Kept load() {
        return keptClock;
      }

      @Override
      public boolean save(EventClock.Kept kept) {
        keptClock = kept;
        wrongWhenKeptMs = wrongMs;
        return true;
      }
    };
  }

  /** It works until there is nothing to do at this moment, then sleeps. */
  private void turn() {
    int now = 0;
    while (door != null && door.agent().doWork() > 0) {
      turns++;
      if (++now > TURNS_PER_MOMENT_MAX) {
        referee.violation("the agent turns without end");
        return;
      }
    }
    long idleMs = door == null ? LOOK_MS : Math.min(door.agent().idleMs(), LOOK_MS);
    agenda.passTo(Math.min(agenda.nextMs(), agenda.nowMs() + Math.max(1, idleMs)));
    if (agenda.nowMs() > BEGIN_MS + REST_WITHIN_MS) {
      quiet = true;
    }
  }

  private boolean atRest() {
    boolean over = agenda.nowMs() > BEGIN_MS + 2 * REST_WITHIN_MS;
    if (over) {
      referee.violation("the run does not come to rest");
    }
    return over
        || door != null
            && left == 0
            && quiet
            && journal.status().owed() == 0
            && agenda.nextMs() == Long.MAX_VALUE;
  }

  private void crash() {
    if (quiet) {
      return;
    }
    referee.crashed(faults.outageMeanMs() > 0);
    agenda.endProcess();
    journal.crash();
    door = null;
    agenda.plan(random.chance(0.7) ? 0 : random.exponential(600_000), this::restart);
  }

  private void restart() {
    referee.started(
        Math.min(EventReferee.DOWN_COUNTED_MAX_MS, Math.max(0, wrongMs - wrongWhenKeptMs)));
    try {
      start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    planNext(faults.crashMeanMs(), this::crash);
  }

  // ---- faults of the world ----

  private void planNext(long meanMs, Runnable happening) {
    if (meanMs > 0 && !quiet) {
      agenda.plan(random.exponential(meanMs), happening);
    }
  }

  private void setClock() {
    long span = TimeUnit.DAYS.toMillis(random.chance(0.5) ? 1 : 4_000);
    wrongMs = quiet || random.chance(0.3) ? 0 : random.between(-span, span);
    planNext(faults.clockSetMeanMs(), this::setClock);
  }

  private void outage() {
    boolean begins = !quiet && !targetDown;
    targetDown = begins;
    journal.failing = begins && random.chance(0.5);
    if (begins) {
      agenda.plan(random.exponential(1_200_000), this::outage);
    } else {
      planNext(faults.outageMeanMs(), this::outage);
    }
  }

  // ---- neighbours ----

  private void arrive() {
    int count = Math.min(left, faults.burst() > 0 ? random.between(1, faults.burst()) : 1);
    for (int i = 0; i < count && door != null; i++) { // else their clients hear nothing
      offer();
    }
    left -= count;
    if (left > 0) {
      agenda.plan(random.exponential(faults.burst() > 0 ? 300_000 : 20_000), this::arrive);
    } else {
      agenda.plan(random.exponential(3_600_000), () -> quiet = true);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // Noting the answer throws nothing.
  private void offer() {
    String function = functions.get(random.nextInt(functions.size()));
    UUID id = new UUID(random.nextLong(), random.nextLong());
    referee.offered(id, function, settings.get(function));
    door.accept(InvokeRequest.of(function, "1").withOwner(OWNER).withRequestId(id))
        .thenAccept(
            refusal -> {
              if (refusal == null) {
                referee.acknowledged(id);
              }
            });
  }

  private void runs(Submitted submitted) {
    UUID id = submitted.requestId();
    referee.runs(id);
    boolean refused = !quiet && random.chance(faults.throttle());
    boolean error = !refused && !quiet && random.chance(faults.error());
    Refusal refusal = refused ? Refusal.throttled("ConcurrentInvocationLimitExceeded") : null;
    long tookMs = refused ? 0 : random.exponential(100);
    if (!refused && !quiet && random.chance(faults.hang())) {
      tookMs = TIMEOUT_MS;
    }
    agenda.planInProcess(
        tookMs,
        () -> {
          referee.ended(id, !refused, error);
          submitted.settle(new Outcome(refusal, error));
        });
  }

  private Courier courier() {
    return new Courier() {
      @Override
      public void deliver(Parcel parcel, Consumer<String> done) {
        agenda.planInProcess(
            random.exponential(50),
            () -> {
              if (targetDown) {
                done.accept("it is down");
              } else {
                referee.told(parcel.requestId(), parcel.condition());
                done.accept(null);
              }
            });
      }

      @Override
      public void close() {
        // the process ends as a kill ends it
      }
    };
  }
}
