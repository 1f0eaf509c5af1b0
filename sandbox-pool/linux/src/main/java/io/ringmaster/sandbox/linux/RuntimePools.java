package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The generic pools by runtime identifier: identifiers that one interpreter serves share its pool.
 * Dispatcher only.
 */
final class RuntimePools {
  /** A runtime identifier, from the first wish for it. */
  static final class Entry {
    /** Null: not looked for yet. */
    RuntimeMatch match;

    /** Null: none yet, or no interpreter. */
    GenericPool pool;

    /** Who waits for the look. */
    final ArrayDeque<Environment> waiting = new ArrayDeque<>();
  }

  private final ProcessPoolConfig config;
  private final KeeperClient client;
  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<Interpreter, GenericPool> pools = new HashMap<>();

  RuntimePools(ProcessPoolConfig config, KeeperClient client) {
    this.config = config;
    this.client = client;
  }

  /** The entry of an identifier; its interpreter is looked for when it is new. */
  Entry entry(String runtime) {
    Entry entry = entries.get(runtime);
    if (entry == null) {
      entry = new Entry();
      entries.put(runtime, entry);
      client.command(new KeeperCommand.Resolve(runtime));
    }
    return entry;
  }

  /** The interpreter was looked for. */
  Entry resolved(RuntimeMatch match) {
    Entry entry = entries.get(match.runtime());
    entry.match = match;
    if (match.interpreter() != null) {
      entry.pool =
          pools.computeIfAbsent(
              match.interpreter(),
              interpreter ->
                  new GenericPool(
                      pools.size() + 1,
                      interpreter,
                      config.genericSandboxes(),
                      config.genericSandboxesMax()));
    }
    return entry;
  }

  Collection<GenericPool> all() {
    return List.copyOf(pools.values());
  }

  /** Idle generic sandboxes by runtime identifier. */
  Map<String, Integer> ready() {
    Map<String, Integer> ready = new TreeMap<>();
    entries.forEach(
        (runtime, entry) -> ready.put(runtime, entry.pool == null ? 0 : entry.pool.ready.size()));
    return ready;
  }
}
