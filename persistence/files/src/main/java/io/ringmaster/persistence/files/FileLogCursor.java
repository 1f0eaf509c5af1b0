package io.ringmaster.persistence.files;

import io.ringmaster.persistence.spi.LogCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** Reads a stream of a {@link FileLogStore}, part by part, beside who writes it. */
final class FileLogCursor implements LogCursor {
  private static final int BLOCK_BYTES = 16 * 1024;
  private static final int PART_SHIFT = 40;
  private static final long OFFSET_MASK = (1L << PART_SHIFT) - 1;
  private static final int NONE = -1;
  private static final byte[] NOTHING = {};

  private final Path stream;
  private final long fromMs;
  private final long place;
  private final LogTimes.Window times = new LogTimes.Window();

  /** {@link #NONE}: not known yet. */
  private int part = NONE;

  private long partWrittenMs;

  // What was read of the part, and where in the part that begins.
  private byte[] block = NOTHING;
  private long blockOffset;
  private int begin;
  private int end;

  /** So far there is no end of a line. */
  private int searched;

  // The line.
  private int lineBegin;
  private int lineEnd;
  private long lineMs = -1;
  private long linePosition;

  /** Whether more pieces of the line are to come, and where in the part it begins. */
  private boolean isInLongLine;

  private long longLineOffset;

  FileLogCursor(Path stream, long fromMs, long place) {
    this.stream = stream;
    this.fromMs = fromMs;
    this.place = place;
  }

  @Override
  public boolean next() throws IOException {
    if (part == NONE && !begin()) {
      return false;
    }
    while (true) {
      while (takeLine()) {
        if (lineMs >= fromMs) {
          return true;
        }
      }
      // In this order: what is appended before the next part begins is in this one.
      boolean last = !Files.exists(LogNames.part(stream, part + 1));
      if (!fill() && (last || !goTo(part + 1))) {
        end = begin; // half a line is read again: it may be taken back meanwhile
        searched = begin;
        block = end == 0 ? NOTHING : block;
        return false;
      }
    }
  }

  private boolean takeLine() {
    int at = searched;
    while (at < end && block[at] != '\n') {
      at++;
    }
    searched = at;
    boolean ended = at < end;
    if (!ended && at - begin <= LINE_BYTES_MAX) {
      return false;
    }
    boolean piece = at - begin > LINE_BYTES_MAX;
    if (!isInLongLine) {
      longLineOffset = blockOffset + begin;
    }
    isInLongLine = piece;
    lineBegin = begin;
    lineEnd = piece ? characterBegin(begin + LINE_BYTES_MAX) : at;
    begin = piece ? lineEnd : at + 1;
    searched = begin;
    linePosition = (long) part << PART_SHIFT | blockOffset + lineBegin;
    long known = times.at(blockOffset + lineBegin);
    lineMs = known < 0 ? partWrittenMs : known;
    return true;
  }

  /** Where a character of UTF-8 begins, there or a little before; if none does, there. */
  private int characterBegin(int at) {
    for (int back = 0; back < LogPart.CHARACTER_BYTES_MAX; back++) {
      if ((block[at - back] & 0xc0) != 0x80) {
        return at - back;
      }
    }
    return at;
  }

  /** Finds the place, or the part where lines of the wanted time begin. */
  private boolean begin() throws IOException {
    if (place != BEGIN) {
      part = (int) (place >>> PART_SHIFT);
      blockOffset = place & OFFSET_MASK;
      times.seek(LogNames.part(stream, part), blockOffset);
      return true;
    }
    int first = Files.exists(stream) ? 0 : firstPart(0);
    if (first == NONE) {
      return false;
    }
    while (beganBefore(LogNames.part(stream, first + 1))) {
      first++;
    }
    return goTo(first);
  }

  private boolean beganBefore(Path later) throws IOException {
    LogTimes.Begin its = Files.exists(later) ? LogTimes.begin(later) : null;
    return its != null && its.firstMs() < fromMs;
  }

  /** The first part from there on that is there; or {@link #NONE}. */
  private int firstPart(int from) throws IOException {
    int first = NONE;
    try (DirectoryStream<Path> all =
        Files.newDirectoryStream(
            stream.getParent(),
            file -> LogNames.isPart(file) && LogNames.stream(file).equals(stream))) {
      for (Path file : all) {
        int number = LogNames.number(file);
        if (number >= from && (first == NONE || number < first)) {
          first = number;
        }
      }
    } catch (NoSuchFileException e) {
      return NONE;
    }
    return first;
  }

  private boolean goTo(int number) throws IOException {
    part = number;
    isInLongLine = false;
    begin = 0;
    end = 0;
    searched = 0;
    Path file = LogNames.part(stream, number);
    try {
      blockOffset = times.seek(file, fromMs, Files.size(file));
      return true;
    } catch (NoSuchFileException e) {
      part = NONE;
      return false;
    }
  }

  /**
   * Reads on.
   *
   * @return false: there is no more now
   */
  private boolean fill() throws IOException {
    if (begin > 0) {
      System.arraycopy(block, begin, block, 0, end - begin);
      blockOffset += begin;
      end -= begin;
      searched -= begin;
      begin = 0;
    }
    if (end == block.length) {
      block = Arrays.copyOf(block, Math.max(BLOCK_BYTES, 2 * block.length));
    }
    Path file = LogNames.part(stream, part);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      long size = channel.size();
      if (size < blockOffset) {
        if (!isCut(file) || size < longLineOffset) {
          return goTo(part); // it was removed, and began anew
        }
        goBack(file);
      }
      if (size < blockOffset + end) { // what was appended last is taken back
        end = 0;
        searched = 0;
      }
      int read = channel.read(ByteBuffer.wrap(block, end, block.length - end), blockOffset + end);
      if (read <= 0) {
        return false;
      }
      end += read;
      partWrittenMs = Files.getLastModifiedTime(file).toMillis();
    } catch (NoSuchFileException e) {
      int later = firstPart(part + 1);
      return later != NONE && goTo(later);
    }
    times.reach(file, blockOffset + end);
    return true;
  }

  /** Whether a crash cut a line off of which a piece was read. */
  private boolean isCut(Path file) throws IOException {
    LogTimes.Begin its = isInLongLine ? LogTimes.begin(file) : null;
    return its != null && its.firstMs() <= lineMs; // a part that began anew did so later
  }

  /** To where the line began that was cut off. */
  private void goBack(Path file) throws IOException {
    begin = 0;
    end = 0;
    searched = 0;
    blockOffset = longLineOffset;
    isInLongLine = false;
    times.seek(file, blockOffset);
  }

  @Override
  public long epochMs() {
    return lineMs;
  }

  @Override
  public long position() {
    return linePosition;
  }

  @Override
  public long place() {
    return part == NONE ? place : (long) part << PART_SHIFT | blockOffset + begin;
  }

  @Override
  public String text() {
    return new String(block, lineBegin, lineEnd - lineBegin, StandardCharsets.UTF_8);
  }
}
