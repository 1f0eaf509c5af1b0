package io.ringmaster.simulation;

import io.ringmaster.api.Call;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.simulation.SimulatedCall.Told;
import io.ringmaster.simulation.SimulatedFunction.Version;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps books of its own about a run, from what callers, drivers and clocks see, and never from
 * what the dispatcher says about itself. Answers are told to callers in the order in which they
 * were decided, so the books are exact whenever an answer arrives.
 */
final class Referee {
  /** Timers may fire a tick late. */
  private static final long TOLERANCE_NS = 5_000_000;

  /**
   * Longest time that room may be left unused while a version waits: a slow cold start, and a kill.
   */
  private static final long IDLE_CAPACITY_NS = 1_000_000_000;

  private final VirtualClock clock;
  private final RunShape shape;
  private final List<String> violations = new ArrayList<>();
  private final Map<Long, Version> versionsById = new HashMap<>();
  private final AnswerJudge judge;

  /** Calls in flight by number. */
  private final SimulatedCall[] inFlight;

  private long step;
  private long submits;
  private long taken;
  private long settledCount;
  private long offers;
  private long late;
  private long submitsSinceRest;
  private long prepares;
  private long records;
  private long rests;
  private int liveSandboxes;
  private int versionCount;

  /** When there was last no room for one more environment. */
  private long fullNs;

  Referee(VirtualClock clock, RunShape shape) {
    this.clock = clock;
    this.shape = shape;
    this.judge = new AnswerJudge(this, clock, shape);
    this.inFlight = new SimulatedCall[shape.invocations];
  }

  // ---- what it tells ----

  List<String> violations() {
    return violations;
  }

  boolean failed() {
    return !violations.isEmpty();
  }

  void violation(String text) {
    if (violations.size() < 3) {
      violations.add("step " + step + ", " + clock.nowNs() + " ns: " + text);
    }
  }

  long outstanding() {
    return submits - settledCount;
  }

  long settledCount() {
    return settledCount;
  }

  long lateAnswers() {
    return late;
  }

  long initTimeoutNs() {
    return shape.initTimeoutNs;
  }

  long meanInvokeNs() {
    return shape.meanInvokeNs;
  }

  int slotsOf(long versionId) {
    Version version = versionsById.get(versionId);
    return version == null ? 1 : version.function.slots;
  }

  long offersCount() {
    return offers;
  }

  long preparesCount() {
    return prepares;
  }

  int versionCount() {
    return versionCount;
  }

  Version version(long id) {
    return versionsById.get(id);
  }

  void nextStep(long number) {
    step = number;
  }

  // ---- definitions ----

  void published(SimulatedFunction function) {
    for (Version version : function.versions) {
      versionsById.put(version.definition.id(), version);
    }
    versionCount = Math.max(versionCount, versionsById.size());
  }

  // ---- callers ----

  /** Just before the call is submitted. */
  void submitting(SimulatedCall call, SimulatedFunction function) {
    call.begin(submits, function, clock.nowNs());
    call.offersAtSubmit = offers;
    call.preparesAtSubmit = prepares;
    call.acceptedSinceRest = ++submitsSinceRest;
    inFlight[(int) submits] = call;
    submits++;
    Version exactly = exactVersion(call);
    if (exactly != null) {
      waits(call, exactly);
    }
  }

  private void waits(SimulatedCall call, Version exactly) {
    if (exactly.waiting++ == 0) {
      exactly.progressNs = clock.nowNs();
    }
    call.waitingCounted = true;
  }

  Version exactVersion(SimulatedCall call) {
    return call.label == null ? null : call.function.labelled(call.label);
  }

  private void noLongerWaits(SimulatedCall call) {
    if (call.waitingCounted) {
      call.waitingCounted = false;
      exactVersion(call).waiting--;
    }
  }

  /** Every call up to this one has been taken from the ring. */
  private void takenBefore(long number) {
    while (taken < number) {
      SimulatedCall call = inFlight[(int) taken];
      taken++;
      if (call != null) {
        admit(call);
      }
    }
  }

