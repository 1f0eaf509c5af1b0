package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.spi.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A journal as tests use it: waits for what callbacks tell. */
final class TestJournal implements AutoCloseable {
  static final JournalLimits SMALL =
      new JournalLimits(100_000, 1L << 30, 20_000, 1_000, 3_600_000_000_000L);
  static final String LANE = "123456789012:function:hello:$LATEST";
  private static final long LIMIT_S = 60;

  /** An owed event as recovery told it. */
  record Owed(long id, String lane, long acceptedMs, long dueMs, int attempt, int bodyBytes) {}

  /** What reading gave. */
  record Found(byte[] body, byte[] reason, boolean gone, String failure) {}

  final Journal journal;
  final Map<Long, Owed> recovered = new HashMap<>();

  static {
    ChronicleSettings.set();
  }

  TestJournal(Path folder) throws IOException {
    this(folder, SMALL, new JournalFiles());
  }

  TestJournal(Path folder, JournalLimits limits, JournalFiles files) throws IOException {
    this(folder, true, limits, files);
  }

  TestJournal(Path folder, boolean synced, JournalLimits limits, JournalFiles files)
      throws IOException {
    journal = ChronicleJournal.open(folder, synced, limits, files);
    boolean well = false;
    try {
      journal.recover(
          new Journal.Recovery() {
            @Override
            public void owed(
                long handle,
                long idHigh,
                long idLow,
                String lane,
                long acceptedMs,
                long dueMs,
                int attempt,
                int bodyBytes) {
              Owed was =
                  recovered.put(
                      handle, new Owed(idLow, lane, acceptedMs, dueMs, attempt, bodyBytes));
              if (was != null || idHigh != ~idLow) {
                throw new IllegalStateException("told twice, or with another id: " + was);
              }
            }

            @Override
            public void progress(long bytes, long bytesTotal) {
              if (bytes > bytesTotal) {
                throw new IllegalStateException(bytes + " of " + bytesTotal);
              }
            }
          });
      well = true;
    } finally {
      if (!well) {
        journal.close();
      }
    }
  }

  /** An event; its body tells its id. */
  static Journal.Event event(long id, int bodyBytes) {
    return new Journal.Event(~id, id, LANE, 1_000 + id, 2_000 + id, 0, body(id, bodyBytes));
  }

  static byte[] body(long id, int bytes) {
    byte[] body = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      body[i] = (byte) (id * 31 + i);
    }
    return body;
  }

  /** Waits; the handle. */
  long accept(Journal.Event event) throws IOException {
    CompletableFuture<Long> handle = offer(event);
    return await(handle);
  }

  long accept(long id, int bodyBytes) throws IOException {
    return accept(event(id, bodyBytes));
  }

  CompletableFuture<Long> offer(Journal.Event event) {
    CompletableFuture<Long> handle = new CompletableFuture<>();
    Journal.Answer answer =
        journal.accept(
            event,
            new Journal.Receipt() {
              @Override
              public void accepted(long accepted) {
                handle.complete(accepted);
              }

              @Override
              public void refused(String detail) {
                handle.completeExceptionally(new IOException(detail));
              }
            });
    if (answer != Journal.Answer.TAKEN) {
      handle.completeExceptionally(new IOException(answer.toString()));
    }
    return handle;
  }

  Found read(long handle) throws IOException {
    return await(beginRead(handle));
  }

  CompletableFuture<Found> beginRead(long handle) {
    CompletableFuture<Found> found = new CompletableFuture<>();
    journal.read(
        handle,
        new Journal.Reading() {
          @Override
          public void found(byte[] body, byte[] reason) {
            found.complete(new Found(body, reason, false, null));
          }

          @Override
          public void failed(boolean gone, String detail) {
            found.complete(new Found(null, null, gone, detail));
          }
        });
    return found;
  }

  /** All dead letters, in pages of so many. */
  List<Journal.DeadLetter> deadLetters(int page) throws IOException {
    List<Journal.DeadLetter> all = new ArrayList<>();
    long cursor = 0;
    while (cursor >= 0) {
      CompletableFuture<Long> next = new CompletableFuture<>();
      journal.deadLetters(
          cursor,
          page,
          (letters, following) -> {
            all.addAll(letters);
            next.complete(following);
          });
      cursor = await(next);
    }
    return all;
  }

  /** Why what was handed over is not recorded; empty if it is. */
  String sync() throws IOException {
    CompletableFuture<String> done = new CompletableFuture<>();
    journal.sync(failure -> done.complete(failure == null ? "" : failure));
    return await(done);
  }

  static <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.get(LIMIT_S, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IOException("no answer from the journal", e);
    }
  }

  @Override
  public void close() {
    journal.close();
  }
}
