package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.spi.Journal.Reading;
import io.ringmaster.persistence.spi.Uninterruptibly;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The thread for what need not be done between two events: reading bodies, preparing the next
 * cycle, filling the newest ahead, removing old ones; in the order in which the appender asks for
 * it. Bounded by what callers ask for: a reading is 40 bytes.
 */
final class FilesThread implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.persistence");

  /** Some work on files. */
  @FunctionalInterface
  private interface FileWork {
    void run() throws IOException;
  }

  private final CycleFolders folders;
  private final BodyFiles bodies;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("ringmaster-journal-files").unstarted(this::run);

  // Guarded by this.
  private final ArrayDeque<FileWork> wanted = new ArrayDeque<>();
  private boolean closing;

  private int preparing;

  /** The cycle that was prepared wholly and is not begun; 0: none. */
  private int prepared;

  /** Damaged cycles that lie there; this thread. */
  private volatile int damaged;

  FilesThread(CycleFolders folders, Seal seal) {
    this.folders = folders;
    bodies = new BodyFiles(folders, seal);
    thread.start();
  }

  int damaged() {
    return damaged;
  }

  /** The cycle is prepared, unless that fails. */
  void prepare(int cycle) {
    synchronized (this) {
      preparing++;
    }
    add(
        () -> {
          boolean done = false;
          try {
            folders.prepare(cycle);
            done = true;
          } finally {
            synchronized (this) {
              prepared = done ? cycle : 0;
              preparing--;
              notifyAll();
            }
          }
        });
  }

  synchronized boolean isPrepared(int cycle) {
    return prepared == cycle;
  }

  /** What was prepared is begun, or given up. */
  synchronized void forgetPrepared() {
    prepared = 0;
  }

  /** Waits until no cycle is being prepared. */
  synchronized void awaitPrepared() {
    Uninterruptibly.run(
        () -> {
          while (preparing > 0) {
            wait();
          }
        });
  }

  void countDamaged() {
    add(() -> damaged = folders.damaged());
  }

  void retire(int cycle) {
    add(
        () -> {
          bodies.forget(cycle);
          folders.retire(cycle);
          damaged = folders.damaged();
        });
  }

  void fill(ZerosAhead zeros) {
    add(zeros::fill);
  }

  void read(long position, long number, Reading reading) {
    add(() -> read(reading, position, number));
  }

  private void read(Reading reading, long position, long number) {
    byte[] body;
    byte[] reason;
    try {
      ByteBuffer event = bodies.read(position, number);
      body = Records.body(event);
      reason = Records.reason(event);
    } catch (IOException | RuntimeException | Error e) {
      LOG.log(Level.ERROR, "an event cannot be read from the journal: " + e);
      reading.failed(false, e.getMessage() == null ? e.toString() : e.getMessage());
      return;
    }
    reading.found(body, reason);
  }

  private void add(FileWork work) {
    synchronized (this) {
      wanted.add(work);
      notifyAll();
    }
  }

  /** Null: closed, and nothing is left to do. */
  private synchronized FileWork take() {
    while (wanted.isEmpty() && !closing) {
      try {
        wait();
      } catch (InterruptedException nobodysThread) {
        LOG.log(Level.DEBUG, "interrupted; nobody should", nobodysThread);
      }
    }
    return wanted.poll();
  }

  private void run() {
    for (FileWork work = take(); work != null; work = take()) {
      try {
        work.run();
      } catch (IOException | RuntimeException | Error e) {
        // what it was for is tried again, or tells its caller itself
        LOG.log(Level.WARNING, "the journal's files: " + e, e);
      }
    }
  }

  /** Does what was asked for, then ends. */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    Uninterruptibly.run(thread::join);
    bodies.close();
  }
}
