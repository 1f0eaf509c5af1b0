package io.ringmaster.simulation;

import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.Slots;
import io.ringmaster.simulation.FaultMix.Faults;
import io.ringmaster.simulation.SimulatedSandbox.Slot;
import io.ringmaster.simulation.SimulatedSandbox.State;
import java.util.function.Consumer;

/**
 * What goes on in the slots of a driver's sandboxes: when an invocation begins that lay behind
 * others, when it writes, how it ends. A process goes on to the next invocation when it has
 * answered or skipped one, whether the dispatcher knows that or not: it says that it takes it,
 * looks whether it was revoked, and begins or skips it.
 */
final class SlotScript {
  private static final long MILLISECOND_NS = 1_000_000;
  private static final long MICROSECOND_NS = 1000;

  private final VirtualClock clock;
  private final SeededRandom random;
  private final Faults faults;
  private final Referee referee;
  private final AnswerWriter writer;
  private final boolean killable;
  private final Consumer<Occurrence> arrive;

  SlotScript(
      VirtualClock clock,
      SeededRandom random,
      Faults faults,
      Referee referee,
      AnswerWriter writer,
      boolean killable,
      Consumer<Occurrence> arrive) {
    this.clock = clock;
    this.random = random;
    this.faults = faults;
    this.referee = referee;
    this.writer = writer;
    this.killable = killable;
    this.arrive = arrive;
  }

  // ---- what the dispatcher hands over ----

  /** Into a free slot, where it begins as soon as there is a process. */
  void fill(Slot slot, Invocation invocation, SimulatedCall call) {
    slot.invocation = invocation;
    slot.call = call;
    slot.sequence = invocation.sequence();
    slot.offeredAtNs = clock.nowNs();
    slot.begun = true;
    call.running = true;
  }

  /** Behind all that is there; false: there is no place. */
  boolean placeBehind(SimulatedSandbox sandbox, int index, Invocation invocation) {
    Slot last = sandbox.slots[index];
    if (sandbox.state != State.READY || sandbox.behind(index) >= sandbox.depth) {
      referee.violation(
          "slot used twice: "
              + last.call
              + " runs there, "
              + sandbox.behind(index)
              + " of "
              + sandbox.depth
              + " lie behind it");
      return false;
    }
    if (random.chance(0.05)) {
      return false; // as one that is too large, or where what was revoked is still in its place
    }
    SimulatedCall call = referee.handovers().placedBehind(sandbox, invocation);
    if (call == null) {
      return false;
    }
    Slot behind = new Slot();
    behind.invocation = invocation;
    behind.call = call;
    behind.sequence = invocation.sequence();
    behind.behindNs = clock.nowNs();
    while (last.behind != null) {
      last = last.behind;
    }
    last.behind = behind;
    goOn(sandbox, index);
    return true;
  }

  /** Whether an invocation was taken back in time. */
  boolean revoke(SimulatedSandbox sandbox, int index, long sequence) {
    Slot entry = sandbox.entry(index, sequence);
    if (entry == null || entry.revoked || sandbox.depth > 0 && entry == sandbox.slots[index]) {
      referee.violation(
          "revoke of " + sequence + ", which is not in slot " + Slots.slot(sandbox.id, index));
      return false;
    }
    if (sandbox.depth == 0) {
      boolean notBegun = entry.call.chunkBytes == 0 && random.chance(0.5);
      if (notBegun) {
        referee.handovers().revoked(entry.call, false);
        entry.clear();
      }
      return notBegun;
    }
    while (random.chance(0.3)) {
      answerJustNow(sandbox, index);
    }
    entry.revoked = true;
    boolean inDoubt = entry.begun || entry.taking || liar();
    entry.call.inDoubt = inDoubt;
    if (!inDoubt) {
      referee.handovers().revoked(entry.call, true);
      remove(sandbox.slots[index], entry);
      goOn(sandbox, index);
    }
    return !inDoubt;
  }

  private static void remove(Slot before, Slot entry) {
    while (before.behind != entry) {
      before = before.behind;
    }
    before.behind = entry.behind;
    entry.behind = null;
  }

  /**
   * While the dispatcher revokes, the process answers and goes on; the driver tells of it when it
   * is asked next.
   */
  private void answerJustNow(SimulatedSandbox sandbox, int index) {
    Slot at = sandbox.slots[index];
    while (at != null && at.over()) {
      at = at.behind;
    }
    if (!sandbox.alive || at == null || !at.begun || at.chunksLeft > 0) {
      return;
    }
    at.answered = true;
    tell(Occurrence.Kind.RESPONSE, sandbox, index, at.sequence);
    Slot next = at.behind;
    if (next == null) {
      return;
    }
    next.coming = true;
    next.taking = true;
    long sequence = next.sequence;
    if (random.chance(0.5)) {
      beginning(sandbox, index, sequence);
    } else {
      plan(random.between(0L, MILLISECOND_NS), Occurrence.Kind.BEGINNING, sandbox, index, sequence);
    }
  }

  private void tell(Occurrence.Kind kind, SimulatedSandbox sandbox, int index, long sequence) {
    arrive.accept(
        new Occurrence(clock.nowNs(), 0, kind, sandbox, sandbox.process, index, sequence));
  }

