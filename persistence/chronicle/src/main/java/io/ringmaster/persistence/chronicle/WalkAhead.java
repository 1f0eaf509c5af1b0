package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.spi.Uninterruptibly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * A cycle's records as {@link RecordWalk} finds them, found on a thread of its own: reading and
 * checking a window goes on while the last ones are being used. The thread ends with {@link
 * #close}. What is public is for one other thread.
 */
final class WalkAhead implements AutoCloseable {
  private static final int WINDOWS = 4;

  /** A part of the file with the records that were found in it. */
  private static final class Found {
    ByteBuffer bytes = RecordWalk.newWindow();
    long bytesAt;
    int[] at = new int[1024];
    int records;

    /** From which record on the file was known to be damaged. */
    int damagedFrom;

    void add(RecordWalk walk) {
      if (records == at.length) {
        at = Arrays.copyOf(at, 2 * records);
      }
      at[records++] = walk.at();
      if (!walk.damaged()) {
        damagedFrom = records;
      }
    }

    void empty() {
      records = 0;
      damagedFrom = 0;
    }
  }

  private final int cycle;
  private final RecordWalk walk;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("ringmaster-journal-ahead").unstarted(this::run);

  // The other thread.
  private Found using = new Found();
  private int next;

  // The thread that walks.
  private Found finding = new Found();

  // Guarded by this.
  private final ArrayDeque<Found> found = new ArrayDeque<>();
  private final ArrayDeque<Found> free = new ArrayDeque<>();
  private boolean ended;
  private boolean closed;
  private Throwable failure;

  WalkAhead(CycleFolders folders, Seal seal, int cycle) throws IOException {
    this.cycle = cycle;
    for (int i = 2; i < WINDOWS; i++) {
      free.add(new Found());
    }
    walk = new RecordWalk(folders, seal, cycle, this::exchange);
    thread.start();
  }

  // ---- the thread that walks ----

  private void run() {
    Throwable why = null;
    try {
      while (!isClosed() && walk.advance()) {
        finding.add(walk);
      }
      exchange(walk.bytes());
    } catch (IOException | RuntimeException | Error e) {
      why = e;
    } finally {
      end(why);
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void end(Throwable why) {
    failure = why;
    ended = true;
    notifyAll();
  }

  /** Hands over what was found in a window, if that is anything. */
  private ByteBuffer exchange(ByteBuffer window) {
    if (finding.records == 0) {
      return window;
    }
    finding.bytes = window;
    finding.bytesAt = walk.bytesAt();
    finding = exchange(finding);
    return finding.bytes;
  }

  private synchronized Found exchange(Found full) {
    found.add(full);
    notifyAll();
    Uninterruptibly.run(
        () -> {
          while (free.isEmpty() && !closed) {
            wait();
          }
        });
    return closed ? new Found() : free.poll();
  }

  // ---- the other thread ----

  /**
   * Goes to the next whole record.
   *
   * @return false: there is none
   * @throws IOException the file cannot be read on
   */
  boolean advance() throws IOException {
    next++;
    while (next >= using.records) {
      Found more = take();
      if (more == null) {
        return false;
      }
      using = more;
      next = 0;
    }
    return true;
  }

  /** Null: there is nothing more. */
  private synchronized Found take() throws IOException {
    using.empty();
    free.add(using);
    notifyAll();
    Uninterruptibly.run(
        () -> {
          while (found.isEmpty() && !ended) {
            wait();
          }
        });
    if (found.isEmpty() && failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
    return found.poll();
  }

  /** The record; {@link #at} tells where it begins. Valid until the next one. */
  ByteBuffer bytes() {
    return using.bytes;
  }

  int at() {
    return using.at[next];
  }

  /** Where the record begins in the file. */
  long offset() {
    return using.bytesAt + at();
  }

  long position() {
    return Position.of(cycle, offset());
  }

  /** Whether there was damage before the record or in front of it. */
  boolean damagedSoFar() {
    return next >= using.damagedFrom;
  }

  /** See {@link RecordWalk#damaged}; when there are no more records. */
  synchronized boolean damaged() {
    return walk.damaged();
  }

  /** See {@link RecordWalk#missing}; likewise. */
  synchronized long missing() {
    return walk.missing();
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    Uninterruptibly.run(thread::join);
    walk.close();
  }
}
