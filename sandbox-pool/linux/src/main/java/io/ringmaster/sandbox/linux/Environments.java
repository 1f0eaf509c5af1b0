package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Slots;
import java.util.ArrayList;
import java.util.List;

/** All environments by their sandbox ids. Dispatcher only. */
final class Environments {
  private final Environment[] table;
  private final int max;
  private int count;
  private int lastId;

  /**
   * @param max how many there may be at once
   */
  Environments(int max) {
    this.max = max;
    // Twice the room: an id is not used again soon, for the sake of log output still on its way.
    table = new Environment[Math.min(Slots.SANDBOXES_MAX, 2 * max + 64)];
  }

  /** A new one; null: there are as many as there may be. */
  Environment add(PoolKey key, SandboxSpec spec, long nowNs) {
    if (count >= max) {
      return null;
    }
    int id = lastId;
    do {
      id = (id + 1) % table.length;
    } while (table[id] != null);
    lastId = id;
    count++;
    table[id] = new Environment(id, key, spec, nowNs);
    return table[id];
  }

  /** Null: there is none with that id. */
  Environment find(int id) {
    return id >= 0 && id < table.length ? table[id] : null;
  }

  /** It is over. */
  void remove(Environment environment) {
    environment.state = environment.state.to(EnvironmentState.DISCARDED);
    table[environment.id] = null;
    count--;
  }

  /** Those that there are, by id. */
  List<Environment> all() {
    List<Environment> all = new ArrayList<>(count);
    for (Environment environment : table) {
      if (environment != null) {
        all.add(environment);
      }
    }
    return all;
  }
}
