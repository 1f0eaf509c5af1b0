package io.ringmaster.persistence.chronicle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
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
            split(Records.wrap(document.wire().bytes().toByteArray()), all);
          }
        }
      }
    }
    return all;
  }

  /** A document is a batch of records. */
  private static void split(ByteBuffer document, List<byte[]> records) {
    int at = 0;
    while (at < document.capacity()) {
      int length = document.getInt(at + 4);
      records.add(Arrays.copyOfRange(document.array(), at, at + length));
      at += Batch.padded(length);
    }
  }
}
