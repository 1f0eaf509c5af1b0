package io.ringmaster.sandbox.linux;

import io.ringmaster.bootstraps.Launch;
import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The generic pools by runtime identifier: identifiers that one interpreter serves share its pools.
 * Java has one for each class of memory sizes, as a heap's limit is fixed when its JVM starts; Node
 * has them for sizes that its own default does not do for. Dispatcher only.
 */
final class RuntimePools {
  /** Upper ends of the classes, in MiB. */
  private static final int[] MEMORY_CLASSES_MB = {
    128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 10_240
  };

  /** Between two looks whether demand has gone down. */
  private static final long TRIM_NS = TimeUnit.SECONDS.toNanos(2);

  /** A runtime identifier, from the first wish for it. */
  static final class Entry {
    /** Null: not looked for yet. */
    RuntimeMatch match;

    /** Who waits for the look. */
    final ArrayDeque<Environment> waiting = new ArrayDeque<>();

    /** Versions that were announced before it. */
    final ArrayDeque<Note.Expected> announced = new ArrayDeque<>();

    /** Memory sizes of functions that were announced before it. */
    private final ArrayDeque<Integer> expectedMb = new ArrayDeque<>();
  }

  private record Plan(Interpreter interpreter, int memoryMb) {}

  private final ProcessPoolConfig config;
  private final KeeperClient client;
  private final SandboxProcesses processes;
  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<Plan, GenericPool> pools = new LinkedHashMap<>();
  private int poolsMade;

  /** When the next tick is due; {@link Long#MAX_VALUE}: none was asked for. */
  private long tickNs = Long.MAX_VALUE;

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
    while (!entry.expectedMb.isEmpty()) {
      expect(match.runtime(), entry.expectedMb.remove());
    }
    return entry;
  }

  /** Functions of that memory size are to be expected: makes generic sandboxes ready for them. */
  void expect(String runtime, int memoryMb) {
    Entry entry = entry(runtime);
    if (entry.match == null) {
      entry.expectedMb.add(memoryMb);
    } else if (isPooled(entry.match.interpreter())) {
      GenericPool pool = pool(entry.match.interpreter(), memoryMb);
      pool.announced(System.nanoTime());
      refill(pool);
    }
  }

  /** Whether an interpreter's processes can wait for their function. */
  static boolean isPooled(Interpreter interpreter) {
    return interpreter != null && !interpreter.family().equals("provided");
  }

  /** The pool for a function of that memory size. */
  GenericPool pool(Interpreter interpreter, int memoryMb) {
    int classMb = isSized(interpreter, memoryMb) ? memoryClass(memoryMb) : 0;
    Plan plan = new Plan(interpreter, classMb);
    GenericPool pool = pools.get(plan);
    if (pool == null) {
      long nowNs = System.nanoTime();
      int least = config.genericSandboxes();
      int most = config.genericSandboxesMax();
      pool = new GenericPool(++poolsMade, interpreter, classMb, least, most, nowNs);
      pools.put(plan, pool);
      if (pool.forks()) {
        share(nowNs);
      }
    }
    return pool;
  }

  /** One more pool forks: all of them keep as many as fewer did, each its part. */
  private void share(long nowNs) {
    List<GenericPool> forking = pools.values().stream().filter(GenericPool::forks).toList();
    int part = config.forkedSandboxes() / forking.size();
    for (GenericPool pool : forking) {
      pool.floor(Math.max(config.genericSandboxes(), part));
      askTick(pool, nowNs);
    }
  }

  /** Whether a process must know the memory size of its functions when it starts. */
  private static boolean isSized(Interpreter interpreter, int memoryMb) {
    String family = interpreter.family();
    return family.equals("java") || family.equals("node") && memoryMb > Launch.NODE_DEFAULT_MB;
  }

  private static int memoryClass(int memoryMb) {
    for (int classMb : MEMORY_CLASSES_MB) {
      if (memoryMb <= classMb) {
        return classMb;
      }
    }
    return memoryMb;
  }

  /** It does not wait for a process any more, nor for an interpreter. */
  void stopWaiting(Environment environment) {
    Entry entry = entries.get(environment.spec.runtime());
    if (entry != null) {
      entry.waiting.remove(environment);
    }
    for (GenericPool pool : pools.values()) {
      pool.waiting.remove(environment);
    }
    if (environment.coming != null) {
      environment.coming.intended = null; // it is killed when it comes
      environment.coming = null;
    }
  }

  /** Asks for as many more as should be there. */
  void refill(GenericPool pool) {
    refill(pool, System.nanoTime());
  }

  private void refill(GenericPool pool, long nowNs) {
    if (closed) {
      return;
    }
    if (!pool.isBroken()) {
      for (int missing = pool.missing(nowNs); missing > 0; missing--) {
        processes.fork(pool);
      }
      if (!pool.waiting.isEmpty()) {
        client.command(new KeeperCommand.Hurry());
      }
    }
    askTick(pool, nowNs);
  }

  /** Has itself woken when there may be too many of a pool. */
  private void askTick(GenericPool pool, long nowNs) {
    int count = pool.ready.size() + pool.coming;
    long soonNs = nowNs + TRIM_NS;
    long dueNs = count == 0 ? Long.MAX_VALUE : Math.max(soonNs, pool.idleAtNs());
    if (count > pool.floor()) {
      dueNs = soonNs;
    }
    if (dueNs < tickNs) {
      tickNs = dueNs;
      client.command(new KeeperCommand.TickLater(dueNs - nowNs));
    }
  }

  /**
   * Demand has gone down, perhaps: ends those that are too many, the oldest first, and forgets
   * pools that nobody wants.
   */
  void trim(long nowNs) {
    tickNs = Long.MAX_VALUE;
    for (GenericPool pool : List.copyOf(pools.values())) {
      while (pool.ready.size() > pool.target(nowNs)) {
        processes.kill(pool.ready.removeFirst());
      }
      if (pool.isOver(nowNs)) {
        pools.values().remove(pool);
      } else {
        refill(pool, nowNs);
      }
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
        (runtime, entry) -> {
          int count = 0;
          for (GenericPool pool : pools.values()) {
            if (entry.match != null && pool.interpreter.equals(entry.match.interpreter())) {
              count += pool.ready.size();
            }
          }
          ready.put(runtime, count);
        });
    return ready;
  }
}
