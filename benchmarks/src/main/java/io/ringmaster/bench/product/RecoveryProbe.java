package io.ringmaster.bench.product;

import io.ringmaster.bench.floor.AppendedFile;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.persistence.spi.Journal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code recovery.1M}: milliseconds from opening a journal until it has told everything that is
 * owed. Written once, by a journal that rolled and has its newest cycle's checkpoint; each round
 * opens a folder of hard links to its files.
 */
public final class RecoveryProbe implements Probe {
  private static final String LANE = "123456789012:function:hello:$LATEST";
  private static final int UNDER_WAY = 10_000;
  private static final long LIMIT_S = 300;

  /** Events that were accepted and wait for being settled, at most. */
  private static final long UNSETTLED_MAX = 500_000;

  private final Path folder = JournalFolders.create();
  private final int owed;
  private int rounds;
  private long found;

  /**
   * @param owed events that are owed
   * @param beside events that were accepted and settled after these
   */
  public RecoveryProbe(int owed, int beside) throws IOException {
    this.owed = owed;
    boolean written = false;
    try {
      write(beside);
      written = true;
    } finally {
      if (!written) {
        close();
      }
    }
  }

  private Path written() {
    return folder.resolve("written");
  }

  private void write(int beside) throws IOException {
    Semaphore places = new Semaphore(UNDER_WAY);
    byte[] body = AppendedFile.body();
    try (Journal journal = JournalProbe.open(written(), false, owed + UNSETTLED_MAX)) {
      journal.recover(JournalFolders.NOBODY);
      for (int i = 0; i < owed + beside; i++) {
        take(places, 1);
        accept(journal, i, body, i >= owed, places);
      }
      take(places, UNDER_WAY);
      awaitCheckpoint(journal);
    }
  }

  /** Waits until the newest cycle is all that a start reads: then the one before the last goes. */
  private static void awaitCheckpoint(Journal journal) throws IOException {
    long begin = System.nanoTime();
    Journal.Status status = journal.status();
    while (status.newestCycle() - status.oldestCycle() > 1) {
      if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(LIMIT_S)) {
        throw new IOException("the newest cycle has no checkpoint: " + status);
      }
      Thread.onSpinWait();
      status = journal.status();
    }
  }

  private static void accept(
      Journal journal, long id, byte[] body, boolean settled, Semaphore places) {
    Journal.Answer answer =
        journal.accept(
            new Journal.Event(1, id, LANE, 1_000, 1_000, 0, body),
            new Journal.Receipt() {
              @Override
              public void accepted(long handle) {
                if (settled) {
                  journal.settle(handle);
                }
                places.release();
              }

              @Override
              public void refused(String detail) {
                // its place is missing: the writer gives up
              }
            });
    if (answer != Journal.Answer.TAKEN) {
      throw new IllegalStateException(answer.toString());
    }
  }

  private static void take(Semaphore places, int count) throws IOException {
    try {
      if (!places.tryAcquire(count, LIMIT_S, TimeUnit.SECONDS)) {
        throw new IOException("events are not accepted any more");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private List<Path> cycles() throws IOException {
    try (Stream<Path> all = Files.list(written())) {
      return all.filter(each -> each.getFileName().toString().matches("[0-9]+"))
          .filter(each -> Files.exists(each.resolve("19700101.cq4")))
          .sorted()
          .toList();
    }
  }

  /** The folder of the newest cycle. */
  public Path newest() throws IOException {
    return cycles().getLast();
  }

  @Override
  public double round(long durationNs) throws IOException {
    Path copy = link();
    long begin = System.nanoTime();
    double tookMs;
    try (Journal journal = JournalProbe.open(copy, true, owed + UNSETTLED_MAX)) {
      journal.recover(JournalFolders.NOBODY);
      tookMs = (System.nanoTime() - begin) / 1e6;
      found = journal.status().owed();
    }
    JournalFolders.delete(copy);
    if (found != owed) {
      throw new IOException(found + " were owed, not " + owed);
    }
    rounds++;
    return tookMs;
  }

  private Path link() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("round-" + rounds));
    for (String name : List.of("identity", "identity.copy")) {
      Files.createLink(copy.resolve(name), written().resolve(name));
    }
    for (Path cycle : cycles()) {
      Path linked = Files.createDirectory(copy.resolve(cycle.getFileName()));
      Files.createLink(linked.resolve("19700101.cq4"), cycle.resolve("19700101.cq4"));
    }
    return copy;
  }

  @Override
  public long samples() {
    return rounds;
  }

  @Override
  public String detail() {
    return found + " events owed";
  }

  @Override
  public void close() throws IOException {
    JournalFolders.delete(folder);
  }
}
