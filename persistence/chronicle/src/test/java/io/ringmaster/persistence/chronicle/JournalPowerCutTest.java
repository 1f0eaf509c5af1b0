package io.ringmaster.persistence.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The power is cut at any file operation, with and without one that failed before: what was told to
 * be accepted is in what a disk has kept, with its body. Rounds with large events have zeros put
 * ahead of them, those with small ones many cycles.
 */
final class JournalPowerCutTest {
  private static final int ROUNDS = Integer.getInteger("ringmaster.rounds", 24);
  private static final int EVENTS = 3_000;
  private static final long LIMIT_NS = 30_000_000_000L;
  private static final JournalLimits TINY =
      new JournalLimits(100_000, 1L << 30, 10_000, 60, Long.MAX_VALUE);
  private static final JournalLimits LARGE =
      new JournalLimits(100_000, 1L << 30, 3_000_000, 10_000, Long.MAX_VALUE);

  /** Of what size events are, how many are owed, and the cycles for them. */
  private enum Size {
    SMALL(300, 60, TINY),
    BIG(60_000, 8, LARGE);

    private final int bytes;
    private final int owed;
    private final JournalLimits limits;

    Size(int bytes, int owed, JournalLimits limits) {
      this.bytes = bytes;
      this.owed = owed;
      this.limits = limits;
    }

    private int bytes(long id) {
      return (int) (id * 7919 % bytes);
    }
  }

  @TempDir Path folder;

  @Test
  void whatWasAcceptedIsThereAfterwards() throws Exception {
    long seed = Long.getLong("ringmaster.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    int filled = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Size size = round % 4 < 2 ? Size.SMALL : Size.BIG;
      int failAt = round % 2 == 0 ? 0 : 10 + random.nextInt(300);
      int cutAt = failAt == 0 ? 10 + random.nextInt(400) : failAt + 5 + random.nextInt(80);
      PowerCutFiles files = new PowerCutFiles(cutAt, failAt, size == Size.BIG && failAt > 0);
      round(
          folder.resolve("" + round),
          files,
          size,
          size + ", seed " + seed + ", cut at " + cutAt + ", failure at " + failAt);
      filled += files.filled();
    }
    assertTrue(filled > 0);
  }

  private static void round(Path folder, PowerCutFiles files, Size size, String what)
      throws IOException {
    Path root = Files.createDirectories(folder.resolve("journal")).toRealPath();
    files.syncFolder(root);
    try (TestJournal journal = new TestJournal(root, size.limits, files)) {
      write(journal, files, size);
    } catch (IOException refused) {
      // the operation that failed may be one of opening: it is cut then, or nothing was accepted
      assertTrue(refused.getMessage().contains("Input/output"), refused::getMessage);
    }
    if (files.isCut()) {
      check(files, size, root, folder.resolve("after"), what);
    }
    TestFolders.delete(folder);
  }

  private static void write(TestJournal journal, PowerCutFiles files, Size size) {
    ArrayDeque<long[]> owed = new ArrayDeque<>();
    for (long id = 0; id < EVENTS && !files.isCut(); id++) {
      CompletableFuture<Long> answer = new CompletableFuture<>();
      Journal.Event event = TestJournal.event(id, size.bytes(id));
      Journal.Answer taken = journal.journal.accept(event, receipt(files, event, answer));
      if (taken == Journal.Answer.TAKEN) {
        Long handle = answer.join();
        if (handle != null) {
          owed.add(new long[] {handle, id});
        }
      }
      awaitWell(journal, files);
      if (owed.size() > size.owed) {
        long[] oldest = id % 9 == 0 ? owed.pollLast() : owed.poll();
        files.settling(oldest[1]);
        if (id % 2 == 0) {
          journal.journal.settle(oldest[0]);
        } else {
          journal.journal.bury(oldest[0], 1, new byte[20]);
        }
      }
    }
  }

  private static void awaitWell(TestJournal journal, PowerCutFiles files) {
    long endNs = System.nanoTime() + LIMIT_NS;
    while (journal.journal.status().degraded() != null && !files.isCut()) {
      assertTrue(System.nanoTime() - endNs < 0, () -> journal.journal.status().toString());
      Thread.onSpinWait();
    }
  }

  private static Journal.Receipt receipt(
      PowerCutFiles files, Journal.Event event, CompletableFuture<Long> answer) {
    return new Journal.Receipt() {
      @Override
      public void accepted(long handle) {
        files.accepted(event.idLow());
        answer.complete(handle);
      }

      @Override
      public void refused(String detail) {
        answer.complete(null);
      }
    };
  }

  private static void check(PowerCutFiles files, Size size, Path root, Path after, String what)
      throws IOException {
    files.restore(root, after);
    try (TestJournal journal = new TestJournal(after, size.limits, new JournalFiles())) {
      Map<Long, Long> handles = new HashMap<>();
      journal.recovered.forEach((handle, owed) -> handles.put(owed.id(), handle));
      for (long id : files.owedAtCut()) {
        assertTrue(handles.containsKey(id), id + " is lost; " + what);
        byte[] body = TestJournal.body(id, size.bytes(id));
        assertArrayEquals(body, journal.read(handles.get(id)).body(), id + " is empty; " + what);
      }
    }
  }
}
