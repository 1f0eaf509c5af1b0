package io.ringmaster.conformance.powerloss;

import io.ringmaster.persistence.chronicle.ShortCycles;
import io.ringmaster.persistence.spi.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Events: accepted by many at once, and the oldest ones settled when a thousand are owed. */
final class JournalStore {
  private static final long EVENTS_MAX = 1_000_000;
  private static final int OWED = 1_000;
  private static final int AT_ONCE = 64;
  private static final int BODY_MAX = 700;
  private static final long LIMIT_S = 60;

  private final Writer writer;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final ConcurrentLinkedQueue<long[]> accepted = new ConcurrentLinkedQueue<>();
  private volatile String refusal;

  JournalStore(Writer writer) {
    this.writer = writer;
  }

  private static byte[] body(long id) {
    byte[] body = new byte[(int) (id * 7919 % BODY_MAX)];
    new SplittableRandom(id).nextBytes(body);
    return body;
  }

  private static Journal open(Path folder, boolean synced, Map<Long, Long> owed)
      throws IOException {
    Journal journal = new ShortCycles().open(folder, synced, EVENTS_MAX);
    boolean well = false;
    try {
      journal.recover((handle, _, idLow, _, _, _, _, _) -> owed.put(idLow, handle));
      well = true;
      return journal;
    } finally {
      if (!well) {
        journal.close();
      }
    }
  }

  void write(Path folder, boolean synced, long first) throws IOException {
    Map<Long, Long> found = new HashMap<>();
    Journal journal = open(folder, synced, found);
    ArrayDeque<long[]> owed = new ArrayDeque<>();
    found.forEach((id, handle) -> owed.add(new long[] {handle, id}));
    for (long id = first; refusal == null; id++) {
      places.acquireUninterruptibly();
      accept(journal, id);
      for (long[] each = accepted.poll(); each != null; each = accepted.poll()) {
        owed.add(each);
      }
      if (owed.size() > OWED + AT_ONCE) {
        settle(journal, owed);
      }
    }
    throw new IOException(refusal);
  }

  private void accept(Journal journal, long id) {
    Journal.Answer answer =
        journal.accept(
            new Journal.Event(0, id, "lane-" + id % 5, id, id, 0, body(id)),
            new Journal.Receipt() {
              @Override
              public void accepted(long handle) {
                writer.tell(Writer.KEPT, List.of(id));
                accepted.add(new long[] {handle, id});
                places.release();
              }

              @Override
              public void refused(String detail) {
                refusal = detail;
                places.release();
              }
            });
    if (answer != Journal.Answer.TAKEN) {
      refusal = answer.toString();
      places.release();
    }
  }

  private void settle(Journal journal, ArrayDeque<long[]> owed) {
    List<Long> ids = new ArrayList<>();
    List<Long> handles = new ArrayList<>();
    while (owed.size() > OWED) {
      long[] each = ids.size() % 9 == 0 ? owed.pollLast() : owed.poll();
      handles.add(each[0]);
      ids.add(each[1]);
    }
    writer.tell(Writer.LEAVING, ids);
    handles.forEach(journal::settle);
  }

  static Set<Long> read(Path folder, boolean synced) throws IOException {
    Map<Long, Long> owed = new HashMap<>();
    try (Journal journal = open(folder, synced, owed)) {
      Map<Long, CompletableFuture<byte[]>> bodies = new HashMap<>();
      owed.forEach((id, handle) -> bodies.put(id, read(journal, handle)));
      for (Map.Entry<Long, CompletableFuture<byte[]>> each : bodies.entrySet()) {
        byte[] body = each.getValue().orTimeout(LIMIT_S, TimeUnit.SECONDS).join();
        if (!Arrays.equals(body, body(each.getKey()))) {
          throw new IOException("event " + each.getKey() + " has another's bytes");
        }
      }
      return new HashSet<>(owed.keySet());
    }
  }

  private static CompletableFuture<byte[]> read(Journal journal, long handle) {
    CompletableFuture<byte[]> read = new CompletableFuture<>();
    journal.read(
        handle,
        new Journal.Reading() {
          @Override
          public void found(byte[] body, byte[] reason) {
            read.complete(body);
          }

          @Override
          public void failed(boolean gone, String detail) {
            read.completeExceptionally(new IOException(detail));
          }
        });
    return read;
  }
}
