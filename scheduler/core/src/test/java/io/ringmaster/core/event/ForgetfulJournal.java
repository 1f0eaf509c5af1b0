package io.ringmaster.core.event;

import io.ringmaster.persistence.spi.Journal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A journal as a crash leaves it: what was accepted is there; of the outcomes handed over since the
 * last {@link #flush} a crash leaves only the first ones. It can also refuse everything for a
 * while.
 */
final class ForgetfulJournal implements Journal {
  private final MemoryJournal kept;
  private final List<Runnable> outcomes = new ArrayList<>();
  private final List<Long> handles = new ArrayList<>();

  /** How many outcomes of an event were forgotten. */
  final Map<Long, Integer> forgotten = new HashMap<>();

  boolean failing;
  int accepted;

  ForgetfulJournal(long bytesMax) {
    kept = new MemoryJournal(1_000_000, bytesMax);
  }

  void flush() {
    outcomes.forEach(Runnable::run);
    outcomes.clear();
    handles.clear();
  }

  /** The process ends: the first so many outcomes are there, the others are not. */
  void crash(int surviving) {
    int count = Math.min(surviving, outcomes.size());
    outcomes.subList(0, count).forEach(Runnable::run);
    handles
        .subList(count, handles.size())
        .forEach(handle -> forgotten.merge(handle, 1, Integer::sum));
    outcomes.clear();
    handles.clear();
  }

  private void outcome(long handle, Runnable run) {
    handles.add(handle);
    outcomes.add(run);
  }

  @Override
  public void recover(Recovery recovery) {
    kept.recover(recovery);
  }

  @Override
  public Answer accept(Event event, Receipt receipt) {
    if (failing) {
      return Answer.FAILING;
    }
    accepted++;
    return kept.accept(event, receipt);
  }

  @Override
  public boolean nearlyFull() {
    return kept.nearlyFull();
  }

  @Override
  public long bodyBytesMax() {
    return kept.bodyBytesMax();
  }

  @Override
  public void retry(long handle, long dueMs, int attempt) {
    outcome(handle, () -> kept.retry(handle, dueMs, attempt));
  }

  @Override
  public void settle(long handle) {
    outcome(handle, () -> kept.settle(handle));
  }

  @Override
  public void bury(long handle, long buriedMs, byte[] reason) {
    outcome(handle, () -> kept.bury(handle, buriedMs, reason));
  }

  @Override
  public void redrive(long handle, long acceptedMs, long dueMs) {
    outcome(handle, () -> kept.redrive(handle, acceptedMs, dueMs));
  }

  @Override
  public void read(long handle, Reading reading) {
    kept.read(handle, reading);
  }

  @Override
  public void deadLetters(long cursor, int limit, DeadLetters letters) {
    flush();
    kept.deadLetters(cursor, limit, letters);
  }

  @Override
  public void sync(Consumer<String> done) {
    flush();
    done.accept(null);
  }

  @Override
  public Status status() {
    return kept.status();
  }

  @Override
  public void close() {
    // it goes on
  }
}
