package io.ringmaster.persistence.files;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * All records of a registry in one file that is never changed: {@code RMREG002} ({@code RMREG001}
 * from engines that knew functions only; the same form), the number of the last commit (eight
 * bytes), the number of records, each as length and bytes of key and value (four bytes), and a
 * CRC-32C of all before it. Numbers are big-endian.
 *
 * @param commit the last commit that is in it
 * @param records by key
 */
record RegistrySnapshot(long commit, Map<String, byte[]> records) {
  private static final String MAGIC = "RMREG002";
  private static final Set<String> MAGICS = Set.of("RMREG001", MAGIC);
  private static final int RECORD_BYTES_MAX = 64 << 20;

  /** Replaces the snapshot; a crash leaves the old one or the new one. */
  void write(Path file, boolean synced) throws IOException {
    Path coming = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            coming,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      CRC32C checksum = new CRC32C();
      DataOutputStream out =
          new DataOutputStream(
              new CheckedOutputStream(
                  new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), checksum));
      out.write(MAGIC.getBytes(StandardCharsets.US_ASCII));
      out.writeLong(commit);
      out.writeInt(records.size());
      for (Map.Entry<String, byte[]> record : records.entrySet()) {
        byte[] key = record.getKey().getBytes(StandardCharsets.UTF_8);
        out.writeInt(key.length);
        out.write(key);
        out.writeInt(record.getValue().length);
        out.write(record.getValue());
      }
      out.writeInt((int) checksum.getValue());
      out.flush();
      if (synced) {
        channel.force(true);
      }
    }
    Files.move(coming, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (synced) {
      PackageFolder.sync(file.getParent());
    }
  }

  /**
   * @throws IOException it cannot be read now
   * @throws DamagedFileException it is not what was written
   */
  static RegistrySnapshot read(Path file) throws IOException, DamagedFileException {
    Map<String, byte[]> records = new TreeMap<>();
    CRC32C checksum = new CRC32C();
    try (DataInputStream in =
        new DataInputStream(
            new CheckedInputStream(
                new BufferedInputStream(Files.newInputStream(file)), checksum))) {
      byte[] magic = in.readNBytes(MAGIC.length());
      if (!MAGICS.contains(new String(magic, StandardCharsets.US_ASCII))) {
        throw damaged(file);
      }
      long commit = in.readLong();
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        String key = new String(bytes(in, file), StandardCharsets.UTF_8);
        records.put(key, bytes(in, file));
      }
      int sum = (int) checksum.getValue();
      if (in.readInt() != sum || in.read() >= 0 || records.size() != count) {
        throw damaged(file);
      }
      return new RegistrySnapshot(commit, records);
    } catch (EOFException cut) {
      throw new DamagedFileException(damaged(file).getMessage(), cut);
    }
  }

  private static byte[] bytes(DataInputStream in, Path file)
      throws IOException, DamagedFileException {
    int length = in.readInt();
    if (length < 0 || length > RECORD_BYTES_MAX) {
      throw damaged(file);
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }

  private static DamagedFileException damaged(Path file) {
    return new DamagedFileException("the registry's snapshot " + file + " is damaged");
  }
}
