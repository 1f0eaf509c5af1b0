package io.ringmaster.core.model;

import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One version at run time: what waits for it and the sandboxes that serve it. Dispatcher thread
 * only.
 *
 * <p>Four lines are threaded through its objects: waiting invocations (first in, first out),
 * sandboxes with a free slot (last in, first out: the warmest first), environments whose process
 * was reset, and busy sandboxes that can take one more. Its timer is that of the first in the
 * waiting line.
 */
public final class VersionState extends Timed {
  /** What {@link #slowShare} is when all are slow. */
  public static final int SHARE_ALL = 1 << 20;

  private static final int SHARE_SHIFT = 8;

  public final FunctionState function;

  /** Unique in the engine. */
  public final long id;

  /** {@code $LATEST} or a number. */
  public final String label;

  public final PoolKey key;
  public final SandboxSpec spec;

  /** Whether the in-JVM driver serves it. */
  public final boolean inJvm;

  /** Before this time it takes no invocations. */
  public long pendingUntilNs = Long.MIN_VALUE;

  /** Replaced or deleted: its sandboxes end with what runs in them. */
  public boolean retired;

  /** The version that took its label; null: none, or it is not retired. */
  public VersionState successor;

  /** Invocations that wait for a slot. */
  public PendingInvocation waitingHead;

  public PendingInvocation waitingTail;
  public int waiting;

  /** Sandboxes with a free slot: last in, first out. */
  public final SandboxLine idle = new SandboxLine();

  /** Environments without a process. */
  public final SandboxLine reset = new SandboxLine();

  /** Sandboxes that run an invocation and can take one more behind it; first in, first out. */
  public final SandboxLine open = new SandboxLine();

  /** Sandboxes in any state. */
  public int environments;

  /** Sandboxes that will take an invocation soon: in init, or resetting. */
  public int coming;

  /** Slots that run an invocation. */
  public int busySlots;

  /** Invocations that lie behind another one. */
  public int behind;

  /** Moving average of the time from hand-over to answer in nanoseconds; −1: no sample. */
  public long invokeNsAverage = -1;

  /**
   * What three in four invocations take or exceed in nanoseconds: what waits for a processor moves
   * it little. −1: no sample.
   */
  public long quickNs = -1;

  /**
   * Moving share of slow invocations in parts of {@link #SHARE_ALL}. It begins so high that it is
   * below one in a hundred after a hundred fast ones.
   */
  public int slowShare = SHARE_ALL / 1000 * 15;

  /** Moving average of bind and init together in nanoseconds; −1: no sample. */
  public long coldNsAverage = -1;

  /** Bindings that the platform lost since one succeeded; those of one moment count once. */
  public int bindingsLost;

  public long bindingLostNs;

  /**
   * Invocations whose end was recorded. Written by the dispatcher, read by the log agent, both
   * opaque: an old value only makes the agent render a line that nobody will read.
   */
  public final AtomicLong recorded = new AtomicLong();

  /** Lines of place that a version can be in. */
  public static final int LINES = 3;

  /** Links of these lines, and whether it is in them. */
  public final VersionState[] lineNext = new VersionState[LINES];

  public final boolean[] inLine = new boolean[LINES];

  /** It waits although it could bind, since waiting seems shorter; looked at again at this time. */
  public long recheckNs;

  /** A version that nothing waits for. */
  public VersionState(
      FunctionState function, long id, String label, PoolKey key, SandboxSpec spec, boolean inJvm) {
    this.function = function;
    this.id = id;
    this.label = label;
    this.key = key;
    this.spec = spec;
    this.inJvm = inJvm;
  }

  /** Appends to the waiting line. */
  public void enqueue(PendingInvocation invocation) {
    invocation.waits = true;
    invocation.next = null;
    if (waitingTail == null) {
      waitingHead = invocation;
    } else {
      waitingTail.next = invocation;
    }
    waitingTail = invocation;
    waiting++;
  }

