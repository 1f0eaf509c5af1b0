package io.ringmaster.core.model;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Where a sandbox stands for the dispatcher. Every transition that the table does not list is
 * denied.
 */
public enum SandboxState {
  /** Prepared; no answer yet. */
  BINDING,
  /** Its handler is loaded; each slot is free or runs an invocation. */
  READY,
  /** Its process is being killed. */
  RESETTING,
  /** An environment without a process. */
  RESET,
  /** Its process is started again inside an invocation. */
  RESTARTING,
  /** No longer known to the driver. */
  GONE;

  private static final Map<SandboxState, Set<SandboxState>> LEGAL =
      Map.of(
          BINDING, EnumSet.of(READY, RESETTING, RESET, GONE),
          READY, EnumSet.of(RESETTING, RESET, GONE),
          RESETTING, EnumSet.of(RESET, GONE),
          RESET, EnumSet.of(RESTARTING, GONE),
          RESTARTING, EnumSet.of(READY, RESETTING, RESET, GONE),
          GONE, EnumSet.noneOf(SandboxState.class));

  /** Whether a sandbox may go from this state to that one. */
  public boolean allows(SandboxState to) {
    return LEGAL.get(this).contains(to);
  }
}
