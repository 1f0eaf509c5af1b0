package io.ringmaster.persistence.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from a cycle's file is what Chronicle reads from its queue. */
final class RecordWalkTest {
  private static final int EVENTS = 5_000;

  @TempDir Path folder;

  @Test
  void chroniclesTailerReadsTheSame() throws IOException {
    JournalLimits one = new JournalLimits(100_000, 1L << 30, 1L << 30, 1_000_000, Long.MAX_VALUE);
    try (TestJournal journal = new TestJournal(folder, one, new JournalFiles())) {
      List<CompletableFuture<Long>> accepted = new ArrayList<>();
      for (int id = 0; id < EVENTS; id++) {
        accepted.add(journal.offer(TestJournal.event(id, id % 1_003)));
      }
      for (var each : accepted) {
        TestJournal.await(each);
      }
      journal.accept(EVENTS, 3_000_000);
    }
    CycleFolders folders = new CycleFolders(new JournalFiles(), folder);
    List<byte[]> walked = walked(folders);
    List<byte[]> tailed = tailed(folders.folder(1));
    assertEquals(tailed.size(), walked.size());
    for (int i = 0; i < walked.size(); i++) {
      assertArrayEquals(tailed.get(i), walked.get(i));
    }
    assertTrue(walked.size() > EVENTS);
  }

  /** A batch whose writing the process's end broke off is no damage; one that was whole is. */
  @Test
  void aBatchThatWasBeingWrittenIsNoDamage() throws IOException {
    Files.createDirectories(folder);
    CycleFolders folders = new CycleFolders(new JournalFiles(), folder);
    Seal seal = Seal.create(folders.files(), folder);
    Files.createDirectories(folders.folder(1));
    for (int records = 0; records <= 3; records++) {
      for (int more : new int[] {0, 3, 4, 40}) {
        for (boolean complete : new boolean[] {false, true}) {
          writeBatches(folders, seal, records, more, complete);
          try (RecordWalk walk = new RecordWalk(folders, seal, 1)) {
            int found = 0;
            while (walk.advance()) {
              found++;
            }
            assertEquals(5 + records, found);
            assertEquals(complete, walk.damaged(), records + " and " + more);
          }
        }
      }
    }
  }

  /** A whole batch of five, and the first records of one of four and so many bytes more. */
  private static void writeBatches(
      CycleFolders folders, Seal seal, int records, int more, boolean complete) throws IOException {
    Batch batch = new Batch();
    Records.Encoder encoder = new Records.Encoder(seal);
    OwedTable.Row row = new OwedTable.Row();
    row.dueMs = -1; // zeros behind what was cut off do not make it whole
    ByteBuffer file = ByteBuffer.allocate(1 << 16);
    for (int number = 0; number < 5; number++) {
      batch.add(encoder.array(), encoder.outcome(number, row));
    }
    file.put(batch.incomplete()).put(0, batch.completeWord(), 0, Integer.BYTES);
    int at = file.position();
    batch.clear();
    int recordBytes = 0;
    for (int number = 5; number < 9; number++) {
      recordBytes = encoder.outcome(number, row);
      batch.add(encoder.array(), recordBytes);
    }
    int bytes = Integer.BYTES + records * Batch.padded(recordBytes) + more;
    file.put(batch.incomplete().limit(bytes));
    if (complete) {
      file.put(at, batch.completeWord(), 0, Integer.BYTES);
    }
    Files.write(folders.data(1), file.array());
  }

  private List<byte[]> walked(CycleFolders folders) throws IOException {
    List<byte[]> all = new ArrayList<>();
    Seal seal = Seal.read(folders.files(), folder);
    try (RecordWalk walk = new RecordWalk(folders, seal, 1)) {
      while (walk.advance()) {
        int length = walk.bytes().getInt(walk.at() + 4);
        int from = walk.bytes().arrayOffset() + walk.at();
        all.add(Arrays.copyOfRange(walk.bytes().array(), from, from + length));
      }
      assertFalse(walk.damaged());
      assertEquals(0, walk.missing());
    }
    return all;
  }

  private static List<byte[]> tailed(Path queueFolder) {
    List<byte[]> all = new ArrayList<>();
    try (SingleChronicleQueue queue =
            SingleChronicleQueueBuilder.binary(queueFolder)
                .rollCycle(SingleCycle.INSTANCE)
                .timeProvider(() -> 0L)
                .readOnly(true)
                .build();
        ExcerptTailer tailer = queue.createTailer()) {
      boolean more = true;
      while (more) {
        try (DocumentContext document = tailer.readingDocument()) {
          more = document.isPresent();
          if (more) {
            split(document.wire().bytes().toByteArray(), all);
          }
        }
      }
    }
    return all;
  }

  /** A document is a batch of records. */
  private static void split(byte[] document, List<byte[]> records) {
    int at = 0;
    while (at < document.length) {
      int length = Records.wrap(document).getInt(at + 4);
      records.add(Arrays.copyOfRange(document, at, at + length));
      at += Batch.padded(length);
    }
  }
}
