package io.ringmaster.simulation;

import io.ringmaster.core.counter.Counter;
import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Slots;
import io.ringmaster.simulation.FaultMix.Faults;
import io.ringmaster.simulation.SimulatedCall.Told;
import io.ringmaster.simulation.SimulatedFunction.Version;
import io.ringmaster.simulation.SimulatedSandbox.Slot;
import io.ringmaster.simulation.SimulatedSandbox.State;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A driver that keeps the contract of {@link SandboxDriver} to the letter, fails as often as it is
 * told to, and holds the dispatcher to its side of the contract. What it does is planned on the
 * virtual clock; an occurrence that came due waits in {@link #arrived} until the dispatcher polls,
 * and is void if the dispatcher reset or discarded its sandbox meanwhile.
 */
final class SimulatedDriver implements SandboxDriver {
  private static final byte[] INIT_ERROR =
      "{\"errorType\":\"Runtime.ImportModuleError\",\"errorMessage\":\"simulated\"}"
          .getBytes(StandardCharsets.UTF_8);

  private static final long MILLISECOND_NS = 1_000_000;

  private final VirtualClock clock;
  private final SeededRandom random;
  private final Faults faults;
  private final Referee referee;
  private final boolean killable;
  private final int capacity;
  private final List<SimulatedSandbox> sandboxes = new ArrayList<>();
  private final ArrayDeque<Occurrence> arrived = new ArrayDeque<>();
  private final AnswerWriter writer;
  private final SlotScript script;
  private double prefetchChance;
  private int prefetchDepth;

  /** At the last rest an environment had been idle for so long that another may have its place. */
  boolean idleAtRest;

  private Runnable wake = () -> {};
  private long processes;
  private int live;
  private long keeperBackNs;
  private boolean closed;

  SimulatedDriver(
      VirtualClock clock,
      SeededRandom random,
      Faults faults,
      Referee referee,
      boolean killable,
      int capacity) {
    this.clock = clock;
    this.random = random;
    this.faults = faults;
    this.referee = referee;
    this.writer = new AnswerWriter(random);
    this.killable = killable;
    this.capacity = capacity;
    this.script = new SlotScript(clock, random, faults, referee, writer, killable, arrived::add);
  }

  /** Which share of processes of one slot prefetch, and how many each at most. */
  void prefetches(double chance, int depth) {
    prefetchChance = chance;
    prefetchDepth = depth;
  }

  /** What a watched descriptor does: end the dispatcher's sleep. */
  void onArrival(Runnable action) {
    wake = action;
  }

  List<SimulatedSandbox> sandboxes() {
    return sandboxes;
  }

  // ---- the dispatcher's side ----

  @Override
  public int prepare(PoolKey key, SandboxSpec spec) {
    if (closed) {
      referee.violation("prepare after close");
    }
    boolean narrow = faults.narrowPool && live >= Math.max(1, capacity / 2);
    if (live >= capacity
        || narrow
        || clock.nowNs() < keeperBackNs
        || random.chance(faults.noCapacity)) {
      referee.refusedPrepare();
      return -1;
    }
    SimulatedSandbox sandbox = free();
    live++;
    sandbox.key = key;
    sandbox.spec = spec;
    sandbox.slots = SimulatedSandbox.newSlots(referee.slotsOf(key.version()));
    sandbox.state = State.BINDING;
    sandbox.beganNs = clock.nowNs();
    referee.prepared(this, sandbox);
    begin(sandbox);
    return sandbox.id;
  }

  private SimulatedSandbox free() {
    for (SimulatedSandbox sandbox : sandboxes) {
      if (sandbox.state == State.FREE) {
        return sandbox;
      }
    }
    SimulatedSandbox sandbox = new SimulatedSandbox(this, sandboxes.size());
    sandboxes.add(sandbox);
    return sandbox;
  }

  private void begin(SimulatedSandbox sandbox) {
    sandbox.process = ++processes;
    sandbox.alive = true;
    sandbox.exitQueued = false;
    sandbox.depth =
        sandbox.slots.length == 1 && random.chance(prefetchChance)
            ? random.between(1, prefetchDepth)
            : 0;
    sandbox.initBeganNs = clock.nowNs();
    long initNs = random.exponential(3 * MILLISECOND_NS);
    if (random.chance(faults.slowInit)) {
      initNs = random.between(10 * MILLISECOND_NS, 3 * referee.initTimeoutNs() / 2);
    }
    if (killable && random.chance(faults.initHang)) {
      return;
    }
    if (killable && random.chance(faults.initCrash)) {
      plan(initNs, Occurrence.Kind.EXITED, sandbox);
    } else if (killable && random.chance(faults.initViolation)) {
      plan(initNs, Occurrence.Kind.VIOLATION, sandbox);
    } else if (random.chance(faults.initFailure)) {
      plan(initNs, Occurrence.Kind.INIT_FAILED, sandbox);
    } else {
      plan(initNs, Occurrence.Kind.READY, sandbox);
    }
  }

  private void plan(long delayNs, Occurrence.Kind kind, SimulatedSandbox sandbox) {
    clock.plan(delayNs, kind, sandbox, sandbox.process, 0, 0);
  }

  @Override
  public boolean offer(int slotNumber, Invocation invocation) {
    SimulatedSandbox sandbox = known(Slots.sandbox(slotNumber), "offer");
    if (sandbox == null) {
      return false;
    }
    int index = Slots.index(slotNumber);
    if (index >= sandbox.slots.length) {
      referee.violation("offer to slot " + index + " of a sandbox with " + sandbox.slots.length);
      return false;
    }
    Slot slot = sandbox.slots[index];
    if (slot.busy()) {
      return script.placeBehind(sandbox, index, invocation);
    }
    if (sandbox.state != State.READY && sandbox.state != State.EMPTY) {
      referee.violation("offer to a sandbox that is " + sandbox.state);
      return false;
    }
    SimulatedCall call = referee.handovers().offered(sandbox, invocation);
    if (call == null) {
      return false;
    }
    script.fill(slot, invocation, call);
    if (sandbox.state == State.EMPTY) {
      sandbox.state = State.STARTING;
      begin(sandbox);
    } else if (sandbox.alive) {
      script.planAnswer(sandbox, index, slot);
    }
    return true;
  }

  @Override
  public int prefetches(int id) {
    SimulatedSandbox sandbox = known(id, "prefetches");
    return sandbox == null ? 0 : sandbox.depth;
  }

  @Override
  public boolean revoke(int slotNumber, long sequence) {
    SimulatedSandbox sandbox = known(Slots.sandbox(slotNumber), "revoke");
    if (sandbox == null) {
      return false;
    }
    return script.revoke(sandbox, Slots.index(slotNumber), sequence);
  }

  @Override
  public void reset(int id, Fault reason) {
    SimulatedSandbox sandbox = known(id, "reset");
    if (sandbox == null) {
      return;
    }
    if (sandbox.state == State.STOPPING || sandbox.state == State.EMPTY) {
      referee.violation("reset of a sandbox that is " + sandbox.state);
      return;
    }
    if (reason == Fault.INIT_TIMEOUT) {
      referee.tally().count(Counter.INIT_TIMEOUTS);
    }
    forgetSlots(sandbox, reason);
    sandbox.state = State.STOPPING;
    sandbox.alive = false;
    referee.progress(sandbox);
    if (!sandbox.exitQueued) {
      plan(stopNs(), Occurrence.Kind.EXITED, sandbox);
    }
  }

  private long stopNs() {
    if (!killable) {
      return random.between(MILLISECOND_NS, 1500 * MILLISECOND_NS);
    }
    return random.chance(faults.slowKill)
        ? random.between(5 * MILLISECOND_NS, 400 * MILLISECOND_NS)
        : random.between(100_000, 2 * MILLISECOND_NS);
  }

  private void forgetSlots(SimulatedSandbox sandbox, Fault reason) {
    for (int i = 0; i < sandbox.slots.length; i++) {
      Slot slot = sandbox.slots[i];
      if (slot.busy()) {
        script.planLate(sandbox, i, slot.sequence, faults.lateAnswer);
        for (Slot lost = slot; lost != null; lost = lost.behind) {
          referee.forgotten(this, lost.call, sandbox, reason);
        }
        slot.clear();
      }
    }
  }

  @Override
  public void discard(int id, Fault reason) {
    SimulatedSandbox sandbox = known(id, "discard");
    if (sandbox != null) {
      referee.discarded(sandbox, reason);
      forgetSlots(sandbox, reason);
      release(sandbox);
    }
  }

  private void release(SimulatedSandbox sandbox) {
    referee.released(this, sandbox);
    sandbox.state = State.FREE;
    sandbox.alive = false;
    sandbox.process = ++processes;
    sandbox.beganNs = -1;
    live--;
  }

  private SimulatedSandbox known(int id, String verb) {
    if (id < 0 || id >= sandboxes.size() || sandboxes.get(id).state == State.FREE) {
      referee.violation(verb + " of sandbox " + id + ", which does not exist");
      return null;
    }
    return sandboxes.get(id);
  }

  @Override
  public boolean hasEvents() {
    dropVoid();
    return !arrived.isEmpty();
  }

  @Override
  public void credit(int slotNumber, int bytes) {
    SimulatedSandbox sandbox = known(Slots.sandbox(slotNumber), "credit");
    if (sandbox != null) {
      int index = Slots.index(slotNumber);
      referee.streams().credited(sandbox.slots[index].call, bytes);
      if (sandbox.slots[index].blocked && sandbox.alive) {
        script.planNextWrite(sandbox, index, sandbox.slots[index]);
      }
    }
  }

  @Override
  public boolean killable() {
    return killable;
  }

  @Override
  public void close() {
    closed = true;
    for (SimulatedSandbox sandbox : sandboxes) {
      if (sandbox.state != State.FREE) {
        forgetSlots(sandbox, Fault.ENGINE_CLOSING);
        release(sandbox);
      }
    }
  }

  // ---- what happens by itself ----

  /** An occurrence of this driver came due. */
  void fire(Occurrence due) {
    switch (due.kind) {
      case KEEPER_DEATH -> keeperDies();
      case KILL_ANY -> killAny();
      default -> arrive(due);
    }
  }

  private void arrive(Occurrence due) {
    if (due.isVoid()) {
      return;
    }
    SimulatedSandbox sandbox = due.sandbox;
    switch (due.kind) {
      case LATE_RESPONSE, LATE_CHUNK -> {}
      case TAKING -> {
        if (sandbox.alive) {
          script.taking(sandbox, due.slotIndex, due.sequence);
        }
        return;
      }
      case BEGINNING -> {
        if (sandbox.alive) {
          script.beginning(sandbox, due.slotIndex, due.sequence);
          if (!arrived.isEmpty()) {
            wake.run();
          }
        }
        return;
      }
      case EXITED -> {
        if (sandbox.exitQueued) {
          return;
        }
        sandbox.exitQueued = true;
        sandbox.alive = false;
      }
      case INIT_FAILED, VIOLATION -> {
        if (!sandbox.alive) {
          return;
        }
        sandbox.alive = false;
      }
      default -> {
        if (!sandbox.alive) {
          return;
        }
        if (due.kind == Occurrence.Kind.RESPONSE && !script.answers(due)) {
          return;
        }
      }
    }
    arrived.add(due);
    if (due.kind == Occurrence.Kind.INIT_FAILED) {
      plan(stopNs(), Occurrence.Kind.EXITED, sandbox);
    }
    wake.run();
  }

  private void keeperDies() {
    keeperBackNs = clock.nowNs() + 60 * MILLISECOND_NS;
    for (SimulatedSandbox sandbox : sandboxes) {
      if (sandbox.state != State.FREE) {
        sandbox.alive = false;
        arrived.add(
            new Occurrence(
                clock.nowNs(), 0, Occurrence.Kind.VIOLATION, sandbox, sandbox.process, -1, 0));
      }
    }
    wake.run();
  }

  private void killAny() {
    if (sandboxes.isEmpty()) {
      return;
    }
    SimulatedSandbox sandbox = sandboxes.get(random.nextInt(sandboxes.size()));
    if (killable && sandbox.alive) {
      arrive(
          new Occurrence(
              clock.nowNs(), 0, Occurrence.Kind.EXITED, sandbox, sandbox.process, -1, 0));
    }
  }

  private void dropVoid() {
    while (!arrived.isEmpty() && arrived.peek().isVoid()) {
      arrived.poll();
    }
  }

  @Override
  public int poll(DriverEvents sink, int limit) {
    if (limit < 1) {
      referee.violation("poll with limit " + limit);
    }
    int delivered = 0;
    for (dropVoid(); delivered < limit && !arrived.isEmpty(); dropVoid()) {
      deliver(arrived.poll(), sink);
      delivered++;
    }
    return delivered;
  }

  private void deliver(Occurrence event, DriverEvents sink) {
    SimulatedSandbox sandbox = event.sandbox;
    switch (event.kind) {
      case READY -> deliverReady(sandbox, sink);
      case INIT_FAILED -> {
        if (sandbox.state == State.STARTING) {
          referee.tally().count(Counter.INIT_FAILURES);
        }
        referee.initEnded(sandbox, Told.INIT_FAILED);
        measureInit(sandbox);
        tellAll(sandbox, Told.INIT_FAILED);
        sandbox.state = State.STOPPING;
        sink.initFailed(sandbox.id, INIT_ERROR, clock.nowNs() - sandbox.initBeganNs);
      }
      case CHUNK -> {
        int bytes = writer.chunk(sandbox.slots[event.slotIndex]);
        sink.chunk(Slots.slot(sandbox.id, event.slotIndex), event.sequence, bytes);
        script.planNextWrite(sandbox, event.slotIndex, sandbox.slots[event.slotIndex]);
      }
      case RESPONSE -> deliverResponse(sandbox, event.slotIndex, sink);
      case LATE_RESPONSE -> {
        referee.tally().count(Counter.LATE_ANSWERS);
        sink.response(
            Slots.slot(sandbox.id, event.slotIndex), event.sequence, random.chance(0.3), 0, 0);
      }
      case LATE_CHUNK -> {
        referee.tally().count(Counter.LATE_ANSWERS);
        sink.chunk(Slots.slot(sandbox.id, event.slotIndex), event.sequence, 16);
      }
      case TAKEN -> {
        Slot slot = sandbox.slots[event.slotIndex];
        referee.handovers().begunLate(slot);
        sink.taken(Slots.slot(sandbox.id, event.slotIndex), event.sequence);
      }
      case SKIPPED -> skip(sandbox, event.slotIndex, event.sequence, sink);
      case EXITED -> {
        if (!tellSkipped(sandbox, sink)) {
          return;
        }
        referee.initEnded(sandbox, Told.EXITED);
        sandbox.served = true;
        tellAll(sandbox, Told.EXITED);
        sandbox.state = State.EMPTY;
        sandbox.alive = false;
        sandbox.idleSinceNs = clock.nowNs();
        sandbox.process = ++processes;
        referee.exited(this, sandbox);
        sink.exited(sandbox.id, random.chance(0.5) ? 9 : random.nextInt(4) << 8, 20_000);
      }
      case VIOLATION -> {
        boolean keeper = event.slotIndex < 0;
        if (!tellSkipped(sandbox, sink)) {
          return;
        }
        if (!keeper) {
          referee.tally().count(Counter.PROTOCOL_VIOLATIONS);
          referee.initEnded(sandbox, Told.VIOLATED);
        } else if (sandbox.state == State.BINDING) {
          referee.bindingLost(sandbox);
        }
        tellAll(sandbox, keeper ? Told.LOST : Told.VIOLATED);
        release(sandbox);
        sink.failed(sandbox.id, keeper ? Fault.PLATFORM : Fault.VIOLATION, "simulated");
      }
      default -> throw new IllegalStateException("not an event of a driver: " + event.kind);
    }
  }

  private void measureInit(SimulatedSandbox sandbox) {
    Version version = referee.version(sandbox.key.version());
    version.longestInitNs = Math.max(version.longestInitNs, clock.nowNs() - sandbox.initBeganNs);
  }

  private void deliverReady(SimulatedSandbox sandbox, DriverEvents sink) {
    long tookNs = clock.nowNs() - sandbox.initBeganNs;
    sandbox.bindNs = tookNs / 4;
    sandbox.initNs = tookNs - tookNs / 4;
    sandbox.idleSinceNs = clock.nowNs();
    measureInit(sandbox);
    referee.version(sandbox.key.version()).bindingsLost = 0;
    if (sandbox.state == State.BINDING) {
      sandbox.readyNs = clock.nowNs();
      sandbox.served = false;
    }
    sandbox.state = State.READY;
    for (int i = 0; i < sandbox.slots.length; i++) {
      Slot slot = sandbox.slots[i];
      if (slot.busy()) {
        slot.call.restartReady = true;
        slot.call.bindNs = sandbox.bindNs;
        slot.call.initNs = sandbox.initNs;
        if (sandbox.alive) {
          script.planAnswer(sandbox, i, slot);
        }
      }
    }
    sink.ready(sandbox.id, sandbox.slots.length, sandbox.bindNs, sandbox.initNs);
  }

  private void deliverResponse(SimulatedSandbox sandbox, int index, DriverEvents sink) {
    Slot slot = sandbox.slots[index];
    SimulatedCall call = slot.call;
    writer.end(slot);
    boolean functionError = slot.functionError;
    long sequence = slot.sequence;
    referee.told(call, functionError ? Told.FUNCTION_ERROR : Told.RESPONSE);
    referee.handovers().answered(call, sandbox);
    Slot behind = slot.behind;
    slot.clear();
    sandbox.idleSinceNs = clock.nowNs();
    script.planLate(sandbox, index, sequence, faults.duplicateAnswer);
    int number = Slots.slot(sandbox.id, index);
    boolean goesOn = behind != null && (behind.taking || behind.begun);
    boolean last = sandbox.slots.length == 1 && sandbox.alive && !goesOn;
    if (killable && last && random.chance(faults.lastAnswer)) {
      sandbox.alive = false;
      sandbox.state = State.STOPPING;
      plan(stopNs(), Occurrence.Kind.EXITED, sandbox);
      referee.handovers().allRevoked(behind);
      sink.lastResponse(number, sequence, functionError, 0, 10_000);
      return;
    }
    promote(sandbox, index, behind);
    sink.response(number, sequence, functionError, 0, 10_000);
    referee.handovers().begun(sandbox, index, behind);
  }

  /** What lay behind the one that is over is the first now; null: nothing did. */
  private void promote(SimulatedSandbox sandbox, int index, Slot behind) {
    if (behind != null) {
      sandbox.slots[index] = behind;
      referee.handovers().first(sandbox, behind);
    }
  }

  /** The first of its slot was not begun; what lies behind it is the first now. */
  private void skip(SimulatedSandbox sandbox, int index, long sequence, DriverEvents sink) {
    Slot entry = sandbox.entry(index, sequence);
    Slot behind = entry.behind;
    referee.handovers().revoked(entry.call, true);
    sandbox.idleSinceNs = clock.nowNs();
    entry.clear();
    promote(sandbox, index, behind);
    sink.skipped(Slots.slot(sandbox.id, index), sequence);
    referee.handovers().begun(sandbox, index, behind);
  }

  /**
   * Before a sandbox's end is told: what it had not begun, unless it was revoked; then it counts as
   * begun. What lies behind one that it has not answered goes without saying.
   *
   * @return false: the dispatcher ended the sandbox first
   */
  private boolean tellSkipped(SimulatedSandbox sandbox, DriverEvents sink) {
    long process = sandbox.process;
    for (int i = 0; i < sandbox.slots.length; i++) {
      Slot slot = sandbox.slots[i];
      referee.handovers().allRevoked(slot.behind);
      slot.behind = null;
      boolean open = slot.busy() && !slot.begun && !slot.revoked;
      if (open && !(slot.taking && random.chance(0.5))) {
        skip(sandbox, i, slot.sequence, sink);
      }
    }
    return sandbox.process == process;
  }

  private void tellAll(SimulatedSandbox sandbox, Told told) {
    for (Slot slot : sandbox.slots) {
      if (slot.busy()) {
        referee.told(slot.call, told);
        slot.clear();
      }
    }
  }
}
