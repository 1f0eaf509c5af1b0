package io.ringmaster.core.registry;

import io.ringmaster.api.EngineException;
import io.ringmaster.persistence.spi.RegistryStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The registry's side of its store, until it is closed. Everything under the registry's lock. */
final class Records {
  private final RegistryStore store;
  private boolean closed;

  Records(RegistryStore store) {
    this.store = store;
  }

  /** Makes a record the one that a restart finds; null: none. */
  void keep(String key, byte[] record) {
    requireOpen();
    try {
      store.commit(List.of(new RegistryStore.Change(key, record)));
    } catch (IOException failure) {
      throw Refusals.notKept(failure);
    }
  }

  /** All that is kept at this moment. */
  Map<String, byte[]> all() throws IOException {
    requireOpen();
    Map<String, byte[]> found = new TreeMap<>();
    store.forEach(found::put);
    return found;
  }

  private void requireOpen() {
    if (closed) {
      throw new EngineException("the engine is closed");
    }
  }

  /** From now on nothing changes. */
  void close() {
    closed = true;
  }
}
