package io.ringmaster.persistence.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * A part of a stream that is written: its lines, and beside them when they were logged. What is
 * told of times precedes the lines it is of. One thread at a time.
 */
final class LogPart {
  static final int CHARACTER_BYTES_MAX = 4;
  private static final int LOOK_BYTES = 64 * 1024;
  private static final Set<OpenOption> OPTIONS =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);

  final Path path;
  final LogGroup group;
  private final FileChannel lines;
  private final FileChannel times;
  private final ByteBuffer entry = ByteBuffer.allocate(LogTimes.ENTRY_BYTES);
  private long size;
  private long entries;
  private long firstMs;
  private long lastMs;
  private boolean lineStart = true;

  private LogPart(Path path, LogGroup group, FileChannel lines, FileChannel times) {
    this.path = path;
    this.group = group;
    this.lines = lines;
    this.times = times;
  }

  /**
   * Opens a part, which is made if it is not there.
   *
   * @param whole what comes after its last whole line is what a crash left, and is cut off
   */
  static LogPart open(Path path, LogGroup group, boolean whole) throws IOException {
    FileChannel lines = FileChannel.open(path, OPTIONS);
    FileChannel times = null;
    try {
      times = FileChannel.open(LogNames.times(path), OPTIONS);
      LogPart part = new LogPart(path, group, lines, times);
      part.size = lines.size();
      part.lookAtEnd(whole);
      part.readTimes();
      return part;
    } catch (IOException e) {
      closeAfter(e, lines);
      if (times != null) {
        closeAfter(e, times);
      }
      throw e;
    }
  }

  private static void closeAfter(IOException failure, FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private void lookAtEnd(boolean whole) throws IOException {
    if (size == 0) {
      return;
    }
    ByteBuffer last = ByteBuffer.allocate(1);
    lines.read(last, size - 1);
    lineStart = last.get(0) == '\n';
    if (!lineStart && whole) {
      size = lastLineEnd();
      lines.truncate(size);
      lineStart = true;
    }
  }

  private long lastLineEnd() throws IOException {
    ByteBuffer block = ByteBuffer.allocate(LOOK_BYTES);
    for (long end = size; end > 0; ) {
      long begin = Math.max(0, end - LOOK_BYTES);
      block.clear().limit((int) (end - begin));
      LogTimes.readFully(lines, block, begin);
      for (int i = block.position() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return begin + i + 1;
        }
      }
      end = begin;
    }
    return 0;
  }

  private void readTimes() throws IOException {
    if (times.size() < LogTimes.HEAD_BYTES) {
      times.truncate(0);
      write(times, LogTimes.head(group.mark()), 0);
    }
    entries = (times.size() - LogTimes.HEAD_BYTES) / LogTimes.ENTRY_BYTES;
    while (entries > 0 && entry(entries - 1).getLong(0) > size) {
      entries--;
    }
    times.truncate(timesEnd());
    if (entries > 0) {
      lastMs = entry(entries - 1).getLong(8);
      firstMs = entry(0).getLong(8);
    }
  }

  private ByteBuffer entry(long number) throws IOException {
    entry.clear();
    long at = LogTimes.HEAD_BYTES + number * LogTimes.ENTRY_BYTES;
    LogTimes.readFully(times, entry, at);
    return entry;
  }

  /** Bytes of what tells its times. */
  long timesEnd() {
    return LogTimes.HEAD_BYTES + entries * LogTimes.ENTRY_BYTES;
  }

  /** Bytes of its lines. */
  long size() {
    return size;
  }

  boolean lineStart() {
    return lineStart;
  }

  /** When its first line was logged. */
  long firstMs() {
    return firstMs;
  }

  /**
   * Appends; of what fails nothing stays, as far as the disk still does what it is told.
   *
   * @throws IOException it is to be closed
   */
  void append(long epochMs, byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    if (entries == 0 || epochMs - lastMs >= LogTimes.APART_MS) {
      entry.clear().putLong(size).putLong(epochMs).flip();
      write(times, entry, timesEnd());
      firstMs = entries == 0 ? epochMs : firstMs;
      lastMs = epochMs;
      entries++;
    }
    try {
      write(lines, ByteBuffer.wrap(bytes, offset, length), size);
    } catch (IOException e) {
      try {
        lines.truncate(size);
      } catch (IOException too) {
        e.addSuppressed(too);
      }
      throw e;
    }
    size += length;
    lineStart = bytes[offset + length - 1] == '\n';
  }

  /** Bytes to the end of the first line, with it; −1: it does not end. */
  static int lineEnd(byte[] bytes, int offset, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[offset + i] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  /** Bytes that belong to a character of UTF-8 that began before them. */
  static int characterEnd(byte[] bytes, int offset, int length) {
    int most = Math.min(length, CHARACTER_BYTES_MAX - 1);
    int end = 0;
    while (end < most && (bytes[offset + end] & 0xc0) == 0x80) {
      end++;
    }
    return end;
  }

  private static void write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
    long to = at;
    while (bytes.hasRemaining()) {
      to += channel.write(bytes, to);
    }
  }

  void close() throws IOException {
    try {
      lines.close();
    } finally {
      times.close();
    }
  }
}