  /** A sandbox may say that it has taken what it cannot have taken. */
  private boolean liar() {
    return random.chance(faults.liar);
  }

  // ---- what processes do ----

  /**
   * An answer is written: the process goes on to what lies behind it.
   *
   * @return false: it had answered before
   */
  boolean answers(Occurrence response) {
    SimulatedSandbox sandbox = response.sandbox;
    Slot slot = sandbox.entry(response.slotIndex, response.sequence);
    boolean first = !slot.answered;
    slot.answered = true;
    goOn(sandbox, response.slotIndex);
    return first;
  }

  /**
   * The process turns to the first that it is not past, if it is past something. One doorbell
   * serves all that lie there.
   */
  private void goOn(SimulatedSandbox sandbox, int index) {
    Slot before = null;
    Slot next = sandbox.slots[index];
    while (next != null && next.over()) {
      before = next;
      next = next.behind;
    }
    if (before == null || next == null || next.coming || !sandbox.alive) {
      return;
    }
    next.coming = true;
    next.late = !before.late && random.chance(faults.lostDoorbell);
    long delayNs =
        next.late
            ? random.between(MILLISECOND_NS, 3 * MILLISECOND_NS) // until the rescue rings
            : random.between(0L, 20 * MICROSECOND_NS);
    plan(delayNs, Occurrence.Kind.TAKING, sandbox, index, next.sequence);
  }

  /** The process says that it takes it, and is about to look whether it was revoked. */
  void taking(SimulatedSandbox sandbox, int index, long sequence) {
    Slot entry = sandbox.entry(index, sequence);
    entry.taking = true;
    long delayNs = random.chance(0.3) ? random.between(0L, 300 * MICROSECOND_NS) : 0;
    plan(delayNs, Occurrence.Kind.BEGINNING, sandbox, index, sequence);
  }

  /** The process looks; the driver may have something to tell of it. */
  void beginning(SimulatedSandbox sandbox, int index, long sequence) {
    Slot entry = sandbox.entry(index, sequence);
    if (entry.revoked && random.chance(0.7)) { // else it had looked before it was revoked
      entry.skipped = true;
      tell(Occurrence.Kind.SKIPPED, sandbox, index, sequence);
      goOn(sandbox, index);
      return;
    }
    entry.begun = true;
    boolean promoted = sandbox.slots[index] == entry;
    if (!promoted) {
      entry.offeredAtNs = clock.nowNs();
    }
    planAnswer(sandbox, index, entry);
    if (promoted && (entry.late || entry.revoked || random.chance(0.3))) {
      tell(Occurrence.Kind.TAKEN, sandbox, index, sequence);
    }
  }

  private void plan(
      long delayNs, Occurrence.Kind kind, SimulatedSandbox sandbox, int index, long sequence) {
    clock.plan(delayNs, kind, sandbox, sandbox.process, index, sequence);
  }

  /** Draws what an invocation does from its begin to its end. */
  void planAnswer(SimulatedSandbox sandbox, int index, Slot slot) {
    writer.draw(slot, faults.functionError);
    long durationNs = random.exponential(referee.meanInvokeNs());
    long timeoutNs = sandbox.spec.timeoutNs();
    long leftNs = Math.max(0, slot.offeredAtNs + timeoutNs - clock.nowNs());
    double draw = random.nextDouble();
    if ((draw -= faults.hang) < 0) {
      return;
    }
    if ((draw -= faults.overrun) < 0) {
      long aboutNs = random.chance(0.2) ? 0 : random.between(-5 * MILLISECOND_NS, timeoutNs / 2);
      durationNs = Math.max(0, leftNs + aboutNs);
    } else if (killable && (draw -= faults.crash) < 0) {
      plan(Math.min(durationNs, leftNs), Occurrence.Kind.EXITED, sandbox, index, slot.sequence);
      return;
    } else if (killable && (draw -= faults.violation) < 0) {
      plan(Math.min(durationNs, leftNs), Occurrence.Kind.VIOLATION, sandbox, index, slot.sequence);
      return;
    }
    slot.chunkGapNs = durationNs / (slot.chunksLeft + 1);
    planNextWrite(sandbox, index, slot);
  }

  /** A function writes one chunk after the other, and waits when there is no room. */
  void planNextWrite(SimulatedSandbox sandbox, int index, Slot slot) {
    slot.blocked = referee.streams().windowFull(slot.call);
    if (!slot.blocked) {
      Occurrence.Kind kind = slot.chunksLeft > 0 ? Occurrence.Kind.CHUNK : Occurrence.Kind.RESPONSE;
      plan(slot.chunkGapNs, kind, sandbox, index, slot.sequence);
    }
  }

  /** The same slot of the same environment will hear an old number again. */
  void planLate(SimulatedSandbox sandbox, int index, long sequence, double probability) {
    if (random.chance(probability)) {
      long delayNs = random.between(0L, 60 * MILLISECOND_NS);
      clock.plan(
          delayNs,
          random.chance(0.4) ? Occurrence.Kind.LATE_CHUNK : Occurrence.Kind.LATE_RESPONSE,
          sandbox,
          sandbox.beganNs,
          index,
          sequence);
    }
  }
}
