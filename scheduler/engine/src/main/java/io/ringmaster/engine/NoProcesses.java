package io.ringmaster.engine;

import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.util.ArrayDeque;

/**
 * The process driver of an engine that was opened for in-JVM handlers only: nothing serves the
 * runtime of any function, and that is no function's fault. Dispatcher thread only.
 */
final class NoProcesses implements SandboxDriver {
  private static final String DETAIL =
      "This engine was opened without sandbox processes; it runs in-JVM handlers only.";

  private final ArrayDeque<Integer> failing = new ArrayDeque<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private int nextId;

  @Override
  public int prepare(PoolKey key, SandboxSpec spec) {
    int id = free.isEmpty() ? nextId++ : free.poll();
    failing.add(id);
    return id;
  }

  @Override
  public boolean offer(int slot, Invocation invocation) {
    return false;
  }

  @Override
  public boolean revoke(int slot, long sequence) {
    return false;
  }

  @Override
  public void reset(int sandbox, Fault reason) {
    // It fails in the next turn, whatever is asked of it.
  }

  @Override
  public void discard(int sandbox, Fault reason) {
    if (failing.remove(sandbox)) {
      free.add(sandbox);
    }
  }

  @Override
  public int poll(DriverEvents sink, int limit) {
    int delivered = 0;
    Integer id;
    while (delivered < limit && (id = failing.poll()) != null) {
      free.add(id);
      sink.failed(id, Fault.NO_RUNTIME, DETAIL);
      delivered++;
    }
    return delivered;
  }

  @Override
  public boolean hasEvents() {
    return !failing.isEmpty();
  }

  @Override
  public void credit(int slot, int bytes) {}

  @Override
  public boolean killable() {
    return true;
  }

  @Override
  public void close() {}
}
