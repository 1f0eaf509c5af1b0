package io.ringmaster.simulation;

import io.ringmaster.core.counter.Counter;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.simulation.SimulatedFunction.Version;
import io.ringmaster.simulation.SimulatedSandbox.Slot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Keeps books about what was handed to which sandbox, when it began, and what was taken back. */
final class Handovers {
  private final Referee referee;
  private final VirtualClock clock;
  private final RunShape shape;
  private long offers;
  private long warmOffers;

  /**
   * What was taken back, and in this turn did not get its old place: before which one it should
   * have been handed over. Right only if it was answered without that.
   */
  private final Map<SimulatedCall, String> passedOver = new LinkedHashMap<>();

  /** The least that an invocation of a version has taken, by the version's id. */
  private final Map<Long, Long> leastNs = new HashMap<>();

  Handovers(Referee referee, VirtualClock clock, RunShape shape) {
    this.referee = referee;
    this.clock = clock;
    this.shape = shape;
  }

  /** How many invocations began. */
  long offers() {
    return offers;
  }

  /** How many began in an environment of one slot that had served before. */
  long warmOffers() {
    return warmOffers;
  }

  static long numberOf(Invocation invocation) {
    return ByteBuffer.wrap(invocation.payload(), invocation.payloadOffset(), 8).getLong();
  }

  /** The dispatcher hands an invocation to a free slot; null: it is none of ours. */
  SimulatedCall offered(SimulatedSandbox sandbox, Invocation invocation) {
    SimulatedCall call = handed(sandbox, invocation);
    if (call == null) {
      return null;
    }
    if (!call.started) {
      referee.violation(call + " was handed over, and the recorder knew nothing of it");
    }
    call.restarted = sandbox.state == SimulatedSandbox.State.EMPTY;
    call.firstAfterReady = !call.restarted && !sandbox.served;
    call.readyNs = sandbox.readyNs;
    call.bindNs = sandbox.bindNs;
    call.initNs = sandbox.initNs;
    begins(call, sandbox);
    return call;
  }

  /** The dispatcher places an invocation behind another one; null: it is none of ours. */
  SimulatedCall placedBehind(SimulatedSandbox sandbox, Invocation invocation) {
    SimulatedCall call = handed(sandbox, invocation);
    if (call != null) {
      if (call.laidBehind) {
        referee.violation(call + " was placed behind another one again");
      }
      checkWait(call, sandbox);
      call.laidBehind = true;
      call.behind = true;
      call.sandbox = sandbox;
      call.ranVersionId = sandbox.key.version();
      referee.tally().count(Counter.PREFETCHED);
      if (shape.prefetch.slowShareMax() == 0) {
        referee.violation(call + " was placed behind another one; prefetch is off");
      }
    }
    return call;
  }

  /** Whether a sandbox of a version has nothing to do, as far as the dispatcher knows. */
  private static boolean hasIdle(SimulatedDriver driver, PoolKey key) {
    for (SimulatedSandbox other : driver.sandboxes()) {
      boolean ready = other.state == SimulatedSandbox.State.READY;
      if (ready && other.key.equals(key) && other.busySlots() == 0) {
        return true;
      }
    }
    return false;
  }

  /** The one before it has answered, or was skipped: for the dispatcher it begins now. */
  void first(SimulatedSandbox sandbox, Slot slot) {
    SimulatedCall call = slot.call;
    call.behind = false;
    call.running = true;
    slot.offeredAtNs = clock.nowNs();
    begins(call, sandbox);
  }

  /** The dispatcher was told, and has turned to it, and to none of those behind it. */
  void begun(SimulatedSandbox sandbox, int index, Slot slot) {
    boolean there = sandbox.slots.length > index && sandbox.slots[index] == slot;
    if (slot == null || !there || !slot.busy()) {
      return;
    }
    if (!slot.call.started) {
      referee.violation(slot.call + " began, and the recorder knows nothing of it");
    }
    for (Slot behind = slot.behind; behind != null; behind = behind.behind) {
      if (behind.call.started) {
        referee.violation(behind.call + " is recorded as started before its turn");
      }
    }
  }

  /** A sandbox has answered: what is known of the least that its version takes. */
  void answered(SimulatedCall call, SimulatedSandbox sandbox) {
    long ranNs = clock.nowNs() - call.offeredNs;
    long invokeNs = call.restarted ? Math.max(0, ranNs - call.bindNs - call.initNs) : ranNs;
    leastNs.merge(sandbox.key.version(), invokeNs, Math::min);
  }

  /** More than one lies behind another, or one though a sandbox is idle, only for a short while. */
  private void checkWait(SimulatedCall call, SimulatedSandbox sandbox) {
    int behind = sandbox.behind(0);
    Long least = leastNs.get(sandbox.key.version());
    boolean justified = least != null && (behind + 1) * least <= shape.prefetch.wakeNs();
    if (!justified && behind > 0) {
      referee.violation(call + " was placed behind " + (behind + 1) + " others");
    } else if (!justified && hasIdle(sandbox.driver, sandbox.key)) {
      referee.violation(call + " was placed behind another one though a sandbox is idle");
    }
  }

