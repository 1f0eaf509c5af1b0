package io.ringmaster.core.model;

/**
 * Whether an invocation that was handed over has begun. Only one that is offered behind another is
 * ever in doubt. Every transition that {@link #allows} does not list is denied.
 */
public enum PrefetchState {
  /** It waits; or it was handed to a free slot; or it is known to have begun. */
  NONE,
  /** It lies behind another one, and can be revoked. */
  BEHIND,
  /** It lies behind another one and was revoked; whether in time, an event will tell. */
  BEHIND_IN_DOUBT,
  /** The one before it has answered: it begins, if nothing happens to its sandbox. */
  FIRST,
  /** As {@link #FIRST}, and it is still open whether it was revoked in time. */
  FIRST_IN_DOUBT;

  /** Whether an invocation may go from this state to that one. */
  public boolean allows(PrefetchState to) {
    return switch (this) {
      case NONE -> to == BEHIND;
      case BEHIND -> to != BEHIND && to != FIRST_IN_DOUBT;
      case BEHIND_IN_DOUBT -> to == NONE || to == FIRST_IN_DOUBT;
      case FIRST, FIRST_IN_DOUBT -> to == NONE;
    };
  }

  /** Whether nothing lies before it. */
  public boolean isFirst() {
    return this == FIRST || this == FIRST_IN_DOUBT;
  }

  /** What it is when the one before it has answered. */
  public PrefetchState first() {
    return this == BEHIND_IN_DOUBT ? FIRST_IN_DOUBT : FIRST;
  }
}
