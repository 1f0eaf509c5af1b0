package io.ringmaster.sandbox.linux;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Where a sandbox process is in its life. The table of legal transitions stands here; every other
 * one is denied.
 */
enum ProcessState {
  /** The keeper was asked for it. */
  FORKING,
  /** It is there; its first frame is awaited, where it speaks frames. */
  STARTING,
  /** Waits in its pool, bound to no function. */
  GENERIC,
  /** Serves one environment. */
  BOUND,
  /** Is being killed, or nobody wants it any more; its exit is awaited. */
  ENDING,
  /** Nothing of it runs; its descriptors are closed. */
  GONE;

  private static final Map<ProcessState, Set<ProcessState>> NEXT =
      new EnumMap<>(ProcessState.class);

  static {
    NEXT.put(FORKING, EnumSet.of(STARTING, GONE));
    NEXT.put(STARTING, EnumSet.of(GENERIC, BOUND, ENDING, GONE));
    NEXT.put(GENERIC, EnumSet.of(BOUND, ENDING, GONE));
    NEXT.put(BOUND, EnumSet.of(ENDING, GONE));
    NEXT.put(ENDING, EnumSet.of(GONE));
    NEXT.put(GONE, EnumSet.noneOf(ProcessState.class));
  }

  boolean leadsTo(ProcessState other) {
    return NEXT.get(this).contains(other);
  }

  /** The next state, or an IllegalStateException: a broken invariant. */
  ProcessState to(ProcessState other) {
    if (!leadsTo(other)) {
      throw new IllegalStateException("sandbox process: " + this + " to " + other);
    }
    return other;
  }
}
