package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.spi.Journal;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that accepts and settles until it is killed, and tells on standard output what it was
 * told: the oldest event is settled when more than {@link #OWED} are owed.
 */
final class CrashingWriter {
  /** Cycles of a few hundred events, so that it rolls all the time. */
  static final JournalLimits LIMITS =
      new JournalLimits(1_000_000, 1L << 30, 100_000, 10_000, Long.MAX_VALUE);

  private static final int OWED = 1_400;
  private static final int AT_ONCE = 64;

  /** What is told, each with the event's id and a full stop. */
  enum Told {
    ACCEPTED,
    SETTLING,
    SETTLED
  }

  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
  private final ConcurrentLinkedQueue<long[]> accepted = new ConcurrentLinkedQueue<>();
  private final Semaphore places = new Semaphore(AT_ONCE);

  /** Ends the process at an operation. */
  private static final class EndingFiles extends JournalFiles {
    private final AtomicInteger left;

    EndingFiles(int operations) {
      left = new AtomicInteger(operations);
    }

    private void count() {
      if (left.decrementAndGet() == 0) {
        Runtime.getRuntime().halt(137);
      }
    }

    @Override
    FileChannel open(Path path) throws IOException {
      count();
      return super.open(path);
    }

    @Override
    void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
      count();
      super.write(channel, bytes, position);
    }

    @Override
    void force(FileChannel channel, boolean metadata) throws IOException {
      count();
      super.force(channel, metadata);
      count();
    }

    @Override
    void syncFolder(Path folder) throws IOException {
      count();
      super.syncFolder(folder);
    }

    @Override
    void delete(Path folder) throws IOException {
      count();
      super.delete(folder);
    }
  }

  private CrashingWriter() {}

  static int bodyBytes(long id) {
    return (int) (id * 7919 % 700);
  }

  /**
   * @param words the journal's folder; the number of this life; file operations until its end, 0:
   *     any number
   */
  public static void main(String[] words) throws Exception {
    int operations = Integer.parseInt(words[2]);
    JournalFiles files = operations == 0 ? new JournalFiles() : new EndingFiles(operations);
    try (TestJournal journal = new TestJournal(Path.of(words[0]), LIMITS, files)) {
      new CrashingWriter().run(journal, Integer.parseInt(words[1]));
    }
  }

  private void run(TestJournal journal, int life) throws InterruptedException {
    ArrayDeque<long[]> owed = new ArrayDeque<>();
    journal.recovered.forEach((handle, each) -> owed.add(new long[] {handle, each.id()}));
    for (long id = life * 1_000_000_000L; ; id++) {
      places.acquire();
      accept(journal.journal, id);
      for (long[] each = accepted.poll(); each != null; each = accepted.poll()) {
        owed.add(each);
      }
      if (owed.size() > OWED + AT_ONCE) {
        settle(journal.journal, owed);
      }
    }
  }

  private void accept(Journal journal, long id) {
    Journal.Answer answer =
        journal.accept(
            TestJournal.event(id, bodyBytes(id)),
            new Journal.Receipt() {
              @Override
              public void accepted(long handle) {
                tell(List.of(id), Told.ACCEPTED);
                accepted.add(new long[] {handle, id});
                places.release();
              }

              @Override
              public void refused(String detail) {
                throw new IllegalStateException(detail);
              }
            });
    if (answer != Journal.Answer.TAKEN) {
      throw new IllegalStateException(answer.toString());
    }
  }

  private void settle(Journal journal, ArrayDeque<long[]> owed) {
    List<Long> ids = new ArrayList<>();
    List<Long> handles = new ArrayList<>();
    while (owed.size() > OWED) {
      long[] each = owed.poll();
      handles.add(each[0]);
      ids.add(each[1]);
    }
    tell(ids, Told.SETTLING);
    handles.forEach(journal::settle);
    journal.sync(
        failure -> {
          if (failure == null) {
            tell(ids, Told.SETTLED);
          }
        });
  }

  private void tell(List<Long> ids, Told what) {
    StringBuilder text = new StringBuilder();
    ids.forEach(id -> text.append(what).append(' ').append(id).append(".\n"));
    synchronized (out) {
      out.print(text);
      out.flush();
    }
  }
}
