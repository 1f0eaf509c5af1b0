package io.ringmaster.core.place;

import io.ringmaster.core.model.InvocationRecorder;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.PrefetchState;
import io.ringmaster.core.model.Sandbox;
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
 * PrefetchLimits#fastNs} at most: then it goes back to its place in the line, with all that lie
 * behind it. No invocation lies behind another one twice, so none is passed on for ever.
 */
final class Offers {
  private final Timers timers;
  private final InvocationRecorder recorder;
  private final long fastNs;
  private final int slowShareMax;
  private final long wakeNs;
  private final Laden laden;

  private long sequence;

  Offers(Timers timers, InvocationRecorder recorder, PrefetchLimits limits) {
    this.timers = timers;
    this.recorder = recorder;
    fastNs = limits.fastNs();
    slowShareMax = (int) (limits.slowShareMax() * VersionState.SHARE_ALL);
    wakeNs = limits.wakeNs();
    laden = new Laden(fastNs);
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
    Sandbox sandbox = invocation.sandbox;
    if (invocation.prefetch() != PrefetchState.NONE) {
      sandbox.aheadRelease(sandbox.behind > 0);
      if (sandbox.behind > 0) {
        sandbox.behindNs = invocation.behind.behindSinceNs;
        laden.add(sandbox);
      }
    }
    if (invocation.prefetch() != PrefetchState.FIRST_IN_DOUBT) {
      opens(sandbox);
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

  /** It runs an invocation, and may have room behind that. */
  void opens(Sandbox sandbox) {
    if (sandbox.behind < sandbox.depth) {
      sandbox.version.open.addLast(sandbox);
    }
  }

  // ---- behind another one ----

  /** Places what waits behind what runs, as far as that pays, and tells how many. */
  int prefetch(VersionState version, long nowNs, long epochMs) {
    int placed = 0;
    while (version.waiting > version.coming && mayLieBehind(version)) {
      Sandbox sandbox = open(version, nowNs);
      if (sandbox == null || !placeBehind(sandbox, version.waitingHead, nowNs, epochMs)) {
        break;
      }
      placed++;
    }
    return placed;
  }

  /**
   * Places the first that waits behind others although a sandbox is idle, where that is over before
   * the idle one would be awake; true: done.
   */
  boolean sparesAWake(VersionState version, long nowNs, long epochMs) {
    if (!mayLieBehind(version)) {
      return false;
    }
    Sandbox sandbox = open(version, nowNs);
    return sandbox != null
        && isSoonDone(sandbox, nowNs)
        && placeBehind(sandbox, version.waitingHead, nowNs, epochMs);
  }

  private boolean mayLieBehind(VersionState version) {
    return version.waiting > 0
        && version.slowShare < slowShareMax
        && !version.waitingHead.prefetchTried;
  }

  /** The first sandbox that takes one more, and has not run what it runs for long; null: none. */
  private Sandbox open(VersionState version, long nowNs) {
    Sandbox sandbox;
    while ((sandbox = version.open.first()) != null) {
      boolean slow = nowNs - sandbox.running(0).offeredNs >= fastNs;
      boolean room = sandbox.behind == 0 || isSoonDone(sandbox, nowNs);
      if (room && !slow && !sandbox.doomed && nowNs < sandbox.lifeEndNs) {
        return sandbox;
      }
      sandbox.leaveLine(); // until it begins its next one
    }
    return null;
  }

  /** Whether what is in it will be done in the time in which another one could be woken. */
  private boolean isSoonDone(Sandbox sandbox, long nowNs) {
    long quickNs = sandbox.version.quickNs;
    return quickNs >= 0
        && (sandbox.behind + 1) * quickNs <= wakeNs
        && nowNs - sandbox.running(0).offeredNs <= wakeNs;
  }

  /** False: the sandbox has no room, and is asked again when it has answered. */
  private boolean placeBehind(
      Sandbox sandbox, PendingInvocation invocation, long nowNs, long epochMs) {
    int slot = sandbox.running(0).slot;
    address(invocation, sandbox, slot, epochMs);
    sandbox.leaveLine();
    sandbox.aheadRelease(true);
    if (!sandbox.driver.offer(slot, invocation)) {
      sandbox.aheadRelease(sandbox.behind > 0);
      unaddress(invocation);
      return false;
    }
    sandbox.version.dequeue();
    sandbox.version.behind++;
    sandbox.layBehind(slot, invocation);
    invocation.prefetchTried = true;
    invocation.behindSinceNs = nowNs;
    invocation.prefetch(PrefetchState.BEHIND);
    if (sandbox.behind == 1) {
      sandbox.behindNs = nowNs;
      laden.add(sandbox);
    }
    opens(sandbox);
    return true;
  }

  /** A sandbox in which something has lain behind others for too long; null: none. */
  Sandbox overdue(long nowNs) {
    return laden.overdue(nowNs);
  }

  /** When {@link #overdue} is to be asked; {@link Long#MAX_VALUE}: nothing lies behind another. */
  long nextNs() {
    return laden.nextNs();
  }

  /** {@link #overdue} tells of it no more until what runs in it has answered. */
  void unladen(Sandbox sandbox) {
    laden.remove(sandbox);
  }

  /** Takes away what lies behind another one. */
  void takeBehind(PendingInvocation invocation) {
    Sandbox sandbox = invocation.sandbox;
    sandbox.takeBehind(invocation);
    sandbox.leaveLine(); // its place may be free only when the one before it has answered
    sandbox.version.behind--;
    if (sandbox.behind == 0) {
      laden.remove(sandbox);
    }
    unaddress(invocation);
  }

  /** It waits again, as if nothing had happened. */
  void unaddress(PendingInvocation invocation) {
    if (invocation.prefetch() != PrefetchState.NONE) {
      boolean leftItsSlot = invocation.prefetch().isFirst(); // to one that was not recorded yet
      invocation.noPrefetch();
      Sandbox sandbox = invocation.sandbox;
      sandbox.aheadRelease(sandbox.behind > 0 || leftItsSlot && sandbox.running(0) != null);
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
