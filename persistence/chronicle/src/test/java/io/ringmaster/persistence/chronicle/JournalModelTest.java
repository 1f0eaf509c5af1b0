package io.ringmaster.persistence.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringmaster.persistence.chronicle.TestJournal.Owed;
import io.ringmaster.persistence.spi.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * Random histories of events, outcomes and restarts against a map. Cycles are tiny, so that they
 * roll, are checkpointed and carried forward all the time.
 */
final class JournalModelTest {
  private static final int STEPS = 250;
  private static final JournalLimits TINY =
      new JournalLimits(100_000, 1L << 30, 16_000, 120, Long.MAX_VALUE);

  /** What is known of an event. */
  private record Known(long id, long acceptedMs, long dueMs, int attempt, int bytes, byte[] why) {
    boolean isDead() {
      return why != null;
    }
  }

  private final Map<Long, Known> model = new HashMap<>();
  private Random random;
  private long nextId;
  private TestJournal journal;

  @Property(tries = 8, shrinking = ShrinkingMode.OFF)
  void theJournalIsAMap(@ForAll long seed) throws IOException {
    random = new Random(seed);
    model.clear();
    Path folder = Files.createTempDirectory("ringmaster-journal-test");
    try {
      journal = new TestJournal(folder, TINY, new JournalFiles());
      for (int step = 0; step < STEPS; step++) {
        step(folder);
      }
      reopen(folder);
      compareBodies();
    } finally {
      journal.close();
      TestFolders.delete(folder);
    }
  }

  private void step(Path folder) throws IOException {
    switch (random.nextInt(20)) {
      case 0 -> reopen(folder);
      case 1, 2, 3, 4, 5 -> acceptSome();
      case 6, 7, 8, 9, 10, 11 -> settle();
      case 12, 13, 14, 15 -> retry();
      case 16, 17 -> bury();
      case 18 -> redrive();
      default -> compareBodies();
    }
  }

  private void acceptSome() throws IOException {
    List<CompletableFuture<Long>> accepted = new ArrayList<>();
    List<Known> events = new ArrayList<>();
    int count = 1 + random.nextInt(12);
    for (int i = 0; i < count; i++) {
      int bytes = random.nextInt(10) == 0 ? random.nextInt(100_000) : random.nextInt(300);
      Journal.Event event = TestJournal.event(nextId++, bytes);
      accepted.add(journal.offer(event));
      events.add(new Known(event.idLow(), event.acceptedMs(), event.dueMs(), 0, bytes, null));
    }
    for (int i = 0; i < count; i++) {
      Known before = model.put(TestJournal.await(accepted.get(i)), events.get(i));
      assertEquals(null, before, "a handle was given twice");
    }
  }

  /** Some event of the model, dead or not; null: there is none. */
  private Long any(boolean dead) {
    List<Long> fitting =
        model.keySet().stream().filter(each -> model.get(each).isDead() == dead).sorted().toList();
    return fitting.isEmpty() ? null : fitting.get(random.nextInt(fitting.size()));
  }

  private void settle() {
    Long handle = any(random.nextInt(5) == 0);
    if (handle != null) {
      model.remove(handle);
      journal.journal.settle(handle);
    }
  }

  private void retry() {
    Long handle = any(false);
    if (handle != null) {
      Known was = model.get(handle);
      long dueMs = random.nextLong();
      int attempt = random.nextInt(256);
      model.put(handle, new Known(was.id, was.acceptedMs, dueMs, attempt, was.bytes, null));
      journal.journal.retry(handle, dueMs, attempt);
    }
  }

  private void bury() {
    Long handle = any(false);
    if (handle != null) {
      Known was = model.get(handle);
      byte[] why = new byte[random.nextInt(2_000)];
      random.nextBytes(why);
      long atMs = random.nextLong();
      model.put(handle, new Known(was.id, was.acceptedMs, atMs, was.attempt, was.bytes, why));
      journal.journal.bury(handle, atMs, why);
    }
  }

  private void redrive() {
    Long handle = any(true);
    if (handle != null) {
      Known was = model.get(handle);
      model.put(handle, new Known(was.id, 5, 6, 0, was.bytes, null));
      journal.journal.redrive(handle, 5, 6);
    }
  }

  private void reopen(Path folder) throws IOException {
    journal.close();
    journal = new TestJournal(folder, TINY, new JournalFiles());
    Map<Long, Owed> owed = new HashMap<>();
    model.forEach(
        (handle, known) -> {
          if (!known.isDead()) {
            owed.put(
                handle,
                new Owed(
                    known.id,
                    TestJournal.LANE,
                    known.acceptedMs,
                    known.dueMs,
                    known.attempt,
                    known.bytes));
          }
        });
    assertEquals(owed, journal.recovered);
    Set<Long> dead = new HashSet<>();
    for (Journal.DeadLetter letter : journal.deadLetters(3)) {
      dead.add(letter.handle());
      Known known = model.get(letter.handle());
      assertEquals(known.dueMs, letter.buriedMs());
      assertEquals(known.id, letter.idLow());
    }
    assertEquals(model.size() - owed.size(), dead.size());
  }

  private void compareBodies() throws IOException {
    for (Map.Entry<Long, Known> each : model.entrySet()) {
      TestJournal.Found found = journal.read(each.getKey());
      Known known = each.getValue();
      assertArrayEquals(TestJournal.body(known.id, known.bytes), found.body());
      if (known.isDead()) {
        assertArrayEquals(known.why, found.reason());
      }
    }
    Journal.Status status = journal.journal.status();
    assertEquals(null, status.degraded());
    assertEquals(0, status.strayOutcomes());
  }
}
