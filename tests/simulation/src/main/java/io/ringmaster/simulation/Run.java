package io.ringmaster.simulation;

import io.ringmaster.api.Call;
import io.ringmaster.api.ResponseFlow;
import io.ringmaster.simulation.FaultMix.Faults;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * One run: a dispatcher of its own, a world of its own, both drawn from one seed. Turned on one
 * thread; equal seeds give equal runs.
 */
final class Run {
  private static final long MILLISECOND_NS = 1_000_000;
  private static final long START_NS = 1_000_000_000;
  private static final long START_EPOCH_MS = 1_767_225_600_000L;
  private static final long REST_WITHIN_NS = 120_000 * MILLISECOND_NS;
  private static final int TURNS_PER_MOMENT_MAX = 20_000;
  private static final byte[] TOO_LARGE = new byte[6 * 1024 * 1024 + 1];

  private final SeededRandom random;
  private final Faults faults;
  private final RunShape shape;
  private final VirtualClock clock = new VirtualClock(START_NS, START_EPOCH_MS);
  private final SimulatedSleeper sleeper = new SimulatedSleeper();
  private final Referee referee;
  private final SimulatedDriver processes;
  private final SimulatedDriver inJvm;
  private final Subject subject;
  private final ArrayDeque<SimulatedCall> idleCalls = new ArrayDeque<>();
  private final List<SimulatedCall> allCalls = new ArrayList<>();

  /** Calls that their callers gave up since the dispatcher slept last. */
  private final ArrayDeque<SimulatedCall> givenUp = new ArrayDeque<>();

  private final double giveUpChance;

  private int calls;
  private int submitted;
  private long steps;
  private long momentNs;
  private int turnsThisMoment;
  private boolean turning;
  private boolean closesEarly;
  private int closesAt;
  private boolean ended;
  private SimulatedCall submitting;
  private boolean submittingInTurn;
  private long quietSinceNs = -1;

  /** What a run was and what was wrong. */
  record Result(long invocations, long steps, List<String> violations) {}

  Run(long seed, FaultMix mix, int invocations) {
    random = new SeededRandom(SeededRandom.mix(seed * 64 + mix.ordinal()));
    faults = mix.draw(random);
    shape = new RunShape(random, faults, invocations);
    referee = new Referee(clock, random, faults, shape);
    processes = new SimulatedDriver(clock, random, faults, referee, true, shape.processCapacity);
    processes.prefetches(shape.prefetchChance, shape.prefetchDepth);
    inJvm = new SimulatedDriver(clock, random, faults, referee, false, shape.environmentsMax);
    referee.inspects(new SimulatedDriver[] {processes, inJvm});
    subject =
        new Subject(shape, referee, processes, inJvm, sleeper, random.nextLong(), clock.nowNs());
    processes.onArrival(sleeper::wake);
    inJvm.onArrival(sleeper::wake);
    closesEarly = random.chance(0.15);
    closesAt = invocations / 5 + random.nextInt(invocations - invocations / 5);
    giveUpChance = random.chance(0.5) ? 0 : 0.2;
    sleeper.interleave(this::whileFallingAsleep, this::whileRinging);
  }

  Result go() {
    try {
      for (SimulatedFunction function : shape.functions) {
        publish(function);
      }
      clock.plan(0, Occurrence.Kind.ARRIVAL);
      planBackground();
      while (!referee.failed() && step()) {
        checkQuiet();
      }
      if (!referee.failed()) {
        referee.atEnd();
        subject.atEnd();
      }
    } catch (RuntimeException | Error thrown) {
      referee.violation("threw " + thrown + " at " + place(thrown));
    }
    return new Result(referee.settledCount(), steps, List.copyOf(referee.violations()));
  }

  static String place(Throwable thrown) {
    StackTraceElement[] trace = thrown.getStackTrace();
    return trace.length == 0 ? "an unknown place" : trace[0].toString();
  }

  private void planBackground() {
    planNext(Occurrence.Kind.KILL_ANY, faults.killAnyMeanNs);
    planNext(Occurrence.Kind.KEEPER_DEATH, faults.keeperDeathMeanNs);
    planNext(Occurrence.Kind.CLOCK_LEAP, faults.clockLeapMeanNs);
    planNext(Occurrence.Kind.PUBLISH, 25 * MILLISECOND_NS);
  }

  private void planNext(Occurrence.Kind kind, long meanNs) {
    if (meanNs > 0) {
      clock.plan(random.exponential(meanNs), kind);
    }
  }

