package io.ringmaster.bench.product;

import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Slots;

/**
 * A simulated driver: what is offered is answered with its own event by the next poll. Costs next
 * to nothing, so that what is measured is the dispatcher.
 */
final class InstantDriver implements SandboxDriver {
  private final Invocation[] running;
  private final int[] offered;
  private final int[] prepared;
  private int offers;
  private int preparations;
  private int sandboxes;
  private boolean holding;

  /**
   * @param capacity sandboxes it has at most
   */
  InstantDriver(int capacity) {
    running = new Invocation[capacity];
    offered = new int[capacity];
    prepared = new int[capacity];
  }

  /** Whether what is offered from now on is answered only when this was set back. */
  void hold(boolean wanted) {
    holding = wanted;
  }

  /** Invocations that were offered and are not answered. */
  int offered() {
    return offers;
  }

  @Override
  public int prepare(PoolKey key, SandboxSpec spec) {
    if (sandboxes == running.length) {
      return -1;
    }
    prepared[preparations++] = sandboxes;
    return sandboxes++;
  }

  @Override
  public boolean offer(int slot, Invocation invocation) {
    int sandbox = Slots.sandbox(slot);
    running[sandbox] = invocation;
    offered[offers++] = sandbox;
    return true;
  }

  @Override
  public int poll(DriverEvents sink, int limit) {
    int delivered = 0;
    while (preparations > 0 && delivered < limit) {
      sink.ready(prepared[--preparations], 1, 1000, 1000);
      delivered++;
    }
    while (offers > 0 && !holding && delivered < limit) {
      int sandbox = offered[--offers];
      Invocation invocation = running[sandbox];
      running[sandbox] = null;
      invocation
          .responseBuffer()
          .append(invocation.payload(), invocation.payloadOffset(), invocation.payloadLength());
      invocation.responseBuffer().endChunk();
      sink.response(Slots.slot(sandbox, 0), invocation.sequence(), false, 0, 0);
      delivered++;
    }
    return delivered;
  }

  @Override
  public boolean hasEvents() {
    return preparations > 0 || offers > 0 && !holding;
  }

  @Override
  public boolean revoke(int slot, long sequence) {
    return false;
  }

  @Override
  public void reset(int sandbox, Fault reason) {
    throw new IllegalStateException("reset for " + reason);
  }

  @Override
  public void discard(int sandbox, Fault reason) {
    throw new IllegalStateException("discard for " + reason);
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
