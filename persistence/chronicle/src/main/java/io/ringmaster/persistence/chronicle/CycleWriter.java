package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * The cycle that is being written. The appender's thread only.
 *
 * <p>Chronicle makes the queue and its first document. What follows is written through the file's
 * channel, in Chronicle's form, a document for each batch: forcing pages that were written through
 * a mapping takes two to four times as long, and on a full disk a write fails where a mapping would
 * hit memory without blocks.
 *
 * <p>A batch is written as an incomplete document, and then the word that says it is complete: of a
 * process that was killed meanwhile nothing looks damaged.
 */
final class CycleWriter implements AutoCloseable {
  /** Records of a cycle, far below half of what Chronicle's index can hold. */
  static final int RECORDS_MAX = 16_000_000;

  /** No record begins behind: positions hold no more. */
  private static final long END_MAX = 48L << 30;

  private static final long BLOCK_BYTES = 1L << 20;

  /** There is one writer: nothing is ever waited for, but what a crash left. */
  private static final int HEADER_TIMEOUT_MS = 500;

  private final JournalFiles files;
  private final int cycle;
  private final FileChannel channel;
  private final Batch batch;
  private final ZerosAhead zeros;

  /** Where the next document begins. */
  private long written;

  private int records;

  private CycleWriter(
      JournalFiles files, int cycle, FileChannel channel, Batch batch, ZerosAhead zeros) {
    this.files = files;
    this.cycle = cycle;
    this.channel = channel;
    this.batch = batch;
    this.zeros = zeros;
  }

  /**
   * Begins a cycle that was prepared, with its first record, durably.
   *
   * @param batch where records wait; is emptied
   * @throws IOException it cannot be written
   */
  static CycleWriter begin(
      CycleFolders folders, FilesThread thread, int cycle, Batch batch, byte[] first, int length)
      throws IOException {
    JournalFiles files = folders.files();
    // Chronicle gives the file its name with the first record; the channel stays the same file's.
    FileChannel channel = files.open(folders.prepared(cycle));
    boolean begun = false;
    try {
      long offset = writeFirst(folders, cycle, first, length);
      channel.truncate(CycleFolders.FIRST_BYTES); // behind it are holes only
      ZerosAhead zeros = new ZerosAhead(files, thread, folders.data(cycle), channel.size());
      CycleWriter writer = new CycleWriter(files, cycle, channel, batch, zeros);
      writer.written = offset + Batch.padded(length);
      writer.records = 1;
      writer.checkWritten(first, length, offset);
      batch.clear();
      files.force(channel, true);
      files.syncFolder(folders.folder(cycle));
      begun = true;
      return writer;
    } finally {
      if (!begun) {
        channel.close();
      }
    }
  }

  /** Has Chronicle make a queue in a folder, with one record; where that begins in the file. */
  private static long writeFirst(CycleFolders folders, int cycle, byte[] record, int length)
      throws IOException {
    try (SingleChronicleQueue queue = open(folders.folder(cycle))) {
      if (Files.size(folders.metadata(cycle)) > CycleFolders.METADATA_BYTES) {
        throw new IOException("Chronicle maps more of its metadata than has blocks");
      }
      return writeFirst(queue, record, length);
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

  private static long writeFirst(SingleChronicleQueue queue, byte[] record, int length) {
    try (ExcerptAppender appender = queue.createAppender();
        DocumentContext document = appender.writingDocument()) {
      Bytes<?> bytes = document.wire().bytes();
      long offset = bytes.writePosition();
      bytes.write(record, 0, length);
      return offset;
    }
  }

  /** That the channel, which is forced, is the file's which Chronicle wrote. */
  private void checkWritten(byte[] record, int length, long offset) throws IOException {
    ByteBuffer read = ByteBuffer.allocate(length);
    files.read(channel, read, offset);
    if (!read.flip().equals(ByteBuffer.wrap(record, 0, length))) {
      throw new IOException("what was written is not in the file that was prepared");
    }
  }

  int cycle() {
    return cycle;
  }

  /** Where the last record ends, whether it is written yet or not. */
  long end() {
    return written + batch.length();
  }

  /** Whether a record of this cycle can be read: its batch is written. */
  boolean isWritten(long offset) {
    return offset < written;
  }

  int records() {
    return records;
  }

  /** Whether the batch is to be written before it takes a record. */
  boolean isBatchFull(int length) {
    return !batch.isEmpty() && batch.length() + length > Batch.BYTES_FULL;
  }

  /**
   * Puts a record into the batch.
   *
   * @return its position
   * @throws IOException there is no room for it
   */
  long append(byte[] record, int length) throws IOException {
    if (end() > END_MAX) {
      throw new IOException("the cycle is too large: " + end());
    }
    int at = batch.add(record, length);
    records++;
    return Position.of(cycle, written + at);
  }

  /** Writes the batch, so that it survives this process. */
  void write() throws IOException {
    if (batch.isEmpty()) {
      return;
    }
    int length = batch.length();
    zeros.clear(written + length);
    files.write(channel, batch.incomplete(), written);
    files.write(channel, batch.completeWord(), written);
    batch.clear();
    written += length;
    zeros.ask(written);
  }

  /** Makes everything that was written durable. */
  void force() throws IOException {
    files.force(channel, false);
    zeros.check();
  }

  /** Ends the cycle's writing; what waits in the batch is given up, nothing is forced. */
  @Override
  public void close() throws IOException {
    batch.clear();
    try (channel) {
      zeros.clear();
      channel.truncate(written);
    }
  }
}
