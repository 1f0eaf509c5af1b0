package io.ringmaster.persistence.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

  LastCommit(Path file) {
    this.file = file;
  }

  /** 0: not known. */
  long read() throws IOException {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      if (bytes.remaining() != BYTES) {
        return 0;
      }
      long number = bytes.getLong();
      return bytes.getInt() == checksum(number) ? number : 0;
    } catch (NoSuchFileException none) {
      return 0;
    }
  }

  void write(long number) throws IOException {
    Files.write(
        file,
        ByteBuffer.allocate(BYTES).putLong(number).putInt(checksum(number)).array(),
        StandardOpenOption.CREATE,
        StandardOpenOption.WRITE);
  }

  private static int checksum(long number) {
    CRC32C checksum = new CRC32C();
    checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    return (int) checksum.getValue();
  }
}