  private void admit(SimulatedCall call) {
    call.inDoor = false;
    SimulatedFunction function = call.function;
    call.admitted = true;
    function.admitted++;
    if (function.changedSince(call.submittedNs)) {
      return;
    }
    if (function.reserved() >= 0) {
      if (function.inUse() > function.reserved()) {
        violation(
            function.name
                + " has "
                + function.inUse()
                + " units in use; reserved are "
                + function.reserved());
      }
    } else if (unreservedInUse() > shape.accountConcurrency - reservedSum()) {
      violation(
          unreservedInUse()
              + " unreserved invocations; the account has "
              + (shape.accountConcurrency - reservedSum()));
    }
  }

  int unreservedInUse() {
    int sum = 0;
    for (SimulatedFunction function : shape.functions) {
      if (function.reserved() < 0 || function.gone) {
        sum += function.inUse();
      }
    }
    for (SimulatedFunction former : shape.former) {
      sum += former.inUse();
    }
    return sum;
  }

  int reservedSum() {
    int sum = 0;
    for (SimulatedFunction function : shape.functions) {
      if (!function.gone) {
        sum += Math.max(0, function.reserved());
      }
    }
    return sum;
  }

  /** A caller has an answer. */
  void settled(SimulatedCall call, Call answer, boolean duringSubmit) {
    if (call.number < 0 || inFlight[(int) call.number] != call) {
      violation(call + " settled twice");
      return;
    }
    if (!duringSubmit) {
      takenBefore(call.number);
    }
    boolean door = call.inDoor;
    if (door && taken == call.number) {
      taken++;
      if (answer.refusal() == null) {
        admit(call);
      }
    }
    judge.judge(call, answer, duringSubmit);
    noLongerWaits(call);
    if (call.offered != call.recorded) {
      violation(
          call + (call.offered ? " was not recorded" : " was recorded but never handed over"));
    }
    if (call.admitted) {
      call.function.admitted--;
    }
    if (call.holdsUnit) {
      call.function.stuck++;
      call.sandbox.heldUnits++;
    }
    inFlight[(int) call.number] = null;
    call.number = -1;
    settledCount++;
  }

  // ---- drivers ----

  void prepared(SimulatedDriver driver, SimulatedSandbox sandbox) {
    Version version = versionsById.get(sandbox.key.version());
    if (version == null) {
      violation("prepare for version " + sandbox.key.version() + ", which does not exist");
    } else if (version.function.inJvm == driver.killable()) {
      violation("prepare of " + version.function.name + " with the wrong driver");
    }
    if (++liveSandboxes > shape.environmentsMax) {
      violation(liveSandboxes + " environments; at most " + shape.environmentsMax + " are allowed");
    }
    prepares++;
    if (version != null) {
      version.live++;
      version.lastLiveNs = clock.nowNs();
      version.progressNs = clock.nowNs();
    }
  }

  void refusedPrepare() {
    fullNs = clock.nowNs();
  }

  /** An init ended badly before anything was handed over. */
  void initEnded(SimulatedSandbox sandbox, Told told) {
    Version version = versionsById.get(sandbox.key.version());
    if (version != null && sandbox.state == SimulatedSandbox.State.BINDING) {
      version.initFaults++;
      version.progressNs = clock.nowNs();
    }
  }

  void released(SimulatedDriver driver, SimulatedSandbox sandbox) {
    if (liveSandboxes-- >= shape.environmentsMax) {
      fullNs = clock.nowNs();
    }
    Version version = versionsById.get(sandbox.key.version());
    if (version != null) {
      version.live--;
      version.lastLiveNs = clock.nowNs();
    }
    exited(driver, sandbox);
  }

  /** Nothing of the sandbox's process runs any more. */
  void exited(SimulatedDriver driver, SimulatedSandbox sandbox) {
    Version version = versionsById.get(sandbox.key.version());
    if (version != null && sandbox.heldUnits > 0) {
      version.function.stuck -= sandbox.heldUnits;
      sandbox.heldUnits = 0;
    }
  }

