package io.ringmaster.persistence.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The number of the last commit in a file of its own: eight bytes and their CRC-32C, written after
 * the commit and never synced. So it is never ahead of the registry, and behind it only after a
 * power cut.
 */
final class LastCommit {
  private static final int BYTES = Long.BYTES + Integer.BYTES;

  private final Path file;

  /** Null: not opened yet. It stays open: a commit must not fail for want of a descriptor. */
  private FileChannel channel;

  LastCommit(Path file) {
    this.file = file;
  }

  /** 0: not known. */
  long read() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    while (bytes.hasRemaining() && channel().read(bytes, bytes.position()) > 0) {
      // the rest
    }
    if (bytes.flip().remaining() != BYTES) {
      return 0;
    }
    long number = bytes.getLong();
    return bytes.getInt() == checksum(number) ? number : 0;
  }

  void write(long number) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).putLong(number).putInt(checksum(number)).flip();
    while (bytes.hasRemaining()) {
      channel().write(bytes, bytes.position());
    }
  }

  private FileChannel channel() throws IOException {
    if (channel == null) {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
    return channel;
  }

  /** Gives the descriptor back. */
  void close() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException failure) {
        System.getLogger("io.ringmaster.persistence")
            .log(System.Logger.Level.WARNING, "not closed well: " + file, failure);
      }
      channel = null;
    }
  }

  private static int checksum(long number) {
    CRC32C checksum = new CRC32C();
    checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    return (int) checksum.getValue();
  }
}
