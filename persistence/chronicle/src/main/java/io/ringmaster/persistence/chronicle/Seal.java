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
   * Reads a journal's seal.
   *
   * @return null: there is none
   * @throws IOException there was one, and cannot be read
   */
  static Seal read(JournalFiles files, Path root) throws IOException {
    boolean any = false;
    for (String name : NAMES) {
      Path path = root.resolve(name);
      if (Files.exists(path)) {
        any = true;
        Seal seal = readFile(files, path);
        if (seal != null) {
          return seal;
        }
      }
    }
    if (any) {
      throw new IOException("the journal's identity is damaged: " + root.resolve(NAMES.get(0)));
    }
    return null;
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
    for (String name : NAMES) {
      ByteBuffer bytes = ByteBuffer.allocate(FILE_BYTES).putInt(seal.magic).put(salt);
      bytes.putInt(seal.checksum(bytes.array(), 0, bytes.position()));
      try (FileChannel channel = files.open(root.resolve(name))) {
        files.write(channel, bytes.flip(), 0);
        files.force(channel, true);
      }
    }
    files.syncFolder(root);
    return seal;
  }
}
