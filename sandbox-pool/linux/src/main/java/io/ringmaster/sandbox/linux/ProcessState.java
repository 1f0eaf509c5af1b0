package io.ringmaster.sandbox.linux;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a sandbox process is in its life. The table of legal transitions stands here; every other
 * one is denied.
 */
enum ProcessState {
  /** The keeper was asked for it. */
  FORKING,
  /** Forked; its first frame is awaited. */
  STARTING,
  /** Waits in its pool, bound to no function. */
  GENERIC,
  /** Serves one environment. */
  BOUND,
  /** Is being killed, or nobody wants it any more; its exit is awaited. */
  ENDING,
  /** Nothing of it runs; its descriptors are closed. */
  GONE;

  private Set<ProcessState> next;

  static {
    FORKING.next = EnumSet.of(STARTING, GONE);
    STARTING.next = EnumSet.of(GENERIC, ENDING, GONE);
    GENERIC.next = EnumSet.of(BOUND, ENDING, GONE);
    BOUND.next = EnumSet.of(ENDING, GONE);
    ENDING.next = EnumSet.of(GONE);
    GONE.next = EnumSet.noneOf(ProcessState.class);
  }

  boolean leadsTo(ProcessState other) {
    return next.contains(other);
  }

  /** The next state, or an IllegalStateException: a broken invariant. */
  ProcessState to(ProcessState other) {
    if (!leadsTo(other)) {
      throw new IllegalStateException("sandbox process: " + this + " to " + other);
    }
    return other;
  }
}
