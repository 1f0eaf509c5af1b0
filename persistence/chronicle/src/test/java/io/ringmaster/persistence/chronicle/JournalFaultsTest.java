package io.ringmaster.persistence.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.chronicle.FaultyFiles.Fault;
import io.ringmaster.persistence.spi.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A full disk, and one that fails: clear errors, nothing acknowledged lost, and on it goes. */
final class JournalFaultsTest {
  private static final long LIMIT_NS = 30_000_000_000L;

  @TempDir Path folder;
  private final FaultyFiles files = new FaultyFiles();

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FULL", "SHORT", "FORCE"})
  void whatWasAcceptedStaysAndNothingElseIs(Fault fault) throws IOException {
    Set<Long> owed = new HashSet<>();
    long settled;
    long buried;
    try (TestJournal one = new TestJournal(folder, TestJournal.SMALL, files)) {
      settled = one.accept(1, 100);
      buried = one.accept(2, 100);
      owed.add(one.accept(3, 100));
      files.fault = fault;
      int refused = failUntilRefused(one, owed);
      assertTrue(refused > 0);
      assertNotNull(one.journal.status().degraded());
      // outcomes and readings go on
      one.journal.settle(settled);
      one.journal.bury(buried, 9_000, new byte[] {1, 2, 3});
      assertArrayEquals(TestJournal.body(2, 100), one.read(buried).body());
      assertNotEquals("", one.sync());
      files.fault = Fault.NONE;
      awaitWell(one);
      owed.add(one.accept(4, 100));
      assertEquals("", one.sync());
    }
    try (TestJournal again = new TestJournal(folder)) {
      assertEquals(owed, again.recovered.keySet());
      assertEquals(1, again.journal.status().dead());
      assertArrayEquals(new byte[] {1, 2, 3}, again.read(buried).reason());
      assertArrayEquals(TestJournal.body(2, 100), again.read(buried).body());
      assertTrue(again.read(settled).gone());
      assertEquals(0, again.journal.status().quarantined());
    }
  }

  /** A full disk is noticed when blocks are needed. */
  private static int failUntilRefused(TestJournal one, Set<Long> owed) {
    int refused = 0;
    for (int id = 1_000; refused < 3 && id < 3_000; id++) {
      try {
        owed.add(one.accept(id, 100_000));
      } catch (IOException e) {
        refused++;
        assertTrue(e.getMessage().matches("No space left.*|Input/output.*|FAILING"), e::getMessage);
      }
    }
    return refused;
  }

  private static void awaitWell(TestJournal one) {
    long endNs = System.nanoTime() + LIMIT_NS;
    while (one.journal.status().degraded() != null) {
      assertTrue(System.nanoTime() - endNs < 0, () -> one.journal.status().toString());
      Thread.onSpinWait();
    }
  }

  @Test
  void aJournalThatCannotBeginStillTellsWhatItOwes() throws IOException {
    long handle;
    try (TestJournal one = new TestJournal(folder)) {
      handle = one.accept(1, 100);
    }
    files.fault = Fault.FULL;
    try (TestJournal full = new TestJournal(folder, TestJournal.SMALL, files)) {
      assertEquals(Set.of(handle), full.recovered.keySet());
      assertArrayEquals(TestJournal.body(1, 100), full.read(handle).body());
      assertEquals(
          "FAILING", assertThrows(IOException.class, () -> full.accept(2, 100)).getMessage());
      files.fault = Fault.NONE;
      awaitWell(full);
      full.accept(2, 100);
    }
    try (TestJournal again = new TestJournal(folder)) {
      assertEquals(2, again.recovered.size());
    }
  }

  @Test
  void aFolderThatCannotBeReadIsAnError() throws IOException {
    try (TestJournal one = new TestJournal(folder)) {
      one.accept(1, 100);
    }
    files.fault = Fault.READ;
    IOException refused =
        assertThrows(IOException.class, () -> new TestJournal(folder, TestJournal.SMALL, files));
    assertTrue(refused.getMessage().contains("Input/output error"), refused::getMessage);
  }

  /** Reading fails while cycles roll: events stay where they are until it works again. */
  @Test
  void whatCannotBeMovedStays() throws IOException {
    byte[] reason = {4, 5, 6};
    long carried;
    long buried;
    try (TestJournal one = new TestJournal(folder, TestJournal.SMALL, files)) {
      carried = one.accept(1, 300);
      buried = one.accept(2, 300);
      int begun = one.journal.status().newestCycle();
      files.fault = Fault.READ_EVENTS;
      one.journal.bury(buried, 9_000, reason);
      for (long id = 1_000; one.journal.status().newestCycle() < begun + 5; id++) {
        one.journal.settle(one.accept(id, 1_000));
      }
      assertTrue(one.journal.status().oldestCycle() <= begun);
      files.fault = Fault.NONE;
      for (long id = 9_000; one.journal.status().newestCycle() < begun + 8; id++) {
        one.journal.settle(one.accept(id, 1_000));
      }
      assertArrayEquals(TestJournal.body(1, 300), one.read(carried).body());
      assertArrayEquals(reason, one.read(buried).reason());
      assertTrue(one.journal.status().oldestCycle() > begun);
      assertEquals(0, one.journal.status().quarantined());
    }
    try (TestJournal again = new TestJournal(folder)) {
      assertEquals(Set.of(carried), again.recovered.keySet());
      assertArrayEquals(TestJournal.body(1, 300), again.read(carried).body());
      assertArrayEquals(TestJournal.body(2, 300), again.read(buried).body());
      assertArrayEquals(reason, again.read(buried).reason());
    }
  }

