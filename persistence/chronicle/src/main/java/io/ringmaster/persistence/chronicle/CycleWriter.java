package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.io.Closeable;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * The cycle that is being written. The appender's thread only.
 *
 * <p>Chronicle writes into mapped memory. Before it does, the file is filled with zeros through its
 * channel, farther than the next record and what Chronicle puts around it can reach: a full disk
 * then fails that write, where a mapped one would hit memory without blocks. It also spares the
 * forced writes the allocation.
 */
final class CycleWriter implements AutoCloseable {
  /** Records of a cycle, far below half of what Chronicle's index can hold. */
  static final int RECORDS_MAX = 16_000_000;

  /** What Chronicle may put before a record: headers, and pages of its index. */
  private static final int AROUND_BYTES = 128 * 1024;

  private static final int FILL_BYTES_MIN = 1 << 20;
  private static final int FILL_BYTES_MAX = 4 << 20;
  private static final int PAGE = 4096;

  /** No record begins behind: positions hold no more. */
  private static final long END_MAX = 48L << 30;

  private static final long BLOCK_BYTES = 64L << 20;

  /** There is one writer: nothing is ever waited for, but what a crash left. */
  private static final int HEADER_TIMEOUT_MS = 500;

  /** Zeros, as often as they are needed. */
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(FILL_BYTES_MIN);

  private final JournalFiles files;
  private final int cycle;
  private final FileChannel channel;
  private final SingleChronicleQueue queue;
  private final ExcerptAppender appender;
  private long end;
  private long filledTo = CycleFolders.FIRST_BYTES;
  private int records;

  private CycleWriter(
      JournalFiles files, int cycle, SingleChronicleQueue queue, FileChannel channel) {
    this.files = files;
    this.cycle = cycle;
    this.queue = queue;
    this.channel = channel;
    appender = queue.createAppender();
  }

  /**
   * Begins a cycle that was prepared, with its first record, durably.
   *
   * @throws IOException it cannot be written
   */
  static CycleWriter begin(CycleFolders folders, int cycle, byte[] first, int length)
      throws IOException {
    Path folder = folders.folder(cycle);
    // Chronicle gives the file its name with the first record; the channel stays the same file's.
    FileChannel channel = folders.files().open(folders.prepared(cycle));
    SingleChronicleQueue queue = null;
    boolean begun = false;
    try {
      queue = open(folder);
      if (Files.size(folders.metadata(cycle)) > CycleFolders.METADATA_BYTES) {
        throw new IOException("Chronicle maps more of its metadata than has blocks");
      }
      CycleWriter writer = new CycleWriter(folders.files(), cycle, queue, channel);
      long offset = Position.offset(writer.append(first, length));
      writer.checkWritten(first, length, offset);
      folders.files().force(channel, true);
      folders.files().syncFolder(folder);
      begun = true;
      return writer;
    } finally {
      if (!begun) {
        Closeable.closeQuietly(queue);
        channel.close();
      }
    }
  }

  /** That the channel, which is forced, is the file's which Chronicle writes. */
  private void checkWritten(byte[] record, int length, long offset) throws IOException {
    ByteBuffer read = ByteBuffer.allocate(length);
    files.read(channel, read, offset);
    if (!read.flip().equals(ByteBuffer.wrap(record, 0, length))) {
      throw new IOException("what was written is not in the file that was prepared");
    }
  }

  private static SingleChronicleQueue open(Path folder) {
    return SingleChronicleQueueBuilder.binary(folder)
        .rollCycle(SingleCycle.INSTANCE)
        .timeProvider(() -> 0L)
        .blockSize(BLOCK_BYTES)
        .timeoutMS(HEADER_TIMEOUT_MS)
        .checkInterrupts(false)
        .build();
  }

  int cycle() {
    return cycle;
  }

  /** Where the last record ends. */
  long end() {
    return end;
  }

  int records() {
    return records;
  }

  /**
   * Appends a record.
   *
   * @return its position
   * @throws IOException there is no room for it; nothing was written
   */
  long append(byte[] record, int length) throws IOException {
    if (end > END_MAX) {
      throw new IOException("the cycle is too large: " + end);
    }
    fill(end + length + AROUND_BYTES);
    long offset;
    try (DocumentContext document = appender.writingDocument()) {
      Bytes<?> bytes = document.wire().bytes();
      offset = bytes.writePosition();
      bytes.write(record, 0, length);
    }
    end = offset + length;
    records++;
    return Position.of(cycle, offset);
  }

  private void fill(long to) throws IOException {
    while (filledTo < to) {
      long bytes = Math.clamp(filledTo / 4, FILL_BYTES_MIN, FILL_BYTES_MAX);
      long fillTo = (Math.max(to, filledTo + bytes) + PAGE - 1) / PAGE * PAGE;
      while (filledTo < fillTo) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), fillTo - filledTo));
        int filled = zeros.remaining();
        files.write(channel, zeros, filledTo);
        filledTo += filled;
      }
    }
  }

  /** Makes everything that was appended durable. */
  void force() throws IOException {
    files.force(channel, false);
  }

  /** Ends the cycle's writing; forces nothing. */
  @Override
  public void close() throws IOException {
    Closeable.closeQuietly(appender, queue);
    try (channel) {
      channel.truncate(filledTo); // behind it are holes only
    }
  }
}
