package io.ringmaster.core.place;

import io.ringmaster.core.model.InvocationRecorder;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.PrefetchState;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.core.model.SandboxLine;
import io.ringmaster.core.model.SandboxState;
import io.ringmaster.core.model.VersionState;
import io.ringmaster.core.timer.Timers;
import java.util.concurrent.TimeUnit;

/**
 * Hands invocations to sandboxes: into a free slot, or behind the invocation that runs. Dispatcher
 * thread only.
 *
 * <p>What lies behind another one has not begun: no time runs for it, nothing is recorded of it,
 * and it can be revoked. It begins when the one before it has answered. It lies there for {@link
 * PrefetchLimits#fastNs} at most, and goes back to its place in the line then; no invocation lies
 * behind another one twice, so none is passed on for ever.
 */
final class Offers {
  private final Timers timers;
  private final InvocationRecorder recorder;
  private final long fastNs;
  private final int slowShareMax;

  /** Sandboxes in which one lies behind another; the one that has lain for longest first. */
  private final SandboxLine laden = new SandboxLine();

  private long sequence;

  Offers(Timers timers, InvocationRecorder recorder, PrefetchLimits limits) {
    this.timers = timers;
    this.recorder = recorder;
    fastNs = limits.fastNs();
    slowShareMax = (int) (limits.slowShareMax() * VersionState.SHARE_ALL);
  }

  // ---- into a free slot ----

  /** Into a free slot of a sandbox that has one; one without a process starts again. */
  void offer(Sandbox sandbox, PendingInvocation invocation, long nowNs, long epochMs) {
    VersionState version = sandbox.version;
    if (sandbox.state() == SandboxState.RESET) {
      sandbox.leaveLine();
      sandbox.state(SandboxState.RESTARTING);
      recorder.initStarted(sandbox, epochMs);
    }
    int slot = sandbox.occupy(invocation);
    if (!sandbox.hasFreeSlot()) {
      sandbox.leaveLine();
    }
    version.busySlots++;
    address(invocation, sandbox, slot, epochMs);
    if (sandbox.initUncharged) {
      sandbox.initUncharged = false;
      if (invocation.acceptedNs <= sandbox.readyNs) {
        invocation.coldStart = true;
        invocation.bindNs = sandbox.bindNs;
        invocation.initNs = sandbox.initNs;
      }
    }
    begin(invocation, nowNs, epochMs);
    if (!sandbox.driver.offer(slot, invocation)) {
      throw new IllegalStateException("slot " + slot + " is full");
    }
  }

  private void address(PendingInvocation invocation, Sandbox sandbox, int slot, long epochMs) {
    VersionState version = sandbox.version;
    invocation.sandbox = sandbox;
    invocation.slot = slot;
    invocation.sequence = ++sequence;
    invocation.deadlineEpochMs = epochMs + TimeUnit.NANOSECONDS.toMillis(version.spec.timeoutNs());
    invocation.executedVersion = version.label;
  }

  /** Its time begins: nothing is before it in its slot. */
  void begin(PendingInvocation invocation, long nowNs, long epochMs) {
    clock(invocation, nowNs);
    recorder.started(invocation, epochMs);
    if (invocation.prefetch() != PrefetchState.NONE) {
      invocation.sandbox.aheadRelease(false);
    }
    if (invocation.prefetch() != PrefetchState.FIRST_IN_DOUBT) {
      opens(invocation.sandbox);
    }
  }

  /** Its time begins anew: it lay behind another one, and was begun only now. */
  void beginLate(PendingInvocation invocation, long nowNs) {
    if (invocation.offeredNs != nowNs) {
      timers.cancel(invocation);
      clock(invocation, nowNs);
    }
  }

  private void clock(PendingInvocation invocation, long nowNs) {
    invocation.offeredNs = nowNs;
    long coldNs = invocation.bindNs + invocation.initNs;
    invocation.queueNs = Math.max(0, nowNs - invocation.acceptedNs - coldNs);
    timers.schedule(invocation, nowNs + invocation.sandbox.version.spec.timeoutNs());
  }

  /** It runs one invocation, and nothing lies behind that. */
  void opens(Sandbox sandbox) {
    if (sandbox.prefetches) {
      sandbox.version.open.addLast(sandbox);
    }
  }

  // ---- behind another one ----

  /** Places what waits behind what runs, as far as that pays, and tells how many. */
  int prefetch(VersionState version, long nowNs, long epochMs) {
    int placed = 0;
    if (version.slowShare < slowShareMax) {
      while (version.waiting > version.coming && !version.waitingHead.prefetchTried) {
        Sandbox sandbox = open(version, nowNs);
        if (sandbox == null || !placeBehind(sandbox, version.waitingHead, nowNs, epochMs)) {
          break;
        }
        placed++;
      }
    }
    return placed;
  }

  /** The sandbox that has run its one invocation for longest, but not for long; null: none. */
  private Sandbox open(VersionState version, long nowNs) {
    Sandbox sandbox;
    while ((sandbox = version.open.first()) != null) {
      boolean slow = nowNs - sandbox.running(0).offeredNs >= fastNs;
      if (!slow && !sandbox.doomed && nowNs < sandbox.lifeEndNs) {
        return sandbox;
      }
      sandbox.leaveLine(); // until it begins its next one
    }
    return null;
  }

  private boolean placeBehind(
      Sandbox sandbox, PendingInvocation invocation, long nowNs, long epochMs) {
    PendingInvocation before = sandbox.running(0);
    invocation.prefetchTried = true;
    address(invocation, sandbox, before.slot, epochMs);
    sandbox.leaveLine();
    sandbox.aheadRelease(true);
    if (!sandbox.driver.offer(before.slot, invocation)) {
      sandbox.aheadRelease(false);
      unaddress(invocation);
      return false;
    }
    sandbox.version.dequeue();
    sandbox.version.behind++;
    before.behind = invocation;
    invocation.prefetch(PrefetchState.BEHIND);
    sandbox.behindNs = nowNs;
    laden.addLast(sandbox);
    return true;
  }

  /** What has lain behind another one for too long; null: nothing. */
  PendingInvocation overdue(long nowNs) {
    Sandbox first = laden.first();
    return first != null && nowNs >= first.behindNs + fastNs ? first.running(0).behind : null;
  }

  /** When {@link #overdue} has something; {@link Long#MAX_VALUE}: nothing lies behind another. */
  long nextNs() {
    Sandbox first = laden.first();
    return first == null ? Long.MAX_VALUE : first.behindNs + fastNs;
  }

  /** Takes away what lies behind the one that runs in a slot; null: nothing does. */
  PendingInvocation takeBehind(Sandbox sandbox, int slot) {
    PendingInvocation before = sandbox.running(slot);
    PendingInvocation behind = before.behind;
    if (behind != null) {
      before.behind = null;
      sandbox.version.behind--;
      sandbox.leaveLine();
      unaddress(behind);
    }
    return behind;
  }

  /** It waits again, as if nothing had happened. */
  void unaddress(PendingInvocation invocation) {
    if (invocation.prefetch() != PrefetchState.NONE) {
      invocation.noPrefetch();
      invocation.sandbox.aheadRelease(false);
    }
    invocation.sandbox = null;
    invocation.slot = -1;
    invocation.offeredNs = Long.MIN_VALUE;
    invocation.executedVersion = null;
    invocation.coldStart = false;
    invocation.bindNs = 0;
    invocation.initNs = 0;
    invocation.invokeNs = 0;
  }
}
