package io.ringmaster.core.dispatch;

import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.PrefetchState;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.core.model.SandboxState;
import io.ringmaster.core.place.Placement;
import io.ringmaster.core.timer.Timers;

/**
 * What becomes of invocations that lie behind another one: each begins exactly once, here or, taken
 * back, elsewhere. Dispatcher thread only.
 *
 * <p>Whether one that was revoked has begun is sometimes open for a moment; it stays in its slot
 * until an event tells. One that lies behind an unanswered one when their sandbox ends has not
 * begun. One whose predecessor has answered counts as begun, unless its driver says that it was
 * skipped.
 */
final class Prefetched {
  private final Placement placement;
  private final Timers timers;
  private final Counters counters;
  private final Outcomes outcomes;

  Prefetched(Placement placement, Timers timers, Counters counters, Outcomes outcomes) {
    this.placement = placement;
    this.timers = timers;
    this.counters = counters;
    this.outcomes = outcomes;
  }

  /** A driver tells that it began after the one before it had answered. */
  void taken(Sandbox sandbox, int slot, long sequence) {
    PendingInvocation first = first(sandbox, slot, sequence);
    if (first == null) {
      counters.increment(Counter.LATE_ANSWERS);
    } else {
      first.noPrefetch();
      placement.begunLate(first, outcomes.nowNs);
    }
  }

  /** A driver tells that it has not begun and will not. */
  void skipped(Sandbox sandbox, int slot, long sequence) {
    PendingInvocation first = first(sandbox, slot, sequence);
    if (first != null) {
      boolean revoked = first.prefetch() == PrefetchState.FIRST_IN_DOUBT;
      releaseBehind(sandbox, first);
      takeFirst(sandbox, first);
      if (revoked && sandbox.state() == SandboxState.READY) { // else its sandbox ends
        outcomes.reusable(sandbox);
      }
      return;
    }
    PendingInvocation running = sandbox == null ? null : sandbox.running(slot);
    if (running == null || running.behind == null || running.behind.sequence != sequence) {
      counters.increment(Counter.LATE_ANSWERS);
    } else {
      releaseBehind(sandbox, running);
    }
  }

  /** The one of that number, if it is not known whether it has begun; else null. */
  private static PendingInvocation first(Sandbox sandbox, int slot, long sequence) {
    PendingInvocation running = sandbox == null ? null : sandbox.running(slot);
    return running != null
            && running.sequence == sequence
            && running.prefetch() != PrefetchState.NONE
        ? running
        : null;
  }

  /**
   * Revokes what lies behind another one: it is placed again, or refused if its caller gave it up.
   *
   * @return false: it has begun, or that is open
   */
  boolean revoke(PendingInvocation invocation) {
    if (invocation.prefetch() != PrefetchState.BEHIND) {
      return false;
    }
    Sandbox sandbox = invocation.sandbox;
    if (!sandbox.driver.revoke(invocation.slot, invocation.sequence)) {
      invocation.prefetch(PrefetchState.BEHIND_IN_DOUBT);
      sandbox.leaveLine();
      return false;
    }
    releaseBehind(sandbox, sandbox.running(invocation.slot));
    return true;
  }

  /** Takes back what has lain behind a slow one for too long, and tells how many. */
  int revokeOverdue() {
    int revoked = 0;
    PendingInvocation overdue;
    while ((overdue = placement.overdueBehind(outcomes.nowNs)) != null) {
      revoke(overdue);
      revoked++;
    }
    return revoked;
  }

  /** What lies behind an invocation, if anything does, is placed again: it has not begun. */
  void releaseBehind(Sandbox sandbox, PendingInvocation running) {
    PendingInvocation behind = placement.takeBehind(sandbox, running.slot);
    if (behind != null) {
      counters.increment(Counter.PREFETCH_REVOKED);
      outcomes.placeAgain(behind);
    }
  }

  /** The first of its slot has not begun, and is placed again. */
  void takeFirst(Sandbox sandbox, PendingInvocation first) {
    timers.cancel(first);
    placement.leave(sandbox, first.slot, outcomes.nowNs);
    counters.increment(Counter.PREFETCH_REVOKED);
    outcomes.placeAgain(first);
  }
}
