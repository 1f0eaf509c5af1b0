package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.spi.Uninterruptibly;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Fills a cycle's file with zeros ahead of what is written, and forces them: what is written there
 * then needs no new blocks, and forcing it takes half to three quarters of the time. Where it does
 * not get so far, does not begin in time or fails, the file grows with what is written.
 *
 * <p>The files thread fills; the appender's thread asks, and waits before it writes where zeros are
 * being written: never for what else the files thread has to do.
 *
 * <p>Each filling has a channel of its own: what could not be written to the disk is told once to
 * each that forces the file, and the appender must be told whatever is told here.
 */
final class ZerosAhead {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.persistence");
  private static final int LEFT_MIN = 512 * 1024;
  private static final int LEFT_MAX = 4 << 20;
  private static final int FILLED_MIN = 1 << 20;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(64 * 1024).asReadOnlyBuffer();

  private final JournalFiles files;
  private final FilesThread thread;
  private final Path path;

  // Guarded by this.
  private long filledTo;

  /** What is asked for, or being written; as much as nothing: it was given up. */
  private long from;

  private long to;
  private boolean asked;
  private boolean writing;

  /** After a failure nothing is asked for before the file has grown to this. */
  private long askFrom;

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

  /**
   * Nothing is put where somebody is about to write: waits while it is being written, and gives up
   * what is only asked for.
   */
  synchronized void clear(long end) {
    Uninterruptibly.run(
        () -> {
          while (writing && end > from) {
            wait();
          }
        });
    if (end > from) {
      to = from;
    }
  }

  /** Nothing is put anywhere until more is asked for. */
  void clear() {
    clear(Long.MAX_VALUE);
  }

  /** Has more filled if what is left is little. */
  synchronized void ask(long end) {
    long wanted = Math.clamp(end, LEFT_MIN, LEFT_MAX);
    if (!writing && end >= askFrom && filledTo - end < wanted) {
      from = Math.max(filledTo, end);
      to = from + Math.max(wanted, FILLED_MIN);
      if (!asked) {
        asked = true;
        thread.fill(this);
      }
    }
  }

  /** The files thread. */
  void fill() {
    if (!begin()) {
      return;
    }
    boolean filled = false;
    try (FileChannel channel = files.open(path)) {
      for (long at = from; at < to; at += ZEROS.capacity()) {
        int length = (int) Math.min(ZEROS.capacity(), to - at);
        files.write(channel, ZEROS.slice(0, length), at);
      }
      filled = true;
      end(true);
      force(channel);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "nothing is filled ahead: " + e.getMessage());
    } finally {
      if (!filled) {
        end(false);
      }
    }
  }

  private synchronized boolean begin() {
    asked = false;
    writing = from < to;
    return writing;
  }

  /** Forcing is no reason to wait. */
  private synchronized void end(boolean filled) {
    filledTo = filled ? to : from;
    askFrom = filled ? 0 : from + LEFT_MAX;
    writing = false;
    notifyAll();
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
}
