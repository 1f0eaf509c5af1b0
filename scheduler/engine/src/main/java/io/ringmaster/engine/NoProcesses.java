package io.ringmaster.engine;

import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/**
 * The process driver of an engine that was opened for in-JVM handlers only: every init fails, and
 * says why. Dispatcher thread only.
 */
final class NoProcesses implements SandboxDriver {
  private static final byte[] ERROR =
      ("{\"errorType\":\"Runtime.InvalidRuntime\",\"errorMessage\":\"This engine was opened without"
              + " sandbox processes; it runs in-JVM handlers only.\"}")
          .getBytes(StandardCharsets.UTF_8);

  private final ArrayDeque<Integer> failing = new ArrayDeque<>();
  private final ArrayDeque<Integer> ending = new ArrayDeque<>();
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
    failing.add(io.ringmaster.sandbox.spi.Slots.sandbox(slot));
    return true;
  }

  @Override
  public boolean revoke(int slot, long sequence) {
    return false;
  }

  @Override
  public void reset(int sandbox, Fault reason) {
    failing.remove(sandbox);
    ending.add(sandbox);
  }

  @Override
  public void discard(int sandbox, Fault reason) {
    failing.remove(sandbox);
    ending.remove(sandbox);
    free.add(sandbox);
  }

  @Override
  public int poll(DriverEvents sink, int limit) {
    int delivered = 0;
    Integer id;
    while (delivered < limit && (id = ending.poll()) != null) {
      sink.exited(id, 0, 0);
      delivered++;
    }
    while (delivered < limit && (id = failing.poll()) != null) {
      ending.add(id);
      sink.initFailed(id, ERROR, 0);
      delivered++;
    }
    return delivered;
  }

  @Override
  public boolean hasEvents() {
    return !failing.isEmpty() || !ending.isEmpty();
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
