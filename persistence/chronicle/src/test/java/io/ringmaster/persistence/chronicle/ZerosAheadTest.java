package io.ringmaster.persistence.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.Journal;
import io.ringmaster.persistence.spi.Uninterruptibly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zeros never come over what was written, and where they fail the file can still be written. */
final class ZerosAheadTest {
  private static final int MIB = 1 << 20;
  private static final long LIMIT_NS = 10_000_000_000L;

  @TempDir Path folder;
  private final AtomicBoolean forced = new AtomicBoolean();
  private final CountDownLatch mayForce = new CountDownLatch(1);
  private volatile boolean writing;
  private volatile boolean full;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("file");
  }

  /** Puts its zeros only when the test's thread waits for them. */
  private final class Late extends JournalFiles {
    private final Thread waiting = Thread.currentThread();

    @Override
    void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
      writing = true;
      long endNs = System.nanoTime() + LIMIT_NS;
      while (waiting.getState() != Thread.State.WAITING && System.nanoTime() - endNs < 0) {
        Thread.onSpinWait();
      }
      if (full) {
        throw new IOException("No space left on device");
      }
      super.write(channel, bytes, position);
    }

    @Override
    void force(FileChannel channel, boolean metadata) throws IOException {
      Uninterruptibly.run(mayForce::await);
      super.force(channel, metadata);
      forced.set(true);
    }
  }

  private FilesThread thread(JournalFiles files) throws IOException {
    return new FilesThread(
        new CycleFolders(files, folder), Seal.create(new JournalFiles(), folder));
  }

  @Test
  void whoWritesWhereZerosAreBeingWrittenWaitsAndNotForTheirForce() throws IOException {
    JournalFiles files = new Late();
    try (FilesThread thread = thread(files)) {
      fill(new ZerosAhead(files, thread, file, 2L * MIB));
      assertEquals(7 * MIB / 2, Files.size(file));
      assertFalse(forced.get());
      mayForce.countDown();
    }
    assertTrue(forced.get());
  }

  @Test
  void whereTheyFailNobodyWaitsForeverAndTheyAreTriedLater() throws IOException {
    mayForce.countDown();
    full = true;
    JournalFiles files = new Late();
    try (FilesThread thread = thread(files)) {
      ZerosAhead zeros = new ZerosAhead(files, thread, file, 2L * MIB);
      fill(zeros);
      assertEquals(0, Files.size(file));
      full = false;
      writing = false;
      zeros.ask(5L * MIB);
      Busy busy = new Busy();
      busy.mayEnd.countDown();
      thread.read(Position.of(1, 0), 1, busy);
      Uninterruptibly.run(busy.reached::await);
      assertFalse(writing);
      zeros.ask(6L * MIB);
    }
    assertEquals(10 * MIB, Files.size(file));
  }

  private void fill(ZerosAhead zeros) {
    zeros.ask(10);
    zeros.clear(2L * MIB); // enough is left: nothing was asked for
    zeros.ask(3L * MIB / 2);
    while (!writing) {
      Thread.onSpinWait();
    }
    zeros.clear(2L * MIB); // before what is being filled
    zeros.clear(2L * MIB + 1);
  }

  /** What the files thread does before is not waited for: the file grows, zeros come behind. */
  @Test
  void nobodyWaitsForZerosThatAreOnlyAskedFor() throws IOException {
    JournalFiles files = new JournalFiles();
    byte[] record = new byte[MIB / 2];
    Arrays.fill(record, (byte) 7);
    Busy busy = new Busy();
    try (FilesThread thread = thread(files);
        FileChannel channel = files.open(file)) {
      ZerosAhead zeros = new ZerosAhead(files, thread, file, 2L * MIB);
      try {
        thread.read(Position.of(1, 0), 1, busy);
        zeros.ask(2L * MIB);
        assertTimeoutPreemptively(Duration.ofNanos(LIMIT_NS), () -> zeros.clear(5L * MIB / 2));
        files.write(channel, ByteBuffer.wrap(record), 2L * MIB);
        zeros.ask(5L * MIB / 2);
      } finally {
        busy.mayEnd.countDown();
      }
    }
    byte[] all = Files.readAllBytes(file);
    assertEquals(5 * MIB, all.length);
    assertArrayEquals(record, Arrays.copyOfRange(all, 2 * MIB, 5 * MIB / 2));
  }

  /** Keeps the thread that reads for it. */
  private static final class Busy implements Journal.Reading {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    @Override
    public void found(byte[] body, byte[] reason) {
      reached.countDown();
      Uninterruptibly.run(mayEnd::await);
    }

    @Override
    public void failed(boolean gone, String detail) {
      reached.countDown();
      Uninterruptibly.run(mayEnd::await);
    }
  }
}
