package io.ringmaster.simulation;

import io.ringmaster.persistence.spi.Journal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A log in memory that is forced now and then. A crash leaves what was forced, and of the rest as
 * much of its beginning as chance will have it.
 */
final class SimulatedJournal implements Journal {
  private static final long BYTES_MAX = 1L << 40;
  private static final int FORCE_MS_MAX = 20;

  /** An event as the log has it. */
  private static final class Row {
    final Event event;
    long acceptedMs;
    long dueMs;
    int attempt;
    boolean dead;

    Row(Event event) {
      this.event = event;
      acceptedMs = event.acceptedMs();
      dueMs = event.dueMs();
      attempt = event.attempt();
    }

    Row copy() {
      Row copy = new Row(event);
      copy.acceptedMs = acceptedMs;
      copy.dueMs = dueMs;
      copy.attempt = attempt;
      copy.dead = dead;
      return copy;
    }
  }

  /** A record of the log: what it changes, and who waits until it is durable. */
  private record Entry(Event event, Consumer<Map<Long, Row>> change, Runnable durable) {}

  private final Agenda agenda;
  private final SeededRandom random;
  private final EventReferee referee;
  private Map<Long, Row> rows = new TreeMap<>();
  private final Map<Long, Row> durable = new TreeMap<>();
  private final List<Entry> unforced = new ArrayList<>();
  private boolean forcing;
  private long lastHandle;

  /** It accepts nothing at present. */
  boolean failing;

  SimulatedJournal(Agenda agenda, SeededRandom random, EventReferee referee) {
    this.agenda = agenda;
    this.random = random;
    this.referee = referee;
  }

  private void append(Event event, Consumer<Map<Long, Row>> change, Runnable told) {
    change.accept(rows);
    unforced.add(new Entry(event, change, told));
    if (!forcing) {
      forcing = true;
      agenda.planInProcess(random.between(1, FORCE_MS_MAX), this::force);
    }
  }

  private void force() {
    forcing = false;
    List<Entry> forced = List.copyOf(unforced);
    unforced.clear();
    forced.forEach(this::keep);
    forced.forEach(each -> each.durable().run());
  }

  private void keep(Entry entry) {
    entry.change().accept(durable);
    referee.recorded(entry.event(), ended(entry.event()));
  }

  private boolean ended(Event event) {
    return durable.values().stream().noneMatch(row -> row.event == event && !row.dead);
  }

  /** The process ends here. */
  void crash() {
    unforced.subList(0, random.nextInt(unforced.size() + 1)).forEach(this::keep);
    unforced.clear();
    forcing = false;
    rows = new TreeMap<>();
    durable.forEach((handle, row) -> rows.put(handle, row.copy()));
  }

  /** Whether a dead letter has that id. */
  boolean isDead(long idHigh, long idLow) {
    return rows.values().stream()
        .anyMatch(row -> row.dead && row.event.idHigh() == idHigh && row.event.idLow() == idLow);
  }

  @Override
  public void recover(Recovery recovery) {
    rows.forEach(
        (handle, row) -> {
          if (!row.dead) {
            Event event = row.event;
            recovery.owed(
                handle,
                event.idHigh(),
                event.idLow(),
                event.lane(),
                row.acceptedMs,
                row.dueMs,
                row.attempt,
                event.body().length);
          }
        });
  }

  @Override
  public Answer accept(Event event, Receipt receipt) {
    if (failing) {
      return Answer.FAILING;
    }
    long handle = ++lastHandle;
    append(event, to -> to.put(handle, new Row(event)), () -> receipt.accepted(handle));
    return Answer.TAKEN;
  }

  private void outcome(long handle, Consumer<Row> change) {
    Row row = rows.get(handle);
    if (row == null) {
      referee.violation("an outcome of an event that the journal does not have");
      return;
    }
    append(row.event, to -> change.accept(to.get(handle)), () -> {});
  }

  @Override
  public void retry(long handle, long dueMs, int attempt) {
    outcome(
        handle,
        row -> {
          row.dueMs = dueMs;
          row.attempt = attempt;
        });
  }

  @Override
  public void settle(long handle) {
    Row row = rows.get(handle);
    if (row == null) {
      referee.violation("an event was settled twice");
      return;
    }
    append(row.event, to -> to.remove(handle), () -> {});
  }

  @Override
  public void bury(long handle, long buriedMs, byte[] reason) {
    String condition = new String(reason, StandardCharsets.UTF_8).split("\n", 2)[0];
    Row buried = rows.get(handle);
    if (buried != null) {
      referee.givenUp(buried.event, condition);
    }
    outcome(handle, row -> row.dead = true);
  }

  @Override
  public void redrive(long handle, long acceptedMs, long dueMs) {
    throw new UnsupportedOperationException("nobody asks for it here");
  }

  @Override
  public void read(long handle, Reading reading) {
    Row row = rows.get(handle);
    agenda.planInProcess(
        random.between(0, 5),
        () -> {
          if (row == null) {
            reading.failed(true, "it is settled");
          } else {
            reading.found(row.event.body(), new byte[0]);
          }
        });
  }

  @Override
  public boolean nearlyFull() {
    return false;
  }

  @Override
  public long bodyBytesMax() {
    return BYTES_MAX;
  }

  @Override
  public void deadLetters(long cursor, int limit, DeadLetters letters) {
    letters.found(List.of(), -1);
  }

  @Override
  public void sync(Consumer<String> done) {
    done.accept(null);
  }

  @Override
  public Status status() {
    long dead = rows.values().stream().filter(row -> row.dead).count();
    return new Status(rows.size() - dead, dead, 0, 0, 0, 0, 0, 0, null);
  }

  @Override
  public void close() {
    // it goes on in the next process
  }
}
