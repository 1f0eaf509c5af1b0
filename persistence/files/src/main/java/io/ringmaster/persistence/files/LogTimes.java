package io.ringmaster.persistence.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * When the lines of a part were logged: a head of 16 bytes with the group's mark, then entries of
 * 16 bytes, an offset in the part and milliseconds since 1970, both growing: from there on lines
 * are of that time. Entries lie 10 ms apart at least. What a power cut left of such a file is read
 * as far as it makes sense; lines without an entry are as old as the file says.
 */
final class LogTimes {
  static final int HEAD_BYTES = 16;
  static final int ENTRY_BYTES = 16;

  /** Lines that are closer together have one entry. */
  static final long APART_MS = 10;

  private static final long MAGIC = 0x524d_4c4f_4754_3031L; // RMLOGT01
  private static final int BLOCK_ENTRIES = 256;

  private LogTimes() {}

  static ByteBuffer head(long groupMark) {
    return ByteBuffer.allocate(HEAD_BYTES).putLong(MAGIC).putLong(groupMark).flip();
  }

  static ByteBuffer entry(long offset, long epochMs) {
    return ByteBuffer.allocate(ENTRY_BYTES).putLong(offset).putLong(epochMs).flip();
  }

  /** What belongs to a group; two groups hardly ever have the same. */
  static long mark(String group) {
    byte[] hash = Hashes.sha256().digest(group.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(hash).getLong();
  }

  /** Begin of a part's table. */
  record Begin(long groupMark, long firstMs) {}

  /** How a table begins; null: there is none that can be read. */
  static Begin begin(Path part) throws IOException {
    try (FileChannel channel = open(part)) {
      ByteBuffer bytes = ByteBuffer.allocate(HEAD_BYTES + ENTRY_BYTES);
      readFully(channel, bytes, 0);
      bytes.flip();
      if (bytes.remaining() < HEAD_BYTES || bytes.getLong() != MAGIC) {
        return null;
      }
      long mark = bytes.getLong();
      return new Begin(mark, bytes.remaining() == ENTRY_BYTES ? bytes.getLong(HEAD_BYTES + 8) : 0);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** The last time that a table tells of; 0: none. */
  static long lastMs(Path part) throws IOException {
    try (FileChannel channel = open(part)) {
      long entries = (channel.size() - HEAD_BYTES) / ENTRY_BYTES;
      ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
      if (entries > 0) {
        readFully(channel, entry, HEAD_BYTES + (entries - 1) * ENTRY_BYTES);
      }
      return entry.hasRemaining() ? 0 : entry.getLong(Long.BYTES);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private static FileChannel open(Path part) throws IOException {
    return FileChannel.open(
        LogNames.times(part), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  /** Reads until it is full, or the file ends. */
  static void readFully(FileChannel channel, ByteBuffer into, long from) throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int read = channel.read(into, at);
      if (read < 0) {
        return;
      }
      at += read;
    }
  }

  /** A piece of the table of a part that is read from its begin to its end. */
  static final class Window {
    private long[] offsets = new long[8];
    private long[] times = new long[8];
    private int count;

    /** Entries before the first one here. */
    private long skipped;

    /**
     * Where to begin in a part to find all lines of that time and later: at the last entry before,
     * since a line may have begun there.
     */
    long seek(Path part, long epochMs, long size) throws IOException {
      long offset = seek(part, Long.BYTES, epochMs);
      return Math.max(0, Math.min(offset, size));
    }

    /** Begins to read the table where it tells of that offset. */
    void seek(Path part, long offset) throws IOException {
      seek(part, 0, offset + 1);
    }

    /** To the last entry where the number there is less; answers its offset. */
    private long seek(Path part, int index, long wanted) throws IOException {
      count = 0;
      skipped = 0;
      try (FileChannel channel = open(part)) {
        long low = 0;
        long high = Math.max(0, (channel.size() - HEAD_BYTES) / ENTRY_BYTES);
        ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
        while (low < high) {
          long middle = (low + high) >>> 1;
          entry.clear();
          readFully(channel, entry, HEAD_BYTES + middle * ENTRY_BYTES);
          if (entry.position() == ENTRY_BYTES && entry.getLong(index) < wanted) {
            low = middle + 1;
          } else {
            high = middle;
          }
        }
        if (low == 0) {
          return 0;
        }
        skipped = low - 1;
        entry.clear();
        readFully(channel, entry, HEAD_BYTES + skipped * ENTRY_BYTES);
        return entry.getLong(0);
      } catch (NoSuchFileException e) {
        return 0;
      }
    }

    /** Reads on, until the entries here reach that offset. */
    void reach(Path part, long offset) throws IOException {
      if (count > 0 && offsets[count - 1] > offset) {
        return;
      }
      try (FileChannel channel = open(part)) {
        ByteBuffer block = ByteBuffer.allocate(BLOCK_ENTRIES * ENTRY_BYTES);
        boolean more = true;
        while (more) {
          block.clear();
          readFully(channel, block, HEAD_BYTES + (skipped + count) * ENTRY_BYTES);
          more = block.position() == block.capacity();
          block.flip();
          while (block.remaining() >= ENTRY_BYTES) {
            add(block.getLong(), block.getLong());
          }
          more = more && offsets[count - 1] <= offset;
        }
      } catch (NoSuchFileException e) {
        count = 0;
      }
    }

    private void add(long offset, long epochMs) {
      if (count == offsets.length) {
        offsets = Arrays.copyOf(offsets, 2 * count);
        times = Arrays.copyOf(times, 2 * count);
      }
      offsets[count] = offset;
      times[count++] = epochMs;
    }

    /**
     * When what begins there was logged; −1: no entry says that. Offsets are asked for in their
     * order.
     */
    long at(long offset) {
      int last = -1;
      while (last + 1 < count && offsets[last + 1] <= offset) {
        last++;
      }
      if (last > 0) { // what is before is not asked for again
        System.arraycopy(offsets, last, offsets, 0, count - last);
        System.arraycopy(times, last, times, 0, count - last);
        count -= last;
        skipped += last;
        last = 0;
      }
      return last < 0 ? -1 : times[last];
    }
  }
}
