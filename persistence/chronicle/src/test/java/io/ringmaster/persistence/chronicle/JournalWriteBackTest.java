package io.ringmaster.persistence.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.Uninterruptibly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the appender wrote does not get to the disk, and whoever puts zeros ahead of it is the first
 * to force the file and to be told.
 */
final class JournalWriteBackTest {
  private static final int BODY_BYTES = 100_000;
  private static final long LIMIT_NS = 10_000_000_000L;

  @TempDir Path folder;
  private final CountDownLatch filling = new CountDownLatch(1);
  private final CountDownLatch zerosToldFirst = new CountDownLatch(1);
  private volatile Thread appenderForcing;
  private volatile boolean answered;

  /** Fails at the first force of zeros, when the appender is about to force too. */
  private final class FailsBehindTheAppender extends JournalFiles {
    private final WriteBack writeBack = new WriteBack();

    @Override
    FileChannel open(Path path) throws IOException {
      return writeBack.opened(super.open(path), path);
    }

    @Override
    FileChannel openToRead(Path path) throws IOException {
      return writeBack.opened(super.openToRead(path), path);
    }

    @Override
    void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
      writeBack.written(channel, position, bytes.remaining());
      super.write(channel, bytes, position);
      if (isFilesThread() && position > 0) {
        filling.countDown();
      }
    }

    @Override
    void force(FileChannel channel, boolean metadata) throws IOException {
      super.force(channel, metadata);
      boolean started = filling.getCount() == 0;
      if (started && isFilesThread() && zerosToldFirst.getCount() > 0) {
        failFirst(channel);
      } else if (started && !isFilesThread() && appenderForcing == null) {
        appenderForcing = Thread.currentThread();
        Uninterruptibly.run(zerosToldFirst::await);
      }
      writeBack.forced(channel);
    }

    private void failFirst(FileChannel channel) throws IOException {
      until(() -> appenderForcing != null);
      writeBack.fail(channel);
      try {
        writeBack.forced(channel);
      } finally {
        zerosToldFirst.countDown();
        until(() -> answered || appenderForcing.getState() == Thread.State.WAITING);
      }
    }

    private static boolean isFilesThread() {
      return Thread.currentThread().getName().equals("ringmaster-journal-files");
    }
  }

  private static void until(BooleanSupplier holds) {
    long endNs = System.nanoTime() + LIMIT_NS;
    while (!holds.getAsBoolean() && System.nanoTime() - endNs < 0) {
      Thread.onSpinWait();
    }
  }

  /** Zeros that were asked for are there, or being written: what reads comes behind them. */
  private void awaitZeros(TestJournal journal, long handle) {
    CompletableFuture<TestJournal.Found> behind = journal.beginRead(handle);
    until(() -> behind.isDone() || filling.getCount() == 0);
  }

  @Test
  void nothingIsAcceptedThatDidNotGetToTheDisk() throws Exception {
    Set<Long> owed = new HashSet<>();
    JournalLimits limits = JournalLimits.of(100_000);
    try (TestJournal one = new TestJournal(folder, limits, new FailsBehindTheAppender())) {
      int refused = 0;
      for (int id = 0; refused == 0; id++) {
        assertTrue(id < 20, "nothing failed");
        try {
          long handle = one.accept(id, BODY_BYTES);
          owed.add(handle);
          awaitZeros(one, handle);
        } catch (IOException notOnDisk) {
          assertEquals("Input/output error", notOnDisk.getMessage());
          refused++;
        }
      }
      answered = true;
      while (one.journal.status().degraded() != null) {
        Thread.onSpinWait();
      }
      owed.add(one.accept(101, BODY_BYTES));
    } finally {
      answered = true;
    }
    try (TestJournal again = new TestJournal(folder, limits, new JournalFiles())) {
      assertEquals(owed, again.recovered.keySet());
      for (long handle : owed) {
        long id = again.recovered.get(handle).id();
        assertArrayEquals(TestJournal.body(id, BODY_BYTES), again.read(handle).body());
      }
    }
  }
}
