package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Reads a cycle's records in their order, through the file and not through Chronicle: whatever is
 * wrong with the file is found here, and nothing is mapped that may have no bytes behind it. One
 * thread.
 *
 * <p>Chronicle puts a word before each document: its length, and whether it is complete or the
 * queue's own. Our documents are batches of records. Where that chain breaks (an incomplete
 * document, a damaged one, the end) the rest of the file is searched for whole records, which are
 * then read too.
 */
final class RecordWalk implements AutoCloseable {
  private static final int WORD = Integer.BYTES;
  private static final int LENGTH_MASK = 0x3FFFFFFF;
  private static final int OWN_BIT = 0x40000000;
  private static final int INCOMPLETE_BIT = 0x80000000;

  /** Chronicle's own documents: its header, and pages of its index, 16 KiB each. */
  private static final int OWN_BYTES_MAX = 64 * 1024;

  private static final int WINDOW_BYTES = 1 << 20;

  /** What becomes of a window before another part of the file is read. */
  @FunctionalInterface
  interface Windows {
    /** Takes a window; the one that is read into next, the same or another of at least its size. */
    ByteBuffer exchange(ByteBuffer window);
  }

  private final JournalFiles files;
  private final Seal seal;
  private final FileChannel channel;
  private final long size;

  private final Windows windows;
  private ByteBuffer window = newWindow();
  private long windowAt;
  private int windowBytes;

  private long next;
  private long documentEnd;
  private long tornEnd;
  private long recordAt;
  private int recordBytes;
  private boolean searching;
  private boolean damaged;
  private boolean torn;
  private long lastNumber = -1;
  private long missing;

  RecordWalk(CycleFolders folders, Seal seal, int cycle) throws IOException {
    this(folders, seal, cycle, same -> same);
  }

  /**
   * @param windows is asked in {@link #advance}
   */
  RecordWalk(CycleFolders folders, Seal seal, int cycle, Windows windows) throws IOException {
    this.seal = seal;
    this.windows = windows;
    this.files = folders.files();
    channel = files.openToRead(folders.data(cycle));
    size = channel.size();
  }

  static ByteBuffer newWindow() {
    return Records.wrap(new byte[WINDOW_BYTES]);
  }

  /** The record; {@link #at} tells where it begins. Valid until the walk goes on. */
  ByteBuffer bytes() {
    return window;
  }

  int at() {
    return (int) (recordAt - windowAt);
  }

  /** Where in the file {@link #bytes} begin. */
  long bytesAt() {
    return windowAt;
  }

  /** Whether bytes were found that are no record, and no document that was being written. */
  boolean damaged() {
    return damaged;
  }

  /** Records that are not there, by their numbers. */
  long missing() {
    return missing;
  }

  /**
   * Goes to the next whole record.
   *
   * @return false: there is none
   */
  boolean advance() throws IOException {
    boolean found = searching ? search() : follow();
    if (found) {
      long number = Records.number(window, at());
      if (lastNumber >= 0 && number != lastNumber + 1) {
        missing += Math.max(0, number - lastNumber - 1);
        damaged = true;
      }
      lastNumber = number;
    }
    return found;
  }

  /** Follows the chain of documents, and the records in each. */
  private boolean follow() throws IOException {
    boolean inside = true;
    boolean entered = false;
    while (inside && next >= documentEnd) {
      inside = enter();
      entered = inside;
    }
    if (inside && (entered || isRecord(next))) {
      recordAt = next;
      next += padded(recordBytes);
      damaged |= next > padded(documentEnd);
      return true;
    }
    damaged |= inside && !torn;
    searching = true;
    return search();
  }

  /**
   * Goes into the next document, or past one of Chronicle's own.
   *
   * @return false: there is neither
   */
  private boolean enter() throws IOException {
    next = Math.max(next, padded(documentEnd));
    if (!see(next, WORD)) {
      return false;
    }
    int word = window.getInt((int) (next - windowAt));
    int length = word & LENGTH_MASK;
    boolean complete = (word & INCOMPLETE_BIT) == 0;
    boolean own = (word & OWN_BIT) != 0;
    torn = !complete;
    tornEnd = length == 0 ? Long.MAX_VALUE : next + WORD + length;
    if (complete && own && length > 0 && length <= OWN_BYTES_MAX && !hidesRecord(length)) {
      next += WORD + padded(length);
      return true;
    }
    if (own || length == 0 || !isRecord(next + WORD)) {
      return false;
    }
    documentEnd = next + WORD + length;
    next += WORD;
    return true;
  }

  /** Whether in what is said to be Chronicle's own there is a record. Its bytes are in sight. */
  private boolean hidesRecord(int length) throws IOException {
    if (!see(next, WORD + length)) {
      return true;
    }
    for (int skipped = WORD; skipped + WORD <= WORD + length; skipped += WORD) {
      if (window.getInt((int) (next - windowAt) + skipped) == seal.magic()
          && isRecord(next + skipped)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Looks for a whole record anywhere behind. What is not zero on the way is damage, but inside a
   * document that was being written when the process ended: nothing follows that.
   */
  private boolean search() throws IOException {
    while (see(next, WORD)) {
      int at = (int) (next - windowAt);
      int end = windowBytes - WORD + 1;
      while (at < end && window.getInt(at) == 0) {
        at += WORD;
      }
      next = windowAt + at;
      if (at < end) {
        if (isRecord(next)) {
          damaged = true;
          searching = false;
          recordAt = next;
          next += padded(recordBytes);
          documentEnd = Math.max(documentEnd, next);
          return true;
        }
        damaged |= !torn || next >= tornEnd;
        next += WORD;
      }
    }
    return false;
  }

  /** Whether there is a whole record that is to come; {@link #recordBytes} is its length then. */
  private boolean isRecord(long offset) throws IOException {
    if (!see(offset, Records.HEAD_BYTES)) {
      return false;
    }
    recordBytes = Records.length(seal, window, (int) (offset - windowAt), windowBytes);
    if (recordBytes == 0 || !see(offset, recordBytes)) {
      return false;
    }
    int at = (int) (offset - windowAt);
    return Records.isWhole(seal, window, at, recordBytes)
        && Records.number(window, at) > lastNumber;
  }

  /** Whether the file has these bytes; they are in the window then. */
  private boolean see(long offset, int bytes) throws IOException {
    if (offset + bytes > size) {
      return false;
    }
    if (offset < windowAt || offset + bytes > windowAt + windowBytes) {
      window = windows.exchange(window);
      if (window.capacity() < bytes) {
        window = Records.wrap(new byte[bytes + WINDOW_BYTES]);
      }
      window.clear();
      windowBytes = files.read(channel, window, offset);
      windowAt = offset;
      if (windowBytes < bytes) {
        throw new IOException("the file ends early: " + offset);
      }
    }
    return true;
  }

  private static long padded(long length) {
    return (length + WORD - 1) & -WORD;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
