package io.ringmaster.persistence.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.chronicle.TestJournal.Found;
import io.ringmaster.persistence.chronicle.TestJournal.Owed;
import io.ringmaster.persistence.spi.Journal;
import io.ringmaster.persistence.spi.JournalProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChronicleJournalTest {
  @TempDir Path folder;

  @Test
  void whatIsOwedIsThereAfterARestart() throws IOException {
    long settled;
    long retried;
    long plain;
    try (TestJournal first = new TestJournal(folder)) {
      settled = first.accept(1, 10);
      retried = first.accept(2, 20);
      plain = first.accept(3, 0);
      first.journal.settle(settled);
      first.journal.retry(retried, 99_000, 2);
    }
    try (TestJournal second = new TestJournal(folder)) {
      assertEquals(2, second.recovered.size());
      assertEquals(
          new Owed(2, TestJournal.LANE, 1_002, 99_000, 2, 20), second.recovered.get(retried));
      assertEquals(new Owed(3, TestJournal.LANE, 1_003, 2_003, 0, 0), second.recovered.get(plain));
      assertArrayEquals(TestJournal.body(2, 20), second.read(retried).body());
      assertEquals(0, second.read(plain).body().length);
      assertTrue(second.read(settled).gone());
      assertEquals(2, second.journal.status().owed());
    }
  }

  @Test
  void deadEventsAreListedReadAndDrivenAgain() throws IOException {
    byte[] reason = "RetriesExhausted".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    long redriven;
    long purged;
    long kept;
    try (TestJournal first = new TestJournal(folder)) {
      redriven = first.accept(1, 10);
      purged = first.accept(2, 10);
      kept = first.accept(3, 10);
      for (long each : new long[] {redriven, purged, kept}) {
        first.journal.bury(each, 5_000, reason);
      }
      first.journal.redrive(redriven, 7_000, 8_000);
      first.journal.settle(purged);
      assertEquals("", first.sync());
      assertEquals(1, first.deadLetters(10).size());
    }
    try (TestJournal second = new TestJournal(folder)) {
      assertEquals(
          new Owed(1, TestJournal.LANE, 7_000, 8_000, 0, 10), second.recovered.get(redriven));
      assertEquals(1, second.recovered.size());
      List<Journal.DeadLetter> dead = second.deadLetters(1);
      assertEquals(
          List.of(new Journal.DeadLetter(kept, ~3L, 3, TestJournal.LANE, 1_003, 5_000, 0, 10)),
          dead);
      Found found = second.read(kept);
      assertArrayEquals(reason, found.reason());
      assertArrayEquals(TestJournal.body(3, 10), found.body());
      assertEquals(1, second.journal.status().dead());
    }
  }

  @Test
  void outcomesThatFitNothingAreCounted() throws IOException {
    try (TestJournal one = new TestJournal(folder)) {
      long handle = one.accept(1, 10);
      one.journal.redrive(handle, 1, 1);
      one.journal.settle(handle);
      one.journal.settle(handle);
      one.journal.retry(handle, 1, 1);
      one.journal.bury(handle, 1, new byte[0]);
      one.journal.settle(-1);
      one.journal.settle(Long.MAX_VALUE);
      assertEquals("", one.sync());
      one.sync();
      assertEquals(6, one.journal.status().strayOutcomes());
      // its place has another event now, which an old handle must not reach
      long second = one.accept(2, 10);
      one.journal.settle(handle);
      one.sync();
      assertFalse(one.read(second).gone());
    }
  }

  @Test
  void cyclesComeAndGoAndNothingOwedGoesWithThem() throws IOException {
    long old;
    try (TestJournal one = new TestJournal(folder)) {
      old = one.accept(77, 300);
      for (int id = 1_000; id < 3_000; id++) {
        one.journal.settle(one.accept(id, 200));
      }
      one.sync();
      Journal.Status status = one.journal.status();
      assertTrue(status.newestCycle() >= 10, status::toString);
      assertTrue(status.newestCycle() - status.oldestCycle() <= 3, status::toString);
      assertArrayEquals(TestJournal.body(77, 300), one.read(old).body());
    }
    try (TestJournal again = new TestJournal(folder)) {
      assertEquals(1, again.recovered.size());
      assertArrayEquals(TestJournal.body(77, 300), again.read(old).body());
    }
    assertTrue(folders() <= 5, () -> "folders: " + folders());
  }

  private long folders() {
    try (var all = Files.list(folder)) {
      return all.filter(Files::isDirectory).count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void largeBodiesPassAndLargerOnesAreRefused() throws IOException {
    try (TestJournal one = new TestJournal(folder)) {
      long handle = one.accept(1, Journal.BODY_BYTES_MAX);
      assertArrayEquals(TestJournal.body(1, Journal.BODY_BYTES_MAX), one.read(handle).body());
      assertThrows(
          IllegalArgumentException.class,
          () -> one.offer(TestJournal.event(2, Journal.BODY_BYTES_MAX + 1)));
    }
  }

  @Test
  void aFullJournalRefusesAtOnce() throws IOException {
    JournalLimits few = new JournalLimits(2, 1 << 20, 20_000, 1_000, Long.MAX_VALUE);
    try (TestJournal one = new TestJournal(folder, few, new JournalFiles())) {
      long first = one.accept(1, 10);
      one.accept(2, 10);
      IOException full = assertThrows(IOException.class, () -> one.accept(3, 10));
      assertEquals("FULL", full.getMessage());
      one.journal.settle(first);
      one.sync();
      one.accept(4, 10);
    }
  }

  /** The status is of after what was handed over: a turn publishes it when it has told. */
  private static void published(TestJournal journal) throws IOException {
    assertEquals("", journal.sync());
    assertEquals("", journal.sync());
  }

  /** Reasons are on the disk as bodies are; the limit holds for both, and after a restart. */
  @Test
  void reasonsCountAsBodiesDo() throws IOException {
    JournalLimits limits = new JournalLimits(100, 80_000, 20_000, 1_000, 3_600_000_000_000L);
    try (TestJournal first = new TestJournal(folder, limits, new JournalFiles())) {
      long handle = first.accept(1, 100);
      assertFalse(first.journal.nearlyFull());
      first.journal.bury(handle, 5_000, new byte[60_000]);
      published(first);
      assertEquals(100 + 59 * 1024, first.journal.status().bodyBytes());
      assertTrue(first.journal.nearlyFull());
      assertThrows(IOException.class, () -> first.accept(2, 30_000));
    }
    for (int start = 0; start < 3; start++) { // from the record, then from a checkpoint
      try (TestJournal again = new TestJournal(folder, limits, new JournalFiles())) {
        assertEquals(100 + 59 * 1024, again.journal.status().bodyBytes());
      }
    }
    try (TestJournal last = new TestJournal(folder, limits, new JournalFiles())) {
      last.journal.settle(last.deadLetters(10).get(0).handle());
      published(last);
      assertEquals(0, last.journal.status().bodyBytes());
      assertFalse(last.journal.nearlyFull());
    }
  }

  @Test
  void aSecondOpenerIsToldThatTheFolderIsInUse() throws IOException {
    try (TestJournal first = new TestJournal(folder)) {
      IOException refused = assertThrows(IOException.class, () -> new TestJournal(folder));
      assertTrue(refused.getMessage().contains("in use"), refused::getMessage);
      first.accept(1, 10);
    }
    try (TestJournal again = new TestJournal(folder)) {
      assertEquals(1, again.recovered.size());
    }
  }

  @Test
  void aClosedJournalAnswers() throws IOException {
    TestJournal one = new TestJournal(folder);
    long handle = one.accept(1, 10);
    one.close();
    one.close();
    IOException closed = assertThrows(IOException.class, () -> one.accept(2, 10));
    assertEquals("CLOSED", closed.getMessage());
    assertEquals("the journal is closed", one.sync());
    assertFalse(one.read(handle).gone());
    assertEquals(List.of(), one.deadLetters(1));
  }

  @Test
  void aCallersInterruptHarmsNobody() throws IOException {
    try (TestJournal one = new TestJournal(folder)) {
      Thread.currentThread().interrupt();
      CompletableFuture<Long> accepted = one.offer(TestJournal.event(1, 10));
      one.journal.sync(failure -> {});
      assertTrue(Thread.interrupted());
      long handle = TestJournal.await(accepted);
      assertArrayEquals(TestJournal.body(1, 10), one.read(handle).body());
      assertNull(one.journal.status().degraded());
    }
  }

  @Test
  void itIsFoundByTheServiceLoader() throws IOException {
    JournalProvider provider = ServiceLoader.load(JournalProvider.class).findFirst().orElseThrow();
    assertEquals(List.of(), provider.missingJvmFlags());
    Journal journal = provider.open(folder.resolve("made"), false, 10);
    journal.close();
    assertThrows(IllegalArgumentException.class, () -> provider.open(folder, true, 0));
  }
}
