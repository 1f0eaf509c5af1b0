package io.ringmaster.persistence.spi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The registry's records: a few KiB of bytes under a key each. What a commit returned from is there
 * after a crash.
 *
 * <p>Any thread; an interrupt of a caller neither ends its wait nor harms the store.
 */
public interface RegistryStore extends AutoCloseable {

  /** A store of nothing, for engines whose functions go with them. */
  RegistryStore NONE =
      new RegistryStore() {
        @Override
        public void forEach(BiConsumer<String, byte[]> each) {
          // there is nothing
        }

        @Override
        public void commit(List<Change> changes) {
          // forgotten
        }

        @Override
        public void copyTo(Path folder, Map<String, byte[]> records) throws IOException {
          throw new IOException("nothing is kept that could be copied");
        }

        @Override
        public boolean wasDamaged() {
          return false;
        }

        @Override
        public void close() {
          // holds nothing
        }
      };

  /**
   * One record's new value.
   *
   * @param key not empty
   * @param value must not be changed any more; null: the record goes
   */
  record Change(String key, byte[] value) {}

  /**
   * Gives every record that is committed, in the order of keys.
   *
   * @throws IOException they cannot be read
   */
  void forEach(BiConsumer<String, byte[]> each) throws IOException;

  /**
   * Makes all of the changes, or none. Returns when they are durable.
   *
   * @throws IOException they could not be made: storage is full or failed. Later commits may
   *     succeed again
   */
  void commit(List<Change> changes) throws IOException;

  /**
   * Writes records into a folder that a store can be opened on, durably.
   *
   * @param folder made if it is not there; no store is in it
   * @param records by key
   * @throws IOException they cannot be written
   */
  void copyTo(Path folder, Map<String, byte[]> records) throws IOException;

  /**
   * Whether the store was found damaged, now or earlier, and what is left of that may still be
   * looked at by somebody: what the records do not mention must not be thrown away.
   *
   * @throws IOException that cannot be found out
   */
  boolean wasDamaged() throws IOException;

  /** Gives everything back. Commits that were begun end first. */
  @Override
  void close() throws IOException;
}