  /** Puts back into the waiting line, before all that joined it later. */
  public void putBack(PendingInvocation invocation) {
    if (waitingTail == null || waitingTail.ticket < invocation.ticket) {
      enqueue(invocation);
      return;
    }
    PendingInvocation before = null;
    PendingInvocation after = waitingHead;
    while (after.ticket < invocation.ticket) { // others that were put back
      before = after;
      after = after.next;
    }
    invocation.waits = true;
    invocation.next = after;
    if (before == null) {
      waitingHead = invocation;
    } else {
      before.next = invocation;
    }
    waiting++;
  }

  /** Takes the first of the waiting line; null: nothing waits. */
  public PendingInvocation dequeue() {
    PendingInvocation first = waitingHead;
    if (first != null) {
      waitingHead = first.next;
      if (waitingHead == null) {
        waitingTail = null;
      }
      first.next = null;
      first.waits = false;
      waiting--;
    }
    return first;
  }

  /**
   * Takes the cancelled ones out of the waiting line.
   *
   * @return the first of them, linked by {@link PendingInvocation#next}; null: there is none
   */
  public PendingInvocation dequeueCancelled() {
    PendingInvocation taken = null;
    PendingInvocation takenTail = null;
    PendingInvocation before = null;
    for (PendingInvocation at = waitingHead, after; at != null; at = after) {
      after = at.next;
      if (!at.isCancelled()) {
        before = at;
        continue;
      }
      if (before == null) {
        waitingHead = after;
      } else {
        before.next = after;
      }
      if (after == null) {
        waitingTail = before;
      }
      at.next = null;
      at.waits = false;
      waiting--;
      if (taken == null) {
        taken = at;
      } else {
        takenTail.next = at;
      }
      takenTail = at;
    }
    return taken;
  }

  /** The one that has that many before it in the waiting line; null: the line is not that long. */
  public PendingInvocation waitingBehind(int before) {
    PendingInvocation at = waitingHead;
    for (int i = 0; i < before && at != null; i++) {
      at = at.next;
    }
    return at;
  }

  /**
   * Takes the one out of the waiting line that has {@code before} others before it, if it was
   * accepted at {@code latestNs} or earlier; null: there is none such.
   */
  public PendingInvocation dequeueExpired(int before, long latestNs) {
    PendingInvocation taken = waitingBehind(before);
    if (taken == null || taken.acceptedNs > latestNs) {
      return null;
    }
    if (before == 0) {
      return dequeue();
    }
    PendingInvocation previous = waitingBehind(before - 1);
    previous.next = taken.next;
    if (taken.next == null) {
      waitingTail = previous;
    }
    taken.next = null;
    taken.waits = false;
    waiting--;
    return taken;
  }

  /**
   * Folds one more invoke duration into the average, weight one eighth, and into the share of slow
   * ones, weight 1/256.
   *
   * @param fastNs one that takes so long or longer is slow
   */
  public void sampleInvoke(long ns, long fastNs) {
    invokeNsAverage = invokeNsAverage < 0 ? ns : invokeNsAverage + (ns - invokeNsAverage) / 8;
    slowShare += ((ns < fastNs ? 0 : SHARE_ALL) - slowShare) >> SHARE_SHIFT;
  }

  /** Folds one more in: three small steps up for one down, and down soon where it began high. */
  public void sampleQuick(long ns) {
    if (ns <= 0) {
      return; // it was answered in one look with the one before it
    }
    if (quickNs < 0) {
      quickNs = ns;
    } else if (ns < quickNs / 4) {
      quickNs -= quickNs / 4;
    } else if (ns < quickNs) {
      quickNs = Math.max(ns, quickNs - quickNs / 32 - 1);
    } else {
      quickNs = Math.min(ns, quickNs + quickNs / 96 + 1);
    }
  }

  /** Folds one more cold start into the average, weight one quarter. */
  public void sampleCold(long ns) {
    coldNsAverage = coldNsAverage < 0 ? ns : coldNsAverage + (ns - coldNsAverage) / 4;
  }
}
