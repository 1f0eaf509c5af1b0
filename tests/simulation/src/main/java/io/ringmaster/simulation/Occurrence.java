package io.ringmaster.simulation;

import io.ringmaster.simulation.SimulatedSandbox.State;

/**
 * Something that will happen at a moment of the virtual clock. What it refers to may be gone by
 * then: {@link #process} and {@link #sequence} tell.
 */
final class Occurrence implements Comparable<Occurrence> {
  /** What happens. */
  enum Kind {
    /** Calls arrive. */
    ARRIVAL,
    /** A sandbox's handler is loaded. */
    READY,
    /** A sandbox's init reported an error. */
    INIT_FAILED,
    /** A process says that it takes what lay behind another one. */
    TAKING,
    /** It looks whether that was revoked. */
    BEGINNING,
    /** What lay behind another one began some time after that had answered. */
    TAKEN,
    /** What lay behind another one was revoked in time. */
    SKIPPED,
    /** A part of a response. */
    CHUNK,
    /** The last part of a response. */
    RESPONSE,
    /** An answer with the number of an invocation that is over. */
    LATE_RESPONSE,
    /** A part with the number of an invocation that is over. */
    LATE_CHUNK,
    /** A caller is done with a part that it got earlier. */
    CONSUME,
    /** A process is gone. */
    EXITED,
    /** A sandbox broke the protocol. */
    VIOLATION,
    /** The keeper died: every process sandbox is lost. */
    KEEPER_DEATH,
    /** Some process dies by itself. */
    KILL_ANY,
    /** The clocks leap. */
    CLOCK_LEAP,
    /** A function's definition changes. */
    PUBLISH,
    /** The engine gives up what is left at its close. */
    END
  }

  final long atNs;
  final long order;
  final Kind kind;
  final SimulatedSandbox sandbox;
  final long process;
  final int slotIndex;
  final long sequence;

  Occurrence(
      long atNs,
      long order,
      Kind kind,
      SimulatedSandbox sandbox,
      long process,
      int slotIndex,
      long sequence) {
    this.atNs = atNs;
    this.order = order;
    this.kind = kind;
    this.sandbox = sandbox;
    this.process = process;
    this.slotIndex = slotIndex;
    this.sequence = sequence;
  }

  /** Whether the process, the invocation or the sandbox that it tells of is no more. */
  boolean isVoid() {
    return switch (kind) {
      case LATE_RESPONSE, LATE_CHUNK -> sandbox.state == State.FREE || sandbox.beganNs != process;
      case RESPONSE, CHUNK, TAKING, BEGINNING, TAKEN, SKIPPED ->
          sandbox.process != process
              || sandbox.state != State.READY
              || sandbox.entry(slotIndex, sequence) == null;
      case READY, INIT_FAILED ->
          sandbox.process != process
              || sandbox.state != State.BINDING && sandbox.state != State.STARTING;
      default -> sandbox.process != process || sandbox.state == State.FREE;
    };
  }

  @Override
  public int compareTo(Occurrence other) {
    int byTime = Long.compare(atNs, other.atNs);
    return byTime != 0 ? byTime : Long.compare(order, other.order);
  }
}
