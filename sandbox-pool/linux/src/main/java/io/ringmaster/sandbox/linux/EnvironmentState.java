package io.ringmaster.sandbox.linux;

import java.util.EnumSet;
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

  private Set<EnvironmentState> next;

  static {
    AWAITING.next = EnumSet.of(BINDING, VACANT, LOST, DISCARDED);
    BINDING.next = EnumSet.of(IDLE, BUSY, INIT_FAILED, ENDING, VACANT, LOST, DISCARDED);
    IDLE.next = EnumSet.of(BUSY, ENDING, VACANT, LOST, DISCARDED);
    BUSY.next = EnumSet.of(IDLE, ENDING, VACANT, LOST, DISCARDED);
    INIT_FAILED.next = EnumSet.of(ENDING, VACANT, LOST, DISCARDED);
    ENDING.next = EnumSet.of(VACANT, LOST, DISCARDED);
    VACANT.next = EnumSet.of(AWAITING, LOST, DISCARDED);
    LOST.next = EnumSet.of(DISCARDED);
    DISCARDED.next = EnumSet.noneOf(EnvironmentState.class);
  }

  boolean leadsTo(EnvironmentState other) {
    return next.contains(other);
  }

  /** The next state, or an IllegalStateException: a broken invariant. */
  EnvironmentState to(EnvironmentState other) {
    if (!leadsTo(other)) {
      throw new IllegalStateException("environment: " + this + " to " + other);
    }
    return other;
  }
}
