package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads single events by their positions. One thread that nobody can interrupt. */
final class BodyFiles implements AutoCloseable {
  private static final int OPEN_MAX = 8;
  static final int AT_ONCE = 4096;

  private final CycleFolders folders;
  private final Seal seal;
  private final Map<Integer, FileChannel> open = new LinkedHashMap<>();

  BodyFiles(CycleFolders folders, Seal seal) {
    this.folders = folders;
    this.seal = seal;
  }

  /**
   * The event's record, from the buffer's beginning on.
   *
   * @param number the event's
   * @throws DamagedRecordException it is not that event's
   * @throws IOException it cannot be read at present
   */
  ByteBuffer read(long position, long number) throws IOException {
    FileChannel channel = channel(Position.cycle(position));
    long offset = Position.offset(position);
    ByteBuffer bytes = Records.wrap(new byte[AT_ONCE]);
    int read = folders.files().read(channel, bytes, offset);
    int length = Records.length(seal, bytes, 0, read);
    if (length > read) {
      bytes = Records.wrap(new byte[length]);
      read = folders.files().read(channel, bytes, offset);
    }
    if (length == 0
        || read < length
        || !Records.isWhole(seal, bytes, 0, length)
        || !Records.isEvent(bytes, number)) {
      throw new DamagedRecordException(
          "the event's bytes are damaged, at " + offset + " of its cycle");
    }
    return bytes;
  }

  private FileChannel channel(int cycle) throws IOException {
    FileChannel channel = open.get(cycle);
    if (channel == null) {
      if (open.size() == OPEN_MAX) {
        forget(open.keySet().iterator().next());
      }
      channel = folders.files().openToRead(folders.data(cycle));
      open.put(cycle, channel);
    }
    return channel;
  }

  /** Closes a cycle's file. */
  void forget(int cycle) throws IOException {
    FileChannel channel = open.remove(cycle);
    if (channel != null) {
      channel.close();
    }
  }

  @Override
  public void close() throws IOException {
    while (!open.isEmpty()) {
      forget(open.keySet().iterator().next());
    }
  }
}