  /** Lets something happen; false: nothing will ever happen any more. */
  private boolean step() {
    boolean happened = fireSome();
    if (ended) {
      return false;
    }
    if (!sleeper.sleepsAt(clock.nowNs())) {
      turn();
      return true;
    }
    if (subject.somethingArrived() || processes.hasEvents() || inJvm.hasEvents()) {
      referee.violation("the dispatcher is asleep although something arrived: a wake-up is lost");
      return false;
    }
    if (happened) {
      return true;
    }
    long next = Math.min(clock.nextNs(), sleeper.untilNs());
    if (next == Long.MAX_VALUE) {
      return false;
    }
    clock.advanceTo(next);
    return true;
  }

  /** Some of what is due: the dispatcher may get a turn in between. */
  private boolean fireSome() {
    int most = 1 + random.nextInt(4);
    int fired = 0;
    Occurrence due;
    while (!ended && fired < most && (due = clock.pollDue()) != null) {
      fire(due);
      fired++;
    }
    return fired > 0;
  }

  private void fire(Occurrence due) {
    switch (due.kind) {
      case ARRIVAL -> arrive();
      case CLOCK_LEAP -> {
        if (random.chance(0.5)) {
          clock.setWallBy(random.between(-3_600_000L, 3_600_000L));
        } else {
          clock.advanceTo(clock.nowNs() + random.between(MILLISECOND_NS, 3000 * MILLISECOND_NS));
          referee.leapt();
        }
        planNext(due.kind, faults.clockLeapMeanNs);
      }
      case CONSUME -> {
        if (referee.streams().consumeLate(due) && sleeper.sleepsAt(clock.nowNs())) {
          referee.violation("the dispatcher is asleep although a caller consumed its part");
        }
      }
      case KILL_ANY -> {
        processes.fire(due);
        planNext(due.kind, faults.killAnyMeanNs);
      }
      case KEEPER_DEATH -> {
        processes.fire(due);
        planNext(due.kind, faults.keeperDeathMeanNs);
      }
      case PUBLISH -> {
        if (submitted < shape.invocations) {
          change();
          planNext(due.kind, 25 * MILLISECOND_NS);
        }
      }
      case END -> {
        turn();
        ended = true;
        referee.abandoned();
        turning = true;
        subject.end();
        turning = false;
        while (submitted < shape.invocations && !referee.failed()) {
          submitOne();
        }
      }
      default -> due.sandbox.driver.fire(due);
    }
  }

  private void arrive() {
    if (closesEarly && submitted >= closesAt) {
      closesEarly = false;
      referee.closing();
      subject.beginClosing();
      long drainNs = random.chance(0.5) ? MILLISECOND_NS : 1000 * MILLISECOND_NS;
      clock.plan(random.between(0L, drainNs), Occurrence.Kind.END);
    }
    int count = random.chance(shape.burstChance) ? 1000 : 1;
    for (int i = 0; i < count; i++) {
      submitOne();
    }
    giveUpSome();
    if (submitted < shape.invocations) {
      clock.plan(random.exponential(shape.meanGapNs), Occurrence.Kind.ARRIVAL);
    } else if (quietSinceNs < 0) {
      quietSinceNs = clock.nowNs();
      faults.stop();
    }
  }

  private void checkQuiet() {
    if (quietSinceNs >= 0 && clock.nowNs() > quietSinceNs + REST_WITHIN_NS) {
      referee.violation(
          "not at rest long after the last call; " + referee.outstanding() + " are not settled");
    }
  }

  private void submitOne() {
    if (submitted >= shape.invocations) {
      return;
    }
    SimulatedCall call = idleCalls.poll();
    if (call == null) {
      if (calls >= shape.callsMax) {
        return;
      }
      calls++;
      call = new SimulatedCall(this, subject.newCall());
      allCalls.add(call);
    }
    submitted++;
    address(call);
    Call target = call.call;
    if (call.tooLarge) {
      target.payload(TOO_LARGE, 0, TOO_LARGE.length);
    } else {
      target.payload(call.payload(), 0, random.chance(0.9) ? 16 : call.payload().length);
    }
    SimulatedCall outer = submitting;
    boolean outerInTurn = submittingInTurn;
    submitting = call;
    submittingInTurn = turning;
    if (call.streaming) {
      target.submitStreaming(call);
    } else {
      target.submit(call);
    }
    submitting = outer;
    submittingInTurn = outerInTurn;
  }

