package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.nio.file.Path;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.queue.rollcycles.LegacyRollCycles;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * Floor of {@code recovery.1M}: Chronicle's tailer reads every document of the cycle that recovery
 * reads, and copies its bytes. Milliseconds.
 */
public final class TailedCycle implements Probe {
  private final Path folder;
  private byte[] copy = new byte[1 << 20];
  private long documents;

  /**
   * @param folder a cycle's folder, which is read only
   */
  public TailedCycle(Path folder) {
    this.folder = folder;
  }

  @Override
  public double round(long durationNs) throws IOException {
    long begin = System.nanoTime();
    RollCycle anyDaily = LegacyRollCycles.DAILY; // the queue's own metadata count
    try (SingleChronicleQueue queue =
            SingleChronicleQueueBuilder.binary(folder)
                .rollCycle(anyDaily)
                .timeProvider(() -> 0L)
                .readOnly(true)
                .build();
        ExcerptTailer tailer = queue.createTailer()) {
      while (read(tailer)) {
        documents++;
      }
    }
    return (System.nanoTime() - begin) / 1e6;
  }

  private boolean read(ExcerptTailer tailer) {
    try (DocumentContext document = tailer.readingDocument()) {
      if (!document.isPresent()) {
        return false;
      }
      Bytes<?> bytes = document.wire().bytes();
      int length = (int) bytes.readRemaining();
      if (length > copy.length) {
        copy = new byte[2 * length];
      }
      return bytes.read(copy, 0, length) == length;
    }
  }

  @Override
  public long samples() {
    return documents;
  }

  @Override
  public void close() {
    // nothing is open between rounds
  }
}
