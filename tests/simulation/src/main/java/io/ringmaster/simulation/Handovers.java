package io.ringmaster.simulation;

import io.ringmaster.core.counter.Counter;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.simulation.SimulatedFunction.Version;
import io.ringmaster.simulation.SimulatedSandbox.Slot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/** Keeps books about what was handed to which sandbox, when it began, and what was taken back. */
final class Handovers {
  private final Referee referee;
  private final VirtualClock clock;
  private final RunShape shape;
  private long offers;
  private long warmOffers;

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

  /** The one before it has answered: for the dispatcher it begins now. */
  void first(SimulatedSandbox sandbox, Slot slot) {
    SimulatedCall call = slot.call;
    call.behind = false;
    call.running = true;
    slot.offeredAtNs = clock.nowNs();
    begins(call, sandbox);
  }

  /** The dispatcher was told, and has turned to it. */
  void begun(SimulatedSandbox sandbox, int index, Slot slot) {
    boolean there = sandbox.slots.length > index && sandbox.slots[index] == slot && slot.busy();
    if (there && !slot.call.started) {
      referee.violation(slot.call + " began, and the recorder knows nothing of it");
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
    forget(call);
    for (SimulatedCall other : version.takenBack) {
      if (other.number < call.number && other.givenUpStep < 0) {
        referee.violation(
            call + " was handed over before " + other + ", which had been taken back");
      }
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

  /** It was handed over again, or settled. */
  void forget(SimulatedCall call) {
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
