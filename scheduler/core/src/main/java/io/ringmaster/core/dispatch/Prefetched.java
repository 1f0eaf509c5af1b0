package io.ringmaster.core.dispatch;

import io.ringmaster.api.Refusal;
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
 * until an event tells. What lies behind an unanswered one when their sandbox ends has not begun,
 * unless its driver told that it was taken. One whose predecessor has answered counts as begun,
 * unless its driver says that it was skipped.
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

  /** A driver tells that it began after the one before it had answered, heard or not. */
  void taken(Sandbox sandbox, int slot, long sequence) {
    PendingInvocation first = first(sandbox, slot, sequence);
    if (first != null) {
      first.noPrefetch();
      placement.begunLate(first, outcomes.nowNs);
      return;
    }
    PendingInvocation behind = behind(sandbox, slot, sequence);
    if (behind == null) {
      counters.increment(Counter.LATE_ANSWERS);
    } else {
      behind.begunUnheard = true;
    }
  }

  /** A driver tells that it has not begun and will not. */
  void skipped(Sandbox sandbox, int slot, long sequence) {
    PendingInvocation first = first(sandbox, slot, sequence);
    if (first != null) {
      boolean goesOn =
          first.prefetch() == PrefetchState.FIRST_IN_DOUBT
              && sandbox.state() == SandboxState.READY; // else its sandbox ends
      if (!goesOn) {
        outcomes.releaseUnlessBegun(first);
      }
      takeFirst(sandbox, first);
      if (goesOn) {
        outcomes.reusable(sandbox);
      }
      return;
    }
    PendingInvocation behind = behind(sandbox, slot, sequence);
    if (behind == null) {
      counters.increment(Counter.LATE_ANSWERS);
    } else {
      release(behind);
    }
  }

  /** The one of that number that lies behind another; null: there is none. */
  private static PendingInvocation behind(Sandbox sandbox, int slot, long sequence) {
    PendingInvocation running = sandbox == null ? null : sandbox.running(slot);
    PendingInvocation behind = running == null ? null : running.behind;
    while (behind != null && behind.sequence != sequence) {
      behind = behind.behind;
    }
    return behind;
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
    release(invocation);
    return true;
  }

  /**
   * Revokes all that lie behind an invocation.
   *
   * @return false: of one of them it was found just now that it has begun, or that this is open
   */
  boolean revokeBehind(PendingInvocation running) {
    boolean allTaken = true;
    PendingInvocation following;
    for (PendingInvocation behind = running.behind; behind != null; behind = following) {
      following = behind.behind;
      allTaken &= behind.prefetch() != PrefetchState.BEHIND || revoke(behind);
    }
    return allTaken;
  }

  /** Takes back what has lain behind a slow one for too long, and tells of how many sandboxes. */
  int revokeOverdue() {
    int overdue = 0;
    Sandbox sandbox;
    while ((sandbox = placement.overdueBehind(outcomes.nowNs)) != null) {
      revokeBehind(sandbox.running(0));
      placement.unladen(sandbox); // what is in doubt remains
      overdue++;
    }
    return overdue;
  }

  /** What lies behind an invocation, if anything does, is placed again: it has not begun. */
  void releaseBehind(PendingInvocation running) {
    while (running.behind != null) {
      release(running.behind);
    }
  }

  /** As {@link #releaseBehind}, but for what has begun: that is answered with a refusal. */
  void releaseUnlessBegun(PendingInvocation running, Refusal refusal) {
    PendingInvocation behind;
    while ((behind = running.behind) != null) {
      if (behind.begunUnheard) {
        placement.takeBehind(behind);
        outcomes.refuse(behind, refusal);
      } else {
        release(behind);
      }
    }
  }

  private void release(PendingInvocation behind) {
    placement.takeBehind(behind);
    counters.increment(Counter.PREFETCH_REVOKED);
    outcomes.placeAgain(behind);
  }

  /** The first of its slot has not begun, and is placed again. */
  void takeFirst(Sandbox sandbox, PendingInvocation first) {
    timers.cancel(first);
    placement.leave(sandbox, first.slot, outcomes.nowNs);
    counters.increment(Counter.PREFETCH_REVOKED);
    outcomes.placeAgain(first);
  }
}
