package io.ringmaster.sandbox.linux;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Where an environment is in its life. The table of legal transitions stands here; every other one
 * is denied.
 */
enum EnvironmentState {
  /** Has no process yet, or none again, and waits for one. */
  AWAITING,
  /** Its process loads the handler. */
  BINDING,
  /** Loaded; its slot is free. */
  IDLE,
  /** An invocation runs. */
  BUSY,
  /** Its process reported that init failed, and ends. */
  INIT_FAILED,
  /** Reset: its process is being killed. */
  ENDING,
  /** Has no process and wants none until an invocation is offered. */
  VACANT,
  /** Lost by a violation or a fault of the platform; the dispatcher is yet to be told. */
  LOST,
  /** Over. */
  DISCARDED;

  private static final Map<EnvironmentState, Set<EnvironmentState>> NEXT =
      new EnumMap<>(EnvironmentState.class);

  static {
    NEXT.put(AWAITING, EnumSet.of(BINDING, VACANT, LOST, DISCARDED));
    NEXT.put(BINDING, EnumSet.of(IDLE, BUSY, INIT_FAILED, ENDING, VACANT, LOST, DISCARDED));
    NEXT.put(IDLE, EnumSet.of(BUSY, ENDING, VACANT, LOST, DISCARDED));
    NEXT.put(BUSY, EnumSet.of(IDLE, ENDING, VACANT, LOST, DISCARDED));
    NEXT.put(INIT_FAILED, EnumSet.of(ENDING, VACANT, LOST, DISCARDED));
    NEXT.put(ENDING, EnumSet.of(VACANT, LOST, DISCARDED));
    NEXT.put(VACANT, EnumSet.of(AWAITING, LOST, DISCARDED));
    NEXT.put(LOST, EnumSet.of(DISCARDED));
    NEXT.put(DISCARDED, EnumSet.noneOf(EnvironmentState.class));
  }

  boolean leadsTo(EnvironmentState other) {
    return NEXT.get(this).contains(other);
  }

  /** The next state, or an IllegalStateException: a broken invariant. */
  EnvironmentState to(EnvironmentState other) {
    if (!leadsTo(other)) {
      throw new IllegalStateException("environment: " + this + " to " + other);
    }
    return other;
  }
}