  /** Callers lose interest: in calls that wait, that run, and that have settled. */
  private void giveUpSome() {
    while (!allCalls.isEmpty() && random.chance(giveUpChance)) {
      SimulatedCall call = allCalls.get(random.nextInt(allCalls.size()));
      boolean first = call.number >= 0 && call.givenUpStep < 0;
      if (first) {
        call.givenUpStep = steps;
        givenUp.add(call);
      }
      call.call.cancel();
      if (first && !turning && sleeper.sleepsAt(clock.nowNs())) {
        referee.violation("the dispatcher is asleep although a caller gave its call up");
      }
    }
  }

  /** The dispatcher sleeps: what was given up by now has settled, or runs. */
  private void inspectGivenUp() {
    SimulatedCall call;
    while ((call = givenUp.poll()) != null) {
      if (call.givenUpStep >= 0 && call.number >= 0 && !call.offered && !call.inDoubt) {
        referee.violation(call + " waits although its caller gave it up");
      }
    }
  }

  long steps() {
    return steps;
  }

  /** Whom it calls, and what the referee expects of it. */
  private void address(SimulatedCall call) {
    double draw = random.nextDouble();
    int count = shape.functions.size();
    SimulatedFunction function = shape.functions.get((int) (draw * draw * count));
    int choice = random.nextInt(100);
    String qualifier = null;
    call.label = "$LATEST";
    call.known = !function.gone;
    if (choice < 30 && function.versions.size() > 1) {
      qualifier = "1";
      call.label = "1";
    } else if (choice < 40 && function.versions.size() > 1) {
      qualifier = "plain";
      call.label = "1";
    } else if (choice < 60 && function.versions.size() > 2) {
      qualifier = "split";
      call.label = null;
    } else if (choice == 98) {
      qualifier = "absent";
      call.label = null;
      call.known = false;
    }
    call.tooLarge = choice == 97;
    call.streaming = random.chance(0.3);
    boolean absent = choice == 99;
    call.functionText = absent ? "absent" : function.name;
    call.qualifierText = qualifier;
    call.call.function(call.functionText);
    call.call.qualifier(qualifier);
    call.known &= !absent;
    call.versionIdAtSubmit = function.idOf(call.label);
    referee.submitting(call, function);
  }

  /** A caller got a part. */
  void part(SimulatedCall call, ResponseFlow flow, byte[] part) {
    referee.streams().part(call, flow, part);
  }

  /** A caller was told. */
  void settled(SimulatedCall call, Call answer) {
    if (answer != call.call) {
      referee.violation("the callback of " + call + " got another call");
    }
    // Within a submit, and outside a turn that it woke, nobody is told but who is refused there.
    boolean atTheDoor = submitting != null && turning == submittingInTurn;
    referee.settled(call, answer, atTheDoor);
    idleCalls.add(call);
    giveUpSome();
    if (random.chance(0.05)) {
      submitOne();
    }
  }

  private void turn() {
    if (clock.nowNs() != momentNs) {
      momentNs = clock.nowNs();
      turnsThisMoment = 0;
    }
    if (++turnsThisMoment > TURNS_PER_MOMENT_MAX) {
      referee.violation("the dispatcher does not come to rest at this moment");
      return;
    }
    steps++;
    referee.nextStep(steps);
    turning = true;
    int work = subject.turn(clock.nowNs(), clock.epochMs());
    turning = false;
    if (work == 0) {
      betweenTurnAndSleep();
      subject.sleep();
      if (sleeper.asleep()) {
        referee.atRest(subject.timerCount());
        inspectGivenUp();
      }
    }
  }

  /** What happens here rings nobody: the dispatcher has to look once more. */
  private void betweenTurnAndSleep() {
    if (random.chance(0.1)) {
      fireSome();
    }
  }

  private void whileFallingAsleep() {
    if (random.chance(0.02)) {
      submitOne();
    }
    if (random.chance(0.1)) {
      giveUpSome();
    }
  }

  private void whileRinging() {
    if (random.chance(0.3)) {
      turn();
    }
  }

  private void publish(SimulatedFunction function) {
    function.changedNs = clock.nowNs();
    referee.published(function);
    subject.publish(function.definition);
  }

  /** Somebody updates, deletes or creates a function. */
  private void change() {
    SimulatedFunction function = shape.functions.get(random.nextInt(shape.functions.size()));
    if (function.gone) {
      function.changedNs = clock.nowNs();
      publish(shape.recreate(function));
      return;
    }
    switch (random.nextInt(6)) {
      case 0 -> {
        function.gone = true;
        function.changedNs = clock.nowNs();
        subject.withdraw(function.name);
      }
      case 1, 2 -> {
        shape.reserveAnew(function, random);
        publish(function);
      }
      default -> {
        shape.replaceLatest(function);
        publish(function);
      }
    }
  }
}
