package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What makes a record one of this journal's: its first four bytes and the start of its checksum are
 * random, so that no body can hold what looks like a record when a damaged file is searched.
 * Immutable.
 */
final class Seal {
  private static final int SALT_BYTES = 16;
  private static final int FILE_BYTES = Integer.BYTES + SALT_BYTES + Integer.BYTES;
  private static final List<String> NAMES = List.of("identity", "identity.copy");

  private final int magic;
  private final byte[] salt;

  Seal(int magic, byte[] salt) {
    this.magic = magic;
    this.salt = salt;
  }

  /** What each record begins with. */
  int magic() {
    return magic;
  }

  int checksum(byte[] bytes, int from, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(salt);
    checksum.update(bytes, from, length);
    return (int) checksum.getValue();
  }

  /**
   * Reads a journal's seal; a copy that is missing or damaged is written anew.
   *
   * @return null: there is none, or none that can be used
   */
  static Seal read(JournalFiles files, Path root) throws IOException {
    Seal found = null;
    boolean whole = true;
    for (String name : NAMES) {
      Seal seal = Files.exists(root.resolve(name)) ? readFile(files, root.resolve(name)) : null;
      whole &= seal != null;
      found = found == null ? seal : found;
    }
    if (found != null && !whole) {
      found.write(files, root);
    }
    return found;
  }

  private static Seal readFile(JournalFiles files, Path path) throws IOException {
    try (FileChannel channel = files.openToRead(path)) {
      ByteBuffer bytes = ByteBuffer.allocate(FILE_BYTES);
      if (files.read(channel, bytes, 0) < FILE_BYTES) {
        return null;
      }
      byte[] salt = new byte[SALT_BYTES];
      bytes.flip();
      Seal seal = new Seal(bytes.getInt(), bytes.get(salt).hasRemaining() ? salt : null);
      int checksum = seal.checksum(bytes.array(), 0, FILE_BYTES - Integer.BYTES);
      return checksum == bytes.getInt() ? seal : null;
    }
  }

  /** Makes a seal for a new journal, durably. */
  static Seal create(JournalFiles files, Path root) throws IOException {
    SecureRandom random = new SecureRandom();
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    Seal seal = new Seal(random.nextInt() | 1, salt);
    seal.write(files, root);
    return seal;
  }

  private void write(JournalFiles files, Path root) throws IOException {
    for (String name : NAMES) {
      ByteBuffer bytes = ByteBuffer.allocate(FILE_BYTES).putInt(magic).put(salt);
      bytes.putInt(checksum(bytes.array(), 0, bytes.position()));
      Path written = root.resolve(name + ".new");
      try (FileChannel channel = files.open(written)) {
        files.write(channel, bytes.flip(), 0);
        files.force(channel, true);
      }
      files.replace(written, root.resolve(name));
      files.syncFolder(root);
    }
  }
}
