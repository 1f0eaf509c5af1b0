package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Fills a cycle's file with zeros ahead of what is written, and forces them: what is written there
 * then needs no new blocks, and forcing it takes half to three quarters of the time. Where it does
 * not get so far, or fails, the file grows with what is written.
 *
 * <p>The files thread fills; the appender's thread asks, and waits before it writes where zeros are
 * on their way.
 *
 * <p>Each filling has a channel of its own: what could not be written to the disk is told once to
 * each that forces the file, and the appender must be told whatever is told here.
 */
final class ZerosAhead {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.persistence");
  private static final int LEFT_MIN = 512 * 1024;
  private static final int LEFT_MAX = 4 << 20;
  private static final int AT_ONCE = 1 << 20;

  private final JournalFiles files;
  private final FilesThread thread;
  private final Path path;

  // Guarded by this.
  private long filledTo;
  private long fillingFrom;
  private boolean filling;
  private boolean failed;
  private IOException broken;

  /**
   * @param path the file, which has its name
   * @param filledTo there are zeros already, up to here
   */
  ZerosAhead(JournalFiles files, FilesThread thread, Path path, long filledTo) {
    this.files = files;
    this.thread = thread;
    this.path = path;
    this.filledTo = filledTo;
  }

  /** Waits while zeros may be put where somebody is about to write. */
  synchronized void awaitBelow(long end) {
    while (filling && end > fillingFrom) {
      Uninterruptibly.run(this::wait);
    }
  }

  /** Waits until nothing is being filled. */
  void await() {
    awaitBelow(Long.MAX_VALUE);
  }

  /** Has more filled if what is left is little. */
  synchronized void ask(long end) {
    long wanted = Math.clamp(end, LEFT_MIN, LEFT_MAX);
    if (!filling && !failed && filledTo - end < wanted) {
      filling = true;
      fillingFrom = Math.max(filledTo, end);
      thread.fill(this, fillingFrom, fillingFrom + Math.max(wanted, AT_ONCE));
    }
  }

  /** The files thread. */
  void fill(long from, long to) {
    boolean filled = false;
    try (FileChannel channel = files.open(path)) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(AT_ONCE);
      for (long at = from; at < to; at += zeros.capacity()) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), to - at));
        files.write(channel, zeros, at);
      }
      force(channel);
      filled = true;
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "nothing is filled ahead: " + e.getMessage());
    } finally {
      end(filled ? to : from, filled);
    }
  }

  private void force(FileChannel channel) throws IOException {
    try {
      files.force(channel, false);
    } catch (IOException e) {
      synchronized (this) {
        broken = e;
      }
      throw e;
    }
  }

  /**
   * Nothing of the file counts as durable once it could not be forced here either.
   *
   * @throws IOException it could not
   */
  synchronized void check() throws IOException {
    if (broken != null) {
      throw new IOException(broken.getMessage(), broken);
    }
  }

  private synchronized void end(long to, boolean filled) {
    filledTo = to;
    failed = !filled;
    filling = false;
    notifyAll();
  }
}
