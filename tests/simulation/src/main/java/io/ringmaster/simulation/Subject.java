package io.ringmaster.simulation;

import io.ringmaster.api.Call;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.dispatch.Dispatcher;
import io.ringmaster.core.dispatch.DispatcherConfig;
import io.ringmaster.core.model.InvocationRecorder;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.core.model.SandboxState;
import io.ringmaster.core.place.PlacementLimits;
import io.ringmaster.core.resolve.FunctionDefinition;
import io.ringmaster.core.settle.Completions;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** The dispatcher under test, with what it needs beside drivers and sleeper. */
final class Subject {
  private final Dispatcher dispatcher;
  private final Counters counters = new Counters();
  private final Referee referee;
  private int commandsAhead;
  private long turnEpochMs;
  private long initFailuresRecorded;
  private final Set<Sandbox> initializing = Collections.newSetFromMap(new IdentityHashMap<>());

  Subject(
      RunShape shape,
      Referee referee,
      SimulatedDriver processes,
      SimulatedDriver inJvm,
      SimulatedSleeper sleeper,
      long seed,
      long nowNs) {
    this.referee = referee;
    PlacementLimits limits =
        new PlacementLimits(
            shape.environmentsMax,
            shape.capacityWaitNs,
            shape.keepAliveNs,
            shape.maximumLifeNs,
            shape.initTimeoutNs,
            shape.prefetch);
    DispatcherConfig config =
        new DispatcherConfig(
            RunShape.ACCOUNT,
            RunShape.REGION,
            shape.accountConcurrency,
            shape.acceptRingSize,
            limits,
            shape.streams,
            seed);
    Completions completions =
        new Completions(
            counters, (thread, thrown) -> referee.violation("a callback threw " + thrown));
    dispatcher =
        new Dispatcher(
            config, processes, inJvm, sleeper, completions, new Records(), counters, nowNs);
  }

  Call newCall() {
    return dispatcher.newCall();
  }

  int turn(long nowNs, long epochMs) {
    turnEpochMs = epochMs;
    int work = dispatcher.turn(nowNs, epochMs);
    referee.turned(!dispatcher.hasArrivals());
    return work;
  }

  void sleep() {
    dispatcher.sleep(Long.MAX_VALUE);
  }

  long timerCount() {
    return dispatcher.timerCount();
  }

  /** Whether calls or commands wait for the dispatcher. */
  boolean somethingArrived() {
    return dispatcher.hasArrivals() || commandsAhead > 0;
  }

  private void execute(Runnable command) {
    commandsAhead++;
    boolean taken =
        dispatcher.execute(
            () -> {
              commandsAhead--;
              command.run();
            });
    if (!taken) {
      referee.violation("no room for a command");
    }
  }

  void publish(FunctionDefinition definition) {
    execute(() -> dispatcher.publish(definition));
  }

  void withdraw(String name) {
    execute(() -> dispatcher.withdraw(RunShape.OWNER, name));
  }

  /** Calls that come from now on are refused. */
  void beginClosing() {
    dispatcher.beginClosing();
  }

  /** What waits or runs is given up; there is no turn any more. */
  void end() {
    dispatcher.end();
  }

  /** What the dispatcher says about itself must agree, now that nothing is in flight. */
  void atEnd() {
    if (!referee.isAbandoned()) {
      zero("ledger units", dispatcher.concurrency(RunShape.OWNER));
      referee.tally().compare(counters, referee);
    }
    zero("init failures that were not recorded", referee.initFailures() - initFailuresRecorded);
    if (!referee.isAbandoned()) {
      zero("timers", dispatcher.timerCount());
    }
    zero("environments", dispatcher.sandboxes().size());
    zero("invocations in flight", dispatcher.inFlight());
  }

  private void zero(String what, long value) {
    if (value != 0) {
      referee.violation("at the end the dispatcher has " + value + " " + what);
    }
  }

  private final class Records implements InvocationRecorder {
    private void checkEpoch(long epochMs) {
      if (epochMs != turnEpochMs) {
        referee.violation("recorded at " + epochMs + " ms; it is " + turnEpochMs);
      }
    }

    @Override
    public void started(PendingInvocation invocation, long epochMs) {
      referee.started(invocation);
      checkEpoch(epochMs);
    }

    @Override
    public boolean settled(PendingInvocation invocation, Outcome outcome, long epochMs) {
      referee.recorded(invocation);
      checkEpoch(epochMs);
      return false;
    }

    @Override
    public void initStarted(Sandbox sandbox, long epochMs) {
      checkEpoch(epochMs);
      if (!initializing.add(sandbox)) {
        referee.violation("init of sandbox " + sandbox.id + " is recorded as started again");
      }
    }

    @Override
    public void initEnded(
        Sandbox sandbox,
        InitStatus status,
        String errorType,
        byte[] error,
        long initNs,
        long epochMs) {
      checkEpoch(epochMs);
      if (!initializing.remove(sandbox)) {
        referee.violation("init of sandbox " + sandbox.id + " is recorded as ended again");
      }
      if (error != null && sandbox.state() == SandboxState.BINDING) {
        initFailuresRecorded++;
      }
    }

    @Override
    public void ended(Sandbox sandbox) {
      initializing.remove(sandbox);
    }
  }
}
