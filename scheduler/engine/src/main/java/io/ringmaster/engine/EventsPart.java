package io.ringmaster.engine;

import io.ringmaster.api.Call;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.Events;
import io.ringmaster.api.Functions;
import io.ringmaster.api.MissingJvmFlagsException;
import io.ringmaster.api.Owner;
import io.ringmaster.core.event.Courier;
import io.ringmaster.core.event.EventClock;
import io.ringmaster.core.event.EventDoor;
import io.ringmaster.core.event.EventsConfig;
import io.ringmaster.core.event.MemoryJournal;
import io.ringmaster.persistence.spi.Journal;
import io.ringmaster.persistence.spi.JournalProvider;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Asynchronous invocation: its journal, its agent, its courier, and the order of their end. */
final class EventsPart implements AutoCloseable {
  private static final String FOLDER = "journal";
  private static final String CLOCK = "events.clock";

  private static final int DEAD_LETTERS_MAX = 100_000;

  private static final long JOURNAL_EVENTS_MAX = 16_000_000;
  private static final long MEMORY_BYTES_MAX = 256L << 20;
  private static final long RECORDED_NS = TimeUnit.SECONDS.toNanos(5);

  private static final System.Logger LOG = System.getLogger("io.ringmaster.engine");

  private final Journal journal;
  private final boolean durable;
  private final Courier courier;
  private final EventDoor door;
  private final EventClock clock;
  private final AgentThread thread;

  private EventsPart(
      Journal journal,
      boolean durable,
      Courier courier,
      EventDoor door,
      EventClock clock,
      BiConsumer<String, Throwable> failures) {
    this.journal = journal;
    this.durable = durable;
    this.courier = courier;
    this.door = door;
    this.clock = clock;
    thread =
        new AgentThread(
            "ringmaster-events",
            door.agent(),
            door.agent()::await,
            door.agent()::wake,
            thrown -> failures.accept("events", thrown));
  }

  /**
   * Opens it on what is owed.
   *
   * @param functions of an owner
   * @throws IOException the journal cannot be opened or read
   */
  static EventsPart open(
      EngineConfig config,
      Path data,
      Owner owner,
      Function<Owner, Functions> functions,
      Supplier<Call> newCall,
      Courier courier,
      BiConsumer<String, Throwable> failures)
      throws IOException {
    JournalProvider provider = config.dataFolder() == null ? null : provider();
    // An event that failed may be owed to two, until it was told; and a few more dead letters.
    long eventsMax = Math.min(JOURNAL_EVENTS_MAX, 2L * config.eventsMax() + 2 * DEAD_LETTERS_MAX);
    Journal journal =
        provider == null
            ? new MemoryJournal(eventsMax, MEMORY_BYTES_MAX)
            : provider.open(data.resolve(FOLDER), config.synced(), eventsMax);
    EventClock clock =
        new EventClock(
            InstantSource.system(),
            System::nanoTime,
            provider == null ? EventClock.Storage.NONE : new EventClockFile(data.resolve(CLOCK)));
    try {
      EventDoor door =
          new EventDoor(
              journal,
              provider != null,
              functions,
              newCall,
              courier,
              new EventsConfig(
                  owner,
                  config.eventsMax(),
                  TimeUnit.NANOSECONDS.toMillis(config.retryBaseNs()),
                  DEAD_LETTERS_MAX),
              clock);
      door.recover();
      return new EventsPart(journal, provider != null, courier, door, clock, failures);
    } catch (IOException | RuntimeException | Error failure) {
      journal.close();
      throw failure;
    }
  }

  /** Null: nothing on the class path keeps events. */
  private static JournalProvider provider() {
    JournalProvider provider =
        ServiceLoader.load(JournalProvider.class, JournalProvider.class.getClassLoader())
            .findFirst()
            .orElse(null);
    List<String> missing = provider == null ? List.of() : provider.missingJvmFlags();
    if (!missing.isEmpty()) {
      throw new MissingJvmFlagsException(missing);
    }
    return provider;
  }

  void start() {
    thread.start();
  }

  Events events() {
    return door;
  }

  /**
   * Accepts nothing more, and begins nothing more; what would be lost with the process may run
   * until then. What runs is recorded as long as the dispatcher is there, and until {@link #close};
   * what is being delivered may end until the dispatcher has ended.
   */
  void stop(long deadlineNs) {
    door.closeDoor();
    if (!durable) {
      door.awaitIdle(deadlineNs);
    }
    door.agent().stop();
  }

  @Override
  public void close() {
    stop(System.nanoTime());
    courier.close(); // what hangs would keep what follows waiting
    door.awaitIdle(System.nanoTime() + RECORDED_NS);
    thread.close();
    clock.save();
    long lost = durable ? 0 : journal.status().owed();
    if (lost > 0) {
      LOG.log(Level.WARNING, "{0} accepted events are lost with the engine", lost);
    }
    journal.close();
  }
}
