package io.ringmaster.simulation;

import io.ringmaster.api.Call;
import io.ringmaster.core.counter.Counter;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.simulation.FaultMix.Faults;
import io.ringmaster.simulation.SimulatedCall.Told;
import io.ringmaster.simulation.SimulatedFunction.Version;
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
  private final VirtualClock clock;
  private final RunShape shape;
  private final List<String> violations = new ArrayList<>();
  private final Map<Long, Version> versionsById = new HashMap<>();
  private final Concurrency concurrency;
  private final StreamJudge streams;
  private final Handovers handovers;
  private final AnswerJudge judge;
  private final Tally tally = new Tally();
  private RestInspector rest;

  /** Calls in flight by number. */
  private final SimulatedCall[] inFlight;

  private long step;
  private long submits;
  private long taken;
  private long settledCount;
  private long submitsSinceRest;
  private long prepares;
  private int liveSandboxes;
  private int versionCount;

  /** This turn: how many waiting calls must be answered with a failed init, and how many were. */
  private int blamesExpected;

  private int blames;
  private long initFailures;
  private boolean closing;
  private boolean abandoned;

  Referee(VirtualClock clock, SeededRandom random, Faults faults, RunShape shape) {
    this.clock = clock;
    this.shape = shape;
    this.concurrency = new Concurrency(this, shape);
    this.streams = new StreamJudge(this, clock, random, faults, shape.streams);
    this.handovers = new Handovers(this, clock, shape);
    this.judge = new AnswerJudge(this, concurrency, clock, shape);
    this.inFlight = new SimulatedCall[shape.invocations];
  }

  /** Both need each other. */
  void inspects(SimulatedDriver[] drivers) {
    rest = new RestInspector(this, clock, shape, drivers);
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

  Handovers handovers() {
    return handovers;
  }

  long preparesCount() {
    return prepares;
  }

  /** Inits that reported an error before anything was handed over. */
  long initFailures() {
    return initFailures;
  }

  long submitCount() {
    return submits;
  }

  int liveSandboxes() {
    return liveSandboxes;
  }

  StreamJudge streams() {
    return streams;
  }

  Tally tally() {
    return tally;
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
    call.offersAtSubmit = handovers.offers();
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
    if (call.admitted) {
      exactly.waitingAdmitted++;
    }
  }

  Version exactVersion(SimulatedCall call) {
    return call.label == null ? null : call.function.labelled(call.label);
  }

  void noLongerWaits(SimulatedCall call) {
    if (call.waitingCounted) {
      call.waitingCounted = false;
      Version exactly = exactVersion(call);
      exactly.waiting--;
      if (call.admitted) {
        exactly.waitingAdmitted--;
      }
    }
  }

  /** Every call up to this one has been taken from the ring. */
  private void takenBefore(long number) {
    while (taken < number) {
      SimulatedCall call = inFlight[(int) taken];
      taken++;
      if (call != null && !(closing && call.isRefused(500))) {
        admit(call);
      }
    }
  }

  private void admit(SimulatedCall call) {
    call.inDoor = false;
    while (call.function.successor != null) {
      recreated(call, call.function.successor);
    }
    SimulatedFunction function = call.function;
    call.admitted = true;
    call.takenNs = call.offered ? call.offeredNs : clock.nowNs();
    if (call.waitingCounted) {
      exactVersion(call).waitingAdmitted++;
    }
    function.admitted++;
    if (!function.changedSince(call.submittedNs)) {
      concurrency.admitted(function);
    }
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
    handovers.forget(call);
    if (call.behind && !call.lostInDoubt && !abandoned) {
      violation(call + " settled while it lay behind another one");
    }
    boolean ofSandbox = call.offered || answer.refusal() == null;
    if (ofSandbox != call.recorded || call.recorded && !call.started) {
      violation(call + " is recorded: " + call.recorded + ", as started: " + call.started);
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
    rest.changed();
    tally.count(Counter.BINDINGS);
    if (version != null) {
      version.live++;
      version.uncoveredSinceNs = clock.nowNs();
      version.lastLiveNs = clock.nowNs();
      version.progressNs = clock.nowNs();
    }
  }

  void refusedPrepare() {
    rest.full();
  }

  /**
   * An init ended badly before anything was handed over. Where the sandbox is lost with it, a call
   * that waits for it is blamed; else init is done again inside the first call that it is given.
   */
  void initEnded(SimulatedSandbox sandbox, Told told) {
    if (sandbox.state != SimulatedSandbox.State.BINDING) {
      return;
    }
    if (told != Told.VIOLATED) {
      tally.count(Counter.INIT_FAILURES);
    }
    if (told == Told.INIT_FAILED) {
      initFailures++;
    }
    Version version = versionsById.get(sandbox.key.version());
    version.progressNs = clock.nowNs();
    if (told != Told.VIOLATED) {
      return;
    }
    version.initFaults++;
    boolean current = version.definition.id() == sandbox.key.version() && !version.function.gone;
    if (version.blameStep != step) {
      version.blameStep = step;
      version.blamesExpected = 0;
    }
    if (current && version.blamesExpected < version.waitingAdmitted) {
      version.blamesExpected++;
      blamesExpected++;
    }
  }

  /** The platform lost a sandbox before it was ready. */
  void bindingLost(SimulatedSandbox sandbox) {
    Version version = versionsById.get(sandbox.key.version());
    if (version.bindingsLost == 0 || version.bindingLostNs != clock.nowNs()) {
      version.bindingsLost++;
      version.bindingLostNs = clock.nowNs();
    }
  }

  /** A waiting call was answered with the loss of a sandbox during init. */
  void blamed() {
    blames++;
  }

  /** The dispatcher ends a sandbox, and says why. */
  void discarded(SimulatedSandbox sandbox, Fault reason) {
    tally.discarded(reason);
    Version version = versionsById.get(sandbox.key.version());
    long now = clock.nowNs();
    boolean right =
        switch (reason) {
          case KEEP_ALIVE ->
              sandbox.state == SimulatedSandbox.State.EMPTY
                  || now >= sandbox.idleSinceNs + shape.keepAliveNs;
          case MAXIMUM_LIFE -> now >= sandbox.beganNs + shape.maximumLifeNs / 10 * 9;
          case VERSION_GONE ->
              version.definition.id() != sandbox.key.version() || version.function.gone;
          case EVICTED, ENGINE_CLOSING -> true;
          default -> false;
        };
    if (!right || sandbox.busySlots() > 0 && reason != Fault.ENGINE_CLOSING) {
      violation("sandbox " + sandbox.id + " was discarded for " + reason + ", wrongly");
    }
  }

  void released(SimulatedDriver driver, SimulatedSandbox sandbox) {
    rest.changed();
    if (liveSandboxes-- >= shape.environmentsMax) {
      rest.full();
    }
    Version version = versionsById.get(sandbox.key.version());
    if (version != null) {
      version.live--;
      version.progressNs = clock.nowNs();
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

  void waitsAgain(SimulatedCall call) {
    Version exactly = exactVersion(call);
    if (exactly != null) {
      waits(call, exactly);
    }
  }

  /** The recorder was told that an invocation is about to be handed over. */
  void started(Invocation invocation) {
    SimulatedCall call = byNumber(Handovers.numberOf(invocation));
    if (call == null || call.started) {
      violation("call " + Handovers.numberOf(invocation) + " is recorded as started again");
    } else {
      call.started = true;
    }
  }

  /** The recorder was told that an invocation which had been handed over is settled. */
  void recorded(Invocation invocation) {
    long number = Handovers.numberOf(invocation);
    SimulatedCall call = byNumber(number);
    if (call == null || call.recorded) {
      violation("call " + number + " is recorded again");
    } else {
      call.recorded = true;
    }
  }

  SimulatedCall byNumber(long number) {
    return number >= 0 && number < submits ? inFlight[(int) number] : null;
  }

  /** Its function was deleted and created again after it was submitted and before it was taken. */
  void recreated(SimulatedCall call, SimulatedFunction now) {
    if (!call.function.changedSince(call.submittedNs)) {
      violation(call + " was handed to a function that did not exist when it was submitted");
    }
    noLongerWaits(call);
    if (call.admitted) {
      call.function.admitted--;
      now.admitted++;
    }
    call.function = now;
    Version exactly = exactVersion(call);
    if (exactly != null && !call.offered) {
      waits(call, exactly);
    }
  }

  void told(SimulatedCall call, Told told) {
    call.told = told;
  }

  /** The dispatcher reset or discarded a sandbox that ran the call. */
  void forgotten(
      SimulatedDriver driver, SimulatedCall call, SimulatedSandbox sandbox, Fault reason) {
    call.forgotten = reason;
    call.lostInDoubt = call.behind;
    if (call.behind && !call.inDoubt && reason != Fault.ENGINE_CLOSING) {
      violation(call + " lay behind another one, and its sandbox was ended for " + reason);
    }
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

  void leapt() {
    rest.leapt();
  }

  // ---- the end ----

  /** From now on calls are refused at the door and when they are taken. */
  void closing() {
    closing = true;
  }

  /** What waits or runs is given up. */
  void abandoned() {
    abandoned = true;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  /** Whether a call may be refused since the engine closes. */
  boolean mayRefuseAsClosing(SimulatedCall call) {
    return closing && (!call.admitted || abandoned);
  }

  // ---- after every step ----

  /** The dispatcher finished a turn; {@code doorEmpty}: nothing waits in its ring. */
  void turned(boolean doorEmpty) {
    if (doorEmpty) {
      takenBefore(submits);
    }
    if (blames < blamesExpected) {
      violation("an init failed, and none of the calls that wait for it was told");
    }
    blames = 0;
    blamesExpected = 0;
    handovers.turned();
  }

  /** The dispatcher is asleep, and has that many timers set. */
  void atRest(long timers) {
    submitsSinceRest = 0;
    takenBefore(submits);
    rest.inspect(timers);
  }

  /** Nothing more is submitted, and every time-out and keep-alive has run out. */
  void atEnd() {
    judge.judgeSplit();
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
      if (function.admitted != 0 || function.stuck != 0 && !abandoned) {
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
