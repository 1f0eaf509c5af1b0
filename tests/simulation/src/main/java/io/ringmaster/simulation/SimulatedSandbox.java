package io.ringmaster.simulation;

import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxSpec;

/**
 * One environment of the simulated driver. Its fields show what the dispatcher has been told, but
 * for {@link #alive}.
 */
final class SimulatedSandbox {
  /** As the dispatcher may see it. */
  enum State {
    /** The id is unused. */
    FREE,
    /** Being bound by prepare. */
    BINDING,
    /** The handler is loaded. */
    READY,
    /** Reset, or its init failed: an exit will be told. */
    STOPPING,
    /** An environment without a process. */
    EMPTY,
    /** The process starts again inside an invocation. */
    STARTING
  }

  /** One place for one invocation. */
  static final class Slot {
    Invocation invocation;
    SimulatedCall call;
    long sequence;
    long lastSequence = -1;
    long offeredAtNs;
    boolean functionError;
    int responseBytes;
    int chunksLeft;
    long chunkGapNs;

    /** What lies behind it, and is the next there; or null. */
    Slot behind;

    /** Of one that lies behind another: since when. */
    long behindNs;

    /** Its answer is written, though the dispatcher may not know yet. */
    boolean answered;

    /** The process is on its way to it. */
    boolean coming;

    /** Its function runs. */
    boolean begun;

    /** The process has said that it takes it; only the rescue rang; it was revoked, and skipped. */
    boolean taking;

    boolean late;
    boolean revoked;
    boolean skipped;

    /** Its function waits with the next write until there is credit. */
    boolean blocked;

    boolean busy() {
      return invocation != null;
    }

    /** The process is past it. */
    boolean over() {
      return answered || skipped;
    }

    void clear() {
      lastSequence = sequence;
      call.running = false;
      blocked = false;
      invocation = null;
      call = null;
      behind = null;
      answered = false;
      coming = false;
      begun = false;
      taking = false;
      late = false;
      revoked = false;
      skipped = false;
    }
  }

  static Slot[] newSlots(int count) {
    Slot[] slots = new Slot[count];
    for (int i = 0; i < count; i++) {
      slots[i] = new Slot();
    }
    return slots;
  }

  final SimulatedDriver driver;
  final int id;
  State state = State.FREE;
  PoolKey key;
  SandboxSpec spec;
  Slot[] slots = {};

  /** Number of the present process; what was planned for another one is void. */
  long process;

  /** False once the process died, though the dispatcher may not know yet. */
  boolean alive;

  /** The exit of the present process waits to be polled. */
  boolean exitQueued;

  /** Ledger units of timed-out invocations whose code still runs here. */
  int heldUnits;

  long beganNs;
  long initBeganNs;

  /** When its first process was ready, and what bind and init took as the dispatcher was told. */
  long readyNs;

  long bindNs;
  long initNs;

  /** Whether it was handed an invocation, or lost the process that could have been. */
  boolean served;

  /** How many may be offered while one runs. */
  int depth;

  long idleSinceNs;

  SimulatedSandbox(SimulatedDriver driver, int id) {
    this.driver = driver;
    this.id = id;
  }

  /** Whether it will serve soon; code in the engine's own JVM ends when it likes. */
  boolean coming() {
    return state == State.BINDING || state == State.STOPPING && driver.killable();
  }

  @Override
  public String toString() {
    return "sandbox " + id;
  }

  /** What has that number in a slot, or behind what runs there; null: nothing. */
  Slot entry(int index, long sequence) {
    Slot entry = slots[index].busy() ? slots[index] : null;
    while (entry != null && entry.sequence != sequence) {
      entry = entry.behind;
    }
    return entry;
  }

  /** How many lie behind what runs in a slot. */
  int behind(int index) {
    int count = 0;
    for (Slot behind = slots[index].behind; behind != null; behind = behind.behind) {
      count++;
    }
    return count;
  }

  int busySlots() {
    int busy = 0;
    for (Slot slot : slots) {
      if (slot.busy()) {
        busy++;
      }
    }
    return busy;
  }
}
