package io.ringmaster.persistence.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;

/**
 * The registry's records, each as {@link SealedRecord}, and the number of the last commit, in one
 * file of H2's MVStore. One thread, which nobody may interrupt.
 */
final class RegistryFile {
  private static final String RECORDS = "records";
  private static final String ABOUT = "about";
  private static final String SCHEMA = "schema";
  private static final String COMMIT = "commit";

  /**
   * 1: functions. 2: layers, and what functions have beside versions and aliases; the records of 1
   * are read as they are. An engine that knows only 1 must not open 2: it would take the packages
   * of layers for leftovers.
   */
  private static final long SCHEMA_NOW = 2;

  /** MVStore must not write over chunks that a power cut may bring back. */
  private static final int RETENTION_MS = 45_000;

  private final MVStore store;
  private final MVMap<String, byte[]> records;
  private final MVMap<String, byte[]> about;

  private RegistryFile(MVStore store) {
    this.store = store;
    records = store.openMap(RECORDS, bytesByText());
    about = store.openMap(ABOUT, bytesByText());
  }

  /** Types of ours: the default ones name classes in the file. */
  private static MVMap.Builder<String, byte[]> bytesByText() {
    return new MVMap.Builder<String, byte[]>()
        .keyType(StringDataType.INSTANCE)
        .valueType(ByteArrayDataType.INSTANCE);
  }

  /** Puts a new file in the place of the one that is there, if any; a crash leaves either. */
  static void create(Path path, RegistrySnapshot content, boolean synced) throws IOException {
    Path coming = path.resolveSibling(path.getFileName() + ".new");
    Files.deleteIfExists(coming);
    try {
      RegistryFile created = new RegistryFile(openStore(coming));
      created.records.putAll(content.records());
      created.putNumber(SCHEMA, SCHEMA_NOW);
      created.putNumber(COMMIT, content.commit());
      created.store.commit();
      created.store.sync();
      created.store.close();
    } catch (MVStoreException failure) {
      throw new IOException(failure.getMessage(), failure);
    }
    Files.move(coming, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (synced) {
      PackageFolder.sync(path.getParent());
    }
  }

  /**
   * Opens a file that is there.
   *
   * @throws DamagedFileException its content is not what was written
   * @throws IOException it cannot be read now, or a later version of the engine wrote it
   */
  static RegistryFile open(Path path) throws IOException, DamagedFileException {
    MVStore store = null;
    boolean well = false;
    try {
      store = openStore(path);
      RegistryFile opened = new RegistryFile(store);
      opened.check();
      opened.migrate();
      well = true;
      return opened;
    } catch (RuntimeException failure) {
      if (failure instanceof MVStoreException known && isPassing(known)) {
        throw new IOException(failure.getMessage(), failure);
      }
      throw new DamagedFileException(String.valueOf(failure.getMessage()), failure);
    } finally {
      if (!well && store != null) {
        store.closeImmediately();
      }
    }
  }

  /** What says nothing of the content: no descriptor free, a disk that fails, a lock. */
  private static boolean isPassing(MVStoreException failure) {
    return switch (failure.getErrorCode()) {
      case DataUtils.ERROR_FILE_LOCKED, DataUtils.ERROR_WRITING_FAILED -> true;
      case DataUtils.ERROR_READING_FAILED ->
          failure.getCause() instanceof IOException
              && !(failure.getCause() instanceof EOFException);
      default -> false;
    };
  }

  private static MVStore openStore(Path path) {
    MVStore store = new MVStore.Builder().fileName(path.toString()).autoCommitDisabled().open();
    store.setRetentionTime(RETENTION_MS);
    return store;
  }

  private void check() throws IOException {
    long schema = getNumber(SCHEMA);
    if (schema > SCHEMA_NOW) {
      throw new IOException(
          "it was written by a later version of Ringmaster (schema "
              + schema
              + ", this one knows "
              + SCHEMA_NOW
              + ")");
    }
    getNumber(COMMIT);
    readInto(new TreeMap<>());
  }

  /** From here on earlier versions of the engine refuse the file. */
  private void migrate() {
    if (getNumber(SCHEMA) < SCHEMA_NOW) {
      putNumber(SCHEMA, SCHEMA_NOW);
      store.commit();
      store.sync();
    }
  }

  private long getNumber(String name) {
    byte[] sealed = about.get(name);
    if (sealed == null) {
      throw new MVStoreException(DataUtils.ERROR_FILE_CORRUPT, "it has no " + name);
    }
    return ByteBuffer.wrap(SealedRecord.open(name, sealed)).getLong();
  }

  private void putNumber(String name, long value) {
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    about.put(name, SealedRecord.seal(name, bytes));
  }

  /** The last commit that is in it. */
  long number() {
    return getNumber(COMMIT);
  }

  /** All records, opened, by key. */
  void readInto(Map<String, byte[]> found) {
    for (Map.Entry<String, byte[]> record : records.entrySet()) {
      found.put(record.getKey(), SealedRecord.open(record.getKey(), record.getValue()));
    }
  }

  /** A record as it lies there; null: there is none. */
  byte[] get(String key) {
    return records.get(key);
  }

  /** Changes a record, as sealed; null: it goes. */
  void put(String key, byte[] sealed) {
    if (sealed == null) {
      records.remove(key);
    } else {
      records.put(key, sealed);
    }
  }

  /** Writes what was changed since the last time, under the next number. */
  void commit(boolean synced) {
    putNumber(COMMIT, number() + 1);
    store.commit();
    if (synced) {
      store.sync();
    }
  }

  RegistrySnapshot snapshot() {
    return new RegistrySnapshot(number(), new TreeMap<>(records));
  }

  void close() {
    store.close();
  }

  /** Lets go of the file without writing. */
  void abandon() {
    store.closeImmediately();
  }
}
