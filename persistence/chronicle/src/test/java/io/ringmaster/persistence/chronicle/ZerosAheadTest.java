package io.ringmaster.persistence.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zeros never come over what was written, and where they fail the file can still be written. */
final class ZerosAheadTest {
  private static final int MIB = 1 << 20;
  private static final long LIMIT_NS = 10_000_000_000L;

  @TempDir Path folder;
  private final AtomicBoolean forced = new AtomicBoolean();
  private volatile boolean full;

  /** Puts its zeros only when the test's thread waits for them. */
  private final class Late extends JournalFiles {
    private final Thread waiting = Thread.currentThread();

    @Override
    void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
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
      super.force(channel, metadata);
      forced.set(true);
    }
  }

  @Test
  void whoWritesWhereZerosAreOnTheirWayWaits() throws IOException {
    fill(false);
    assertTrue(forced.get());
    assertEquals(7 * MIB / 2, Files.size(folder.resolve("file")));
  }

  @Test
  void whereTheyFailNobodyWaitsForever() throws IOException {
    fill(true);
    assertEquals(0, Files.size(folder.resolve("file")));
  }

  private void fill(boolean fails) throws IOException {
    full = fails;
    JournalFiles files = new Late();
    CycleFolders folders = new CycleFolders(files, folder);
    Path file = folder.resolve("file");
    try (FilesThread thread = new FilesThread(folders, Seal.create(new JournalFiles(), folder))) {
      ZerosAhead zeros = new ZerosAhead(files, thread, file, 2L * MIB);
      zeros.ask(10);
      zeros.awaitBelow(2L * MIB); // enough is left: nothing was asked for
      zeros.ask(3L * MIB / 2);
      zeros.awaitBelow(2L * MIB); // before what is being filled
      zeros.awaitBelow(2L * MIB + 1);
      assertTrue(fails || forced.get());
    }
  }
}
