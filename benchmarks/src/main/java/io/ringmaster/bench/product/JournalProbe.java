package io.ringmaster.bench.product;

import io.ringmaster.bench.floor.AppendedFile;
import io.ringmaster.bench.floor.Producers;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.persistence.spi.Journal;
import io.ringmaster.persistence.spi.JournalProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ServiceLoader;

/**
 * {@code journal.accept.N}: events a second that are accepted durably, so many producers, each of
 * which waits for its acceptance. Each event is settled when it was accepted, as one that was run.
 */
public final class JournalProbe implements Probe {
  private static final long EVENTS_MAX = 1_000_000;
  private static final String LANE = "123456789012:function:hello:$LATEST";

  private final Path folder;
  private final Journal journal;
  private final Producers producers;
  private final byte[] body = AppendedFile.body();

  /**
   * @param count producers
   */
  public JournalProbe(int count) throws IOException {
    folder = JournalFolders.create();
    boolean opened = false;
    try {
      journal = open(folder, true, EVENTS_MAX);
      journal.recover(JournalFolders.NOBODY);
      opened = true;
    } finally {
      if (!opened) {
        JournalFolders.delete(folder);
      }
    }
    producers = new Producers(count, this::accept);
  }

  static Journal open(Path folder, boolean synced, long eventsMax) throws IOException {
    return ServiceLoader.load(JournalProvider.class)
        .findFirst()
        .orElseThrow(() -> new IOException("there is no journal on the class path"))
        .open(folder, synced, eventsMax);
  }

  private void accept(Producers.Producer producer) {
    Journal.Event event = new Journal.Event(1, producer.next(), LANE, 1_000, 1_000, 0, body);
    Journal.Answer answer =
        journal.accept(
            event,
            new Journal.Receipt() {
              @Override
              public void accepted(long handle) {
                journal.settle(handle);
                producer.accepted();
              }

              @Override
              public void refused(String detail) {
                producer.failed(detail);
              }
            });
    if (answer != Journal.Answer.TAKEN) {
      producer.failed(answer.toString());
    }
  }

  @Override
  public double round(long durationNs) throws IOException {
    return producers.round(durationNs);
  }

  @Override
  public long samples() {
    return producers.accepted();
  }

  @Override
  public String detail() {
    Journal.Status status = journal.status();
    return "cycle " + status.newestCycle() + ", " + (status.storedBytes() >> 20) + " MiB";
  }

  @Override
  public void close() throws IOException {
    journal.close();
    JournalFolders.delete(folder);
  }
}
