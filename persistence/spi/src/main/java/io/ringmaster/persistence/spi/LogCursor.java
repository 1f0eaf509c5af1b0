package io.ringmaster.persistence.spi;

import java.io.IOException;

/**
 * Reads the lines of one stream, oldest first, also while it grows: only whole ones, so that
 * neither the beginning of a line nor what a power cut left of one is taken for a line. Holds no
 * descriptor between calls. One thread at a time.
 */
public interface LogCursor {
  /** A line longer than so many bytes comes in pieces, each of whole characters. */
  int LINE_BYTES_MAX = 256 * 1024;

  /** A {@link #place} before everything. */
  long BEGIN = -1;

  /**
   * Goes to the next line.
   *
   * @return false: there is none yet; a later call looks again
   * @throws IOException the storage cannot be read
   */
  boolean next() throws IOException;

  /** When the line was logged, in milliseconds since 1970, 10 ms exact. */
  long epochMs();

  /** Where the line begins; grows from line to line. */
  long position();

  /** What follows the line begins there; {@link LogStore#open} goes on with it. */
  long place();

  /** The line, without its end. Damaged UTF-8 becomes replacement characters. */
  String text();
}