  /** The dispatcher took an invocation back that had not begun. */
  void revoked(SimulatedCall call) {
    call.offered = false;
    call.revoked = true;
    Version exactly = exactVersion(call);
    if (exactly != null) {
      waits(call, exactly);
    }
  }

  /** The recorder was told that an invocation which had been handed over is settled. */
  void recorded(Invocation invocation) {
    records++;
    long number = ByteBuffer.wrap(invocation.payload(), invocation.payloadOffset(), 8).getLong();
    SimulatedCall call = byNumber(number);
    if (call == null || call.recorded) {
      violation("call " + number + " is recorded again");
    } else {
      call.recorded = true;
    }
  }

  long recordCount() {
    return records;
  }

  private SimulatedCall byNumber(long number) {
    return number >= 0 && number < submits ? inFlight[(int) number] : null;
  }

  /** The dispatcher hands an invocation over; null: it is none of ours. */
  SimulatedCall offered(SimulatedDriver driver, SimulatedSandbox sandbox, Invocation invocation) {
    long number = ByteBuffer.wrap(invocation.payload(), invocation.payloadOffset(), 8).getLong();
    SimulatedCall call = byNumber(number);
    if (call == null) {
      violation("call " + number + " was handed over after it had been settled");
      return null;
    }
    if (call.offered) {
      violation(call + " was handed over twice");
    }
    Version version = versionsById.get(sandbox.key.version());
    if (version == null || !version.function.name.equals(call.function.name)) {
      violation(call + " was handed to a sandbox of another function");
      return null;
    }
    if (version.function != call.function) {
      recreated(call, version.function);
    }
    if (call.number < version.lastNumber && !call.revoked) {
      violation(call + " was handed over after call " + version.lastNumber + ", which came later");
    }
    version.lastNumber = Math.max(version.lastNumber, call.number);
    version.progressNs = clock.nowNs();
    if (call.label != null && !call.label.equals(version.definition.label())) {
      violation(
          call + " was handed to version " + version.definition.label() + ", not " + call.label);
    }
    if (version.definition.id() < call.versionIdAtSubmit) {
      violation(call + " was handed to code that had been replaced before it was submitted");
    }
    if (invocation.responseBuffer().length() != 0) {
      violation(
          call + " begins with " + invocation.responseBuffer().length() + " bytes of an answer");
    }
    long timeoutNs = sandbox.spec.timeoutNs();
    long wantedMs = clock.epochMs() + timeoutNs / 1_000_000;
    if (Math.abs(invocation.deadlineEpochMs() - wantedMs) > 2) {
      violation(
          call + " has the deadline " + invocation.deadlineEpochMs() + "; right were " + wantedMs);
    }
    offers++;
    noLongerWaits(call);
    call.offered = true;
    call.offeredNs = clock.nowNs();
    call.timeoutNs = timeoutNs;
    call.ranVersionId = sandbox.key.version();
    call.sandbox = sandbox;
    return call;
  }

  /** Its function was deleted and created again after it was submitted and before it was taken. */
  private void recreated(SimulatedCall call, SimulatedFunction now) {
    if (!call.function.changedSince(call.submittedNs)) {
      violation(call + " was handed to a function that did not exist when it was submitted");
    }
    noLongerWaits(call);
    if (call.admitted) {
      call.function.admitted--;
      now.admitted++;
    }
    call.function = now;
  }

  void told(SimulatedCall call, Told told) {
    call.told = told;
  }

  /** The dispatcher reset or discarded a sandbox that ran the call. */
  void forgotten(
      SimulatedDriver driver, SimulatedCall call, SimulatedSandbox sandbox, Fault reason) {
    call.forgotten = reason;
    progress(sandbox);
    call.forgottenInTime = clock.nowNs() < call.offeredNs + call.timeoutNs;
  }

  /** Something happened to a sandbox that its version may have waited for. */
  void progress(SimulatedSandbox sandbox) {
    Version version = versionsById.get(sandbox.key.version());
    if (version != null) {
      version.progressNs = clock.nowNs();
    }
  }