  /** Events that were to move and whose new place could not be written are where they were. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FULL_AFTER_READING", "FORCE_AFTER_READING"})
  void whatCouldNotBeWrittenElsewhereStays(Fault fault) throws IOException {
    long carried;
    try (TestJournal one = new TestJournal(folder, TestJournal.SMALL, files)) {
      carried = one.accept(1, 300);
      int begun = one.journal.status().newestCycle();
      for (long id = 1_000; one.journal.status().newestCycle() == begun; id++) {
        one.journal.settle(one.accept(id, 1_000));
      }
      files.fault = fault; // the next cycle's upkeep reads it
      failUntilRefused(one);
      assertNotEquals(fault, files.fault);
      assertArrayEquals(TestJournal.body(1, 300), one.read(carried).body());
      files.fault = Fault.NONE;
      awaitWell(one);
      assertArrayEquals(TestJournal.body(1, 300), one.read(carried).body());
      assertEquals(0, one.journal.status().quarantined());
    }
    try (TestJournal again = new TestJournal(folder)) {
      assertEquals(Set.of(carried), again.recovered.keySet());
      assertArrayEquals(TestJournal.body(1, 300), again.read(carried).body());
    }
  }

  /** A dead letter whose bytes with its reason were not forced is where it was, with its reason. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FULL_AFTER_READING", "FORCE_AFTER_READING"})
  void aReasonThatCouldNotBeWrittenIsWrittenLater(Fault fault) throws IOException {
    byte[] reason = {7, 8, 9};
    long buried;
    try (TestJournal one = new TestJournal(folder, TestJournal.SMALL, files)) {
      buried = one.accept(2, 300);
      files.fault = fault;
      one.journal.bury(buried, 9_000, reason);
      one.read(buried); // has it written
      failUntilRefused(one);
      assertArrayEquals(TestJournal.body(2, 300), one.read(buried).body());
      files.fault = Fault.NONE;
      awaitWell(one);
      assertArrayEquals(TestJournal.body(2, 300), one.read(buried).body());
      assertArrayEquals(reason, one.read(buried).reason());
      assertEquals(0, one.journal.status().quarantined());
    }
    try (TestJournal again = new TestJournal(folder)) {
      assertEquals(Set.of(), again.recovered.keySet());
      assertArrayEquals(TestJournal.body(2, 300), again.read(buried).body());
      assertArrayEquals(reason, again.read(buried).reason());
    }
  }

  /** Without forces too: what was only written is no place to lose a reason in. */
  @Test
  void aReasonThatWasNotForcedIsKept() throws IOException {
    byte[] reason = {7, 8, 9};
    try (TestJournal one = new TestJournal(folder, false, TestJournal.SMALL, files)) {
      long buried = one.accept(2, 300);
      one.journal.bury(buried, 9_000, reason);
      assertEquals("", one.sync());
      files.fault = Fault.FULL;
      failUntilRefused(one);
      files.fault = Fault.NONE;
      awaitWell(one);
      assertArrayEquals(TestJournal.body(2, 300), one.read(buried).body());
      assertArrayEquals(reason, one.read(buried).reason());
    }
  }

  private static void failUntilRefused(TestJournal one) {
    boolean refused = false;
    for (long id = 2_000; !refused; id++) {
      try {
        one.journal.settle(one.accept(id, 1_000));
      } catch (IOException failed) {
        refused = true;
      }
    }
  }

  /** An error of a callback is its own: the others of its batch are told, and all stay. */
  @Test
  void aReceiptsErrorTakesNothingBack() throws IOException {
    try (TestJournal one = new TestJournal(folder)) {
      List<CompletableFuture<Long>> accepted = new ArrayList<>();
      for (int id = 0; id < 200; id++) {
        accepted.add(one.offer(TestJournal.event(id, 10)));
        if (id == 100) {
          one.journal.accept(TestJournal.event(1_000, 10), new Throwing());
        }
      }
      for (CompletableFuture<Long> each : accepted) {
        TestJournal.await(each);
      }
    }
    try (TestJournal again = new TestJournal(folder)) {
      assertEquals(201, again.recovered.size());
    }
  }

  /** A receipt that throws an error. */
  private static final class Throwing implements Journal.Receipt {
    @Override
    public void accepted(long handle) {
      throw new AssertionError("on purpose");
    }

    @Override
    public void refused(String detail) {
      throw new AssertionError("on purpose");
    }
  }

  @Test
  void aBodyThatCannotBeReadIsTold() throws IOException {
    try (TestJournal one = new TestJournal(folder, TestJournal.SMALL, files)) {
      long handle = one.accept(1, 100);
      files.fault = Fault.READ;
      TestJournal.Found found = one.read(handle);
      assertEquals("Input/output error", found.failure());
      files.fault = Fault.NONE;
      assertArrayEquals(TestJournal.body(1, 100), one.read(handle).body());
      assertNull(one.journal.status().degraded());
    }
  }

  @Test
  void callbacksThatThrowStopNobody() throws IOException {
    try (TestJournal one = new TestJournal(folder)) {
      one.journal.accept(
          TestJournal.event(1, 10),
          new Journal.Receipt() {
            @Override
            public void accepted(long handle) {
              throw new IllegalStateException("on purpose");
            }

            @Override
            public void refused(String detail) {
              throw new IllegalStateException("on purpose");
            }
          });
      one.journal.sync(
          failure -> {
            throw new IllegalStateException("on purpose");
          });
      one.journal.deadLetters(
          0,
          1,
          (letters, next) -> {
            throw new IllegalStateException("on purpose");
          });
      one.journal.read(
          1,
          new Journal.Reading() {
            @Override
            public void found(byte[] body, byte[] reason) {
              throw new IllegalStateException("on purpose");
            }

            @Override
            public void failed(boolean gone, String detail) {
              throw new IllegalStateException("on purpose");
            }
          });
      one.accept(2, 10);
    }
  }
}
