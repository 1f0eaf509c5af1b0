package io.ringmaster.core.model;

import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.Slots;
import java.util.concurrent.atomic.AtomicBoolean;

/** An environment as the dispatcher knows it. Dispatcher thread only. */
public final class Sandbox extends Timed {
  /** The driver that has it, and its id there. */
  public final SandboxDriver driver;

  public final int id;
  public final VersionState version;

  private SandboxState state = SandboxState.BINDING;
  private PendingInvocation[] running = new PendingInvocation[1];
  private int[] freeSlots = {0};
  private int free = 1;

  /** The line that it stands in, or null; and its neighbours there. */
  SandboxLine line;

  Sandbox lineNext;
  Sandbox linePrevious;

  /** How many invocations can be placed behind the one that runs. */
  public int depth;

  /** How many lie there. */
  public int behind;

  /** Place among those that have something behind what runs; −1: it is none of them. */
  public int ladenAt = -1;

  /**
   * Whether it was handed an invocation that is not recorded as started. Written by the dispatcher
   * with release, before the hand-over and after the record; read by the log agent with acquire,
   * after it read output and before it reads records.
   */
  private final AtomicBoolean ahead = new AtomicBoolean();

  /** Since when the first that lies behind what runs has lain in it. */
  public long behindNs;

  public final long createdNs;

  /** When it became ready for the last time. */
  public long readyNs;

  /** When its last invocation settled, or when it became ready. */
  public long lastUsedNs;

  /** It ends at this time, idle or after what runs. */
  public long lifeEndNs;

  /** What the last bind and init took; until its first invocation has them. */
  public long bindNs;

  public long initNs;
  public boolean initUncharged;

  /** Discard it as soon as nothing runs in it. */
  public boolean doomed;

  /** A timed-out invocation's code still runs in it: the ledger's unit stays charged. */
  public int unitsHeld;

  public long invocations;
  public int maxMemoryKb;

  /** A sandbox in {@link SandboxState#BINDING}. */
  public Sandbox(SandboxDriver driver, int id, VersionState version, long nowNs) {
    this.driver = driver;
    this.id = id;
    this.version = version;
    this.createdNs = nowNs;
    this.lastUsedNs = nowNs;
  }

  /** Where it stands. */
  public SandboxState state() {
    return state;
  }

  /**
   * Moves on.
   *
   * @throws IllegalStateException the table does not list this transition
   */
  public void state(SandboxState to) {
    if (!state.allows(to)) {
      throw new IllegalStateException("sandbox " + id + " from " + state + " to " + to);
    }
    state = to;
  }

  /** Tells how many slots it has; none may be in use but the first. */
  public void slots(int count) {
    if (running.length == count) {
      return;
    }
    PendingInvocation first = running[0];
    running = new PendingInvocation[count];
    running[0] = first;
    freeSlots = new int[count];
    free = 0;
    for (int i = count - 1; i > 0; i--) {
      freeSlots[free++] = i;
    }
    if (first == null) {
      freeSlots[free++] = 0;
    }
  }

  /** See {@link #ahead}. */
  public void aheadRelease(boolean value) {
    ahead.setRelease(value);
  }

  /** See {@link #ahead}. Any thread. */
  public boolean aheadAcquire() {
    return ahead.getAcquire();
  }

  /** Whether it stands in that line. */
  public boolean isIn(SandboxLine other) {
    return line == other;
  }

  /** Leaves the line that it stands in, if it stands in one. */
  public void leaveLine() {
    if (line != null) {
      line.remove(this);
    }
  }

  /** Whether a slot is free. */
  public boolean hasFreeSlot() {
    return free > 0;
  }

  /** Whether nothing runs in it. */
  public boolean unoccupied() {
    return free == running.length;
  }

  /** Whether nothing runs in it and nothing is about to happen to it. */
  public boolean idle() {
    return switch (state) {
      case READY, RESET -> unoccupied();
      case BINDING, RESETTING, RESTARTING, GONE -> false;
    };
  }

  /** Whether its handler is being loaded. */
  public boolean initializes() {
    return state == SandboxState.BINDING || state == SandboxState.RESTARTING;
  }

  /** Puts an invocation into a free slot and tells the slot's number. */
  public int occupy(PendingInvocation invocation) {
    int index = freeSlots[--free];
    running[index] = invocation;
    return Slots.slot(id, index);
  }

  /** An invocation leaves its slot: to the one that lies behind it, or the slot is free. */
  public void vacate(int slot) {
    int index = Slots.index(slot);
    PendingInvocation next = running[index].behind;
    if (next == null) {
      running[index] = null;
      freeSlots[free++] = index;
    } else {
      running[index].behind = null;
      running[index] = next;
      behind--;
      next.prefetch(next.prefetch().first());
    }
  }

  /** Places an invocation behind all that are in a slot that is in use. */
  public void layBehind(int slot, PendingInvocation invocation) {
    PendingInvocation last = running[Slots.index(slot)];
    while (last.behind != null) {
      last = last.behind;
    }
    last.behind = invocation;
    behind++;
  }

  /** Takes away one that lies behind another; what lies behind it moves up. */
  public void takeBehind(PendingInvocation invocation) {
    PendingInvocation before = running[Slots.index(invocation.slot)];
    while (before.behind != invocation) {
      before = before.behind;
    }
    before.behind = invocation.behind;
    invocation.behind = null;
    behind--;
  }

  /** What runs in a slot; null: nothing, or no such slot. */
  public PendingInvocation running(int slot) {
    int index = Slots.index(slot);
    return index < running.length ? running[index] : null;
  }

  /** What was handed to it first of all that run in it; null: nothing runs. */
  public PendingInvocation runningLongest() {
    PendingInvocation first = null;
    for (PendingInvocation invocation : running) {
      if (invocation != null && (first == null || invocation.sequence < first.sequence)) {
        first = invocation;
      }
    }
    return first;
  }

  /** Number of slots. */
  public int slotCount() {
    return running.length;
  }
}
