package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The generic pools by runtime identifier: identifiers that one interpreter serves share its pool.
 * Dispatcher only.
 */
final class RuntimePools {
  /** After so many processes in a row that never became generic, nobody waits for the next. */
  static final int FORK_FAILURES_MAX = 3;

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
  private final SandboxProcesses processes;
  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<Interpreter, GenericPool> pools = new HashMap<>();
  private boolean tickAsked;
  private boolean closed;

  RuntimePools(ProcessPoolConfig config, KeeperClient client, SandboxProcesses processes) {
    this.config = config;
    this.client = client;
    this.processes = processes;
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

  /** Asks for as many more as should be there. */
  void refill(GenericPool pool) {
    if (closed || pool.failures >= FORK_FAILURES_MAX) {
      return;
    }
    for (int missing = pool.missing(System.nanoTime()); missing > 0; missing--) {
      processes.fork(pool);
    }
    if (!pool.waiting.isEmpty()) {
      client.command(new KeeperCommand.Hurry());
    }
    if (!tickAsked && pool.ready.size() + pool.coming > config.genericSandboxes()) {
      tickAsked = true;
      client.command(new KeeperCommand.TickLater());
    }
  }

  /** Demand has gone down, perhaps: ends those that are too many, the oldest first. */
  void trim() {
    tickAsked = false;
    for (GenericPool pool : pools.values()) {
      while (pool.ready.size() > pool.target(System.nanoTime())) {
        processes.kill(pool.ready.removeFirst());
      }
      refill(pool);
    }
  }

  /** From now on nothing is asked for any more. */
  void close() {
    closed = true;
  }

  /** Idle generic sandboxes by runtime identifier. */
  Map<String, Integer> ready() {
    Map<String, Integer> ready = new TreeMap<>();
    entries.forEach(
        (runtime, entry) -> ready.put(runtime, entry.pool == null ? 0 : entry.pool.ready.size()));
    return ready;
  }
}