  void lateAnswer() {
    late++;
  }

  // ---- after every step ----

  /** The dispatcher finished a turn; {@code doorEmpty}: nothing waits in its ring. */
  void turned(boolean doorEmpty) {
    if (doorEmpty) {
      takenBefore(submits);
    }
  }

  /** The dispatcher is asleep, and has that many timers set. */
  void atRest(SimulatedDriver[] drivers, long timers) {
    submitsSinceRest = 0;
    rests++;
    takenBefore(submits);
    long now = clock.nowNs();
    if (liveSandboxes >= shape.environmentsMax) {
      fullNs = now;
    }
    int timed = 0;
    for (SimulatedDriver driver : drivers) {
      for (SimulatedSandbox sandbox : driver.sandboxes()) {
        if (sandbox.state != SimulatedSandbox.State.FREE) {
          inspect(sandbox, now);
          timed += sandbox.busySlots();
          timed += sandbox.state == SimulatedSandbox.State.BINDING ? 1 : 0;
        }
      }
    }
    int lines = 0;
    for (SimulatedFunction function : shape.functions) {
      inspect(function);
      lines += function.versions.size();
    }
    // One for each running invocation, each init, and at most one for each waiting line.
    if (timers < timed || timers > timed + lines) {
      violation(timers + " timers are set for " + timed + " invocations and inits");
    }
  }

  /** A version waits, room is there, and nothing is done about it. */
  private void inspect(SimulatedFunction function) {
    long now = clock.nowNs();
    for (Version version : function.versions) {
      if (version.waiting > 0
          && version.boundAtRest != rests
          && now - Math.max(fullNs, version.progressNs) > IDLE_CAPACITY_NS) {
        violation(
            version.waiting
                + " calls wait for "
                + function.name
                + " version "
                + version.definition.label()
                + " although there is room for an environment; it has "
                + version.live);
      }
    }
  }

  private void inspect(SimulatedSandbox sandbox, long now) {
    long overNs = TOLERANCE_NS;
    Version version = versionsById.get(sandbox.key.version());
    boolean idle = false;
    switch (sandbox.state) {
      case BINDING -> {
        if (version != null) {
          version.boundAtRest = rests;
        }
        if (now > sandbox.beganNs + shape.initTimeoutNs + overNs) {
          violation("sandbox " + sandbox.id + " is in init for longer than its time-out");
        }
      }
      case EMPTY -> idle = true;
      case READY -> {
        for (SimulatedSandbox.Slot slot : sandbox.slots) {
          idle |= !slot.busy();
        }
      }
      default -> {}
    }
    for (SimulatedSandbox.Slot slot : sandbox.slots) {
      if (slot.busy() && now > slot.offeredAtNs + sandbox.spec.timeoutNs() + overNs) {
        violation(slot.call + " runs longer than its time-out");
      }
    }
    if (idle
        && version != null
        && version.waiting > 0
        && version.definition.id() == sandbox.key.version()) {
      violation(
          version.waiting
              + " calls wait for "
              + version.function.name
              + " while sandbox "
              + sandbox.id
              + " is idle");
    }
    if (idle
        && sandbox.busySlots() == 0
        && now > sandbox.idleSinceNs + shape.keepAliveNs + TOLERANCE_NS) {
      violation("sandbox " + sandbox.id + " idles longer than its keep-alive");
    }
  }

  /** Nothing more is submitted, and every time-out and keep-alive has run out. */
  void atEnd() {
    for (SimulatedCall call : inFlight) {
      if (call != null && !failed()) {
        violation(
            call
                + " of "
                + call.function.name
                + " was never settled; handed over: "
                + call.offered);
      }
    }
    if (liveSandboxes != 0) {
      violation(liveSandboxes + " environments are left");
    }
    for (SimulatedFunction function : shape.functions) {
      if (function.admitted != 0 || function.stuck != 0) {
        violation(
            function.name
                + " holds "
                + function.admitted
                + " + "
                + function.stuck
                + " units at the end");
      }
    }
  }
}
