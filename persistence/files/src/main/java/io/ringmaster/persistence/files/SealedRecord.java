package io.ringmaster.persistence.files;

import io.ringmaster.persistence.spi.RegistryStore.Change;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;

/**
 * A record's value behind the CRC-32C of key and value (four bytes, big-endian): MVStore checks the
 * heads of its pages, not what is in them.
 */
final class SealedRecord {
  private SealedRecord() {}

  /** Null for a record that goes. */
  static byte[] seal(Change change) {
    return change.value() == null ? null : seal(change.key(), change.value());
  }

  static byte[] seal(String key, byte[] value) {
    return ByteBuffer.allocate(Integer.BYTES + value.length)
        .putInt(checksum(key, value, 0))
        .put(value)
        .array();
  }

  /**
   * @throws MVStoreException it is not what was sealed under that key
   */
  static byte[] open(String key, byte[] sealed) {
    if (sealed.length < Integer.BYTES
        || ByteBuffer.wrap(sealed).getInt() != checksum(key, sealed, Integer.BYTES)) {
      throw new MVStoreException(DataUtils.ERROR_FILE_CORRUPT, "the record " + key + " is damaged");
    }
    return Arrays.copyOfRange(sealed, Integer.BYTES, sealed.length);
  }

  private static int checksum(String key, byte[] bytes, int from) {
    CRC32C checksum = new CRC32C();
    checksum.update(key.getBytes(StandardCharsets.UTF_8));
    checksum.update(0);
    checksum.update(bytes, from, bytes.length - from);
    return (int) checksum.getValue();
  }
}
