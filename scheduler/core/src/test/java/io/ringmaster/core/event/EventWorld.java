package io.ringmaster.core.event;

import io.ringmaster.api.EventsStatus;
import io.ringmaster.api.Owner;
import io.ringmaster.persistence.spi.Journal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/** An agent turned by hand, in a time of its own, over a journal that outlives it. */
final class EventWorld {
  static final Owner OWNER = new Owner("123456789012", "us-east-1");
  static final long BASE_MS = 60_000;
  static final int DEAD_LETTERS_MAX = 100;
  private static final long BEGIN_MS = 1_700_000_000_000L;

  final ForgetfulJournal journal;
  final Map<String, EventSettings> settings = new HashMap<>();
  final List<Courier.Parcel> delivered = new ArrayList<>();
  EventFigures figures;

  /** By function; those without one succeed with {@code "done"}. */
  final Map<String, Function<ScriptedCall.Submitted, ScriptedCall.Outcome>> scripts =
      new HashMap<>();

  /** When which request ran, in milliseconds since the begin. */
  final Map<UUID, List<Long>> runs = new HashMap<>();

  boolean targetDown;

  /** What has passed, whatever the clock of the wall shows. */
  long nowMs = BEGIN_MS;

  /** By how much that one is wrong. */
  long wrongMs;

  EventAgent agent;
  EventClock clock;
  EventClock.Kept keptClock;
  Backlog backlog;
  private final int eventsMax;

  EventWorld() {
    this(1L << 30);
  }

  EventWorld(long journalBytesMax) {
    this(journalBytesMax, 1_000_000);
  }

  EventWorld(long journalBytesMax, int eventsMax) {
    this.eventsMax = eventsMax;
    journal = new ForgetfulJournal(journalBytesMax);
    restart();
  }

  /** A new process over the same journal. */
  void restart() {
    clock =
        new EventClock(
            () -> Instant.ofEpochMilli(nowMs + wrongMs), () -> sinceBegin() * 1_000_000, kept());
    backlog = new Backlog(eventsMax, Journal.mostlyFull(journal.bodyBytesMax()));
    figures = new EventFigures();
    agent =
        new EventAgent(
            journal,
            () -> new ScriptedCall(this::run),
            source(),
            courier(),
            new EventsConfig(OWNER, 1_000_000, BASE_MS, DEAD_LETTERS_MAX),
            figures,
            backlog,
            clock);
    RecoveredEvents recovered = new RecoveredEvents(agent, backlog, figures, clock, BASE_MS);
    journal.recover(recovered);
    clock.recovered(recovered.newestMs());
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
        return true;
      }
    };
  }

  private ScriptedCall.Outcome run(ScriptedCall.Submitted submitted) {
    runs.computeIfAbsent(submitted.requestId(), id -> new ArrayList<>()).add(sinceBegin());
    return scripts
        .getOrDefault(submitted.function(), any -> ScriptedCall.Outcome.success("\"done\""))
        .apply(submitted);
  }

  private EventSettings.Source source() {
    return new EventSettings.Source() {
      @Override
      public EventSettings of(Owner owner, String function, String qualifier) {
        return settings.getOrDefault(function, EventSettings.NONE);
      }

      @Override
      public boolean exists(Owner owner, String function, String qualifier) {
        return !function.equals("missing");
      }
    };
  }

  private Courier courier() {
    return new Courier() {
      @Override
      public void deliver(Parcel parcel, Consumer<String> done) {
        if (targetDown) {
          done.accept("it is down");
        } else {
          delivered.add(parcel);
          done.accept(null);
        }
      }

      @Override
      public void close() {
        // nothing is under way
      }
    };
  }

  long sinceBegin() {
    return nowMs - BEGIN_MS;
  }

  /** Accepts an event {@code 1} for a function. */
  UUID accept(String function) {
    return accept(function, null);
  }

  UUID accept(String function, String traceHeader) {
    UUID id = UUID.randomUUID();
    EventBody.Invocation event =
        new EventBody.Invocation(
            id,
            OWNER,
            function,
            null,
            null,
            Lineage.extended(traceHeader, OWNER.lambdaArn("function:" + function), nowMs),
            "1".getBytes(StandardCharsets.UTF_8));
    Journal.Event journalled = Attempts.journalled(event, clock.nowMs());
    journal.accept(
        journalled,
        new Journal.Receipt() {
          @Override
          public void accepted(long handle) {
            agent.post(() -> agent.addFollowing(handle, journalled));
          }

          @Override
          public void refused(String detail) {
            throw new AssertionError(detail);
          }
        });
    return id;
  }

  /** Turns until nothing is to be done at this moment. */
  void settle() {
    while (agent.doWork() > 0) {
      // there may be more
    }
  }

  /** Lets time pass, event by event. */
  void pass(long ms) {
    long endMs = nowMs + ms;
    settle();
    while (agent.nextMs() - clock.nowMs() <= endMs - nowMs) {
      nowMs += Math.max(0, agent.nextMs() - clock.nowMs());
      settle();
    }
    nowMs = endMs;
    settle();
  }

  List<EventsStatus.FunctionEvents> functions() {
    return figures.functions(backlog::owed);
  }

  int owed() {
    return (int) backlog.owed();
  }
}
