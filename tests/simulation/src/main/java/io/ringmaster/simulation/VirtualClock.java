package io.ringmaster.simulation;

import java.util.PriorityQueue;

/**
 * The run's clocks and what will happen on them. Equal moments keep the order in which they were
 * planned.
 */
final class VirtualClock {
  private final PriorityQueue<Occurrence> planned = new PriorityQueue<>(1024);
  private long nowNs;
  private long epochOffsetMs;
  private long orders;

  VirtualClock(long startNs, long startEpochMs) {
    nowNs = startNs;
    epochOffsetMs = startEpochMs - startNs / 1_000_000;
  }

  long nowNs() {
    return nowNs;
  }

  long epochMs() {
    return nowNs / 1_000_000 + epochOffsetMs;
  }

  /** The monotonic clock moves on; never backwards. */
  void advanceTo(long ns) {
    if (ns > nowNs) {
      nowNs = ns;
    }
  }

  /** Somebody sets the wall clock. */
  void setWallBy(long ms) {
    epochOffsetMs += ms;
  }

  void plan(long delayNs, Occurrence.Kind kind) {
    plan(delayNs, kind, null, 0, 0, 0);
  }

  void plan(
      long delayNs,
      Occurrence.Kind kind,
      SimulatedSandbox sandbox,
      long process,
      int slotIndex,
      long sequence) {
    planned.add(
        new Occurrence(
            nowNs + Math.max(0, delayNs), orders++, kind, sandbox, process, slotIndex, sequence));
  }

  /** When the next planned occurrence is due; {@link Long#MAX_VALUE}: never. */
  long nextNs() {
    Occurrence first = planned.peek();
    return first == null ? Long.MAX_VALUE : first.atNs;
  }

  /** The next occurrence that is due, or null. */
  Occurrence pollDue() {
    Occurrence first = planned.peek();
    return first != null && first.atNs <= nowNs ? planned.poll() : null;
  }
}
