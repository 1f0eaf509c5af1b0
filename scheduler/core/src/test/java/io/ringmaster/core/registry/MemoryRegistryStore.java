package io.ringmaster.core.registry;

import io.ringmaster.persistence.spi.RegistryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Records in memory, and failures as a test wants them. */
final class MemoryRegistryStore implements RegistryStore {
  final TreeMap<String, byte[]> records = new TreeMap<>();
  final Map<Path, Map<String, byte[]>> copies = new HashMap<>();
  IOException failure;
  boolean damaged;

  @Override
  public void forEach(BiConsumer<String, byte[]> each) {
    new TreeMap<>(records).forEach(each);
  }

  @Override
  public void commit(List<Change> changes) throws IOException {
    if (failure != null) {
      throw failure;
    }
    for (Change change : changes) {
      if (change.value() == null) {
        records.remove(change.key());
      } else {
        records.put(change.key(), change.value());
      }
    }
  }

  @Override
  public void copyTo(Path folder, Map<String, byte[]> copied) {
    copies.put(folder, copied);
  }

  @Override
  public boolean wasDamaged() {
    return damaged;
  }

  @Override
  public void close() {
    // holds nothing
  }
}