  /** The driver tells that it began later than that. */
  void begunLate(Slot slot) {
    slot.offeredAtNs = clock.nowNs();
    slot.call.offeredNs = clock.nowNs();
    slot.call.inDoubt = false;
  }

  private void begins(SimulatedCall call, SimulatedSandbox sandbox) {
    offers++;
    call.offered = true;
    if (sandbox.served && sandbox.slots.length == 1) {
      warmOffers++;
    }
    sandbox.served = true;
    call.offeredNs = clock.nowNs();
    call.timeoutNs = sandbox.spec.timeoutNs();
    call.ranVersionId = sandbox.key.version();
    call.sandbox = sandbox;
  }

  private SimulatedCall handed(SimulatedSandbox sandbox, Invocation invocation) {
    long number = numberOf(invocation);
    SimulatedCall call = referee.byNumber(number);
    if (call == null) {
      referee.violation("call " + number + " was handed over after it had been settled");
      return null;
    }
    if (call.offered || call.behind) {
      referee.violation(call + " was handed over twice");
    }
    Version version = referee.version(sandbox.key.version());
    if (version == null || !version.function.name.equals(call.function.name)) {
      referee.violation(call + " was handed to a sandbox of another function");
      return null;
    }
    if (version.function != call.function) {
      referee.recreated(call, version.function);
    }
    checkOrder(call, version);
    version.progressNs = clock.nowNs();
    checkCode(call, version);
    checkContent(call, sandbox, invocation);
    referee.streams().offered(call, invocation);
    referee.noLongerWaits(call);
    return call;
  }

  /** First in, first out; and what was taken back has its old place. */
  private void checkOrder(SimulatedCall call, Version version) {
    if (call.number < version.lastNumber && !call.revoked) {
      referee.violation(
          call + " was handed over after call " + version.lastNumber + ", which came later");
    }
    version.lastNumber = Math.max(version.lastNumber, call.number);
    String before = passedOver.get(call);
    forget(call);
    if (before != null) {
      violationOfPlace(before, call);
    }
    for (SimulatedCall other : version.takenBack) {
      if (other.number < call.number && other.givenUpStep < 0) {
        passedOver.putIfAbsent(other, call.toString());
      }
    }
  }

  private void violationOfPlace(String before, SimulatedCall call) {
    referee.violation(before + " was handed over before " + call + ", which had been taken back");
  }

  /** The dispatcher finished a turn: what was passed over in it did not settle in it. */
  void turned() {
    if (!passedOver.isEmpty()) {
      passedOver.forEach((call, before) -> violationOfPlace(before, call));
      passedOver.clear();
    }
  }

  private void checkCode(SimulatedCall call, Version version) {
    if (call.label != null && !call.label.equals(version.definition.label())) {
      referee.violation(
          call + " was handed to version " + version.definition.label() + ", not " + call.label);
    }
    if (version.definition.id() < call.versionIdAtSubmit) {
      referee.violation(
          call + " was handed to code that had been replaced before it was submitted");
    }
  }

  private void checkContent(SimulatedCall call, SimulatedSandbox sandbox, Invocation invocation) {
    if (invocation.responseBuffer().length() != 0) {
      referee.violation(
          call + " begins with " + invocation.responseBuffer().length() + " bytes of an answer");
    }
    String arn = new String(invocation.invokedFunctionArn(), StandardCharsets.UTF_8);
    if (!arn.equals(AnswerJudge.arn(call))) {
      referee.violation(call + " was handed over as one of " + arn);
    }
    long wantedMs = clock.epochMs() + sandbox.spec.timeoutNs() / 1_000_000;
    if (Math.abs(invocation.deadlineEpochMs() - wantedMs) > 2) {
      referee.violation(
          call + " has the deadline " + invocation.deadlineEpochMs() + "; right were " + wantedMs);
    }
  }

  /**
   * The dispatcher has an invocation back that had not begun.
   *
   * @param prefetched it lay behind another one
   */
  void revoked(SimulatedCall call, boolean prefetched) {
    call.offered = false;
    call.behind = false;
    call.inDoubt = false;
    call.running = false;
    call.started = false;
    call.revoked = true;
    if (prefetched) {
      referee.tally().count(Counter.PREFETCH_REVOKED);
    }
    Version version = referee.version(call.ranVersionId);
    if (version != null && version.definition.id() == call.ranVersionId) {
      version.takenBack.add(call);
      call.takenBackIn = version;
    }
    referee.waitsAgain(call);
  }

  /** The same, of one that lay behind another, and of all behind it; null: none. */
  void allRevoked(Slot first) {
    for (Slot behind = first; behind != null; behind = behind.behind) {
      revoked(behind.call, true);
    }
  }

  /** It was handed over again, or settled. */
  void forget(SimulatedCall call) {
    passedOver.remove(call);
    if (call.takenBackIn != null) {
      call.takenBackIn.takenBack.remove(call);
      call.takenBackIn = null;
    }
  }

  /** A set of calls by identity. */
  static Set<SimulatedCall> calls() {
    return new HashSet<>();
  }
}
