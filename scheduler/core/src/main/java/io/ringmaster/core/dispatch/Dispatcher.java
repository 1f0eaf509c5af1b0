package io.ringmaster.core.dispatch;

import io.ringmaster.api.Call;
import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.core.accept.AcceptRing;
import io.ringmaster.core.accept.Cancellations;
import io.ringmaster.core.admit.Ledger;
import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.model.FunctionState;
import io.ringmaster.core.model.InvocationRecorder;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.PrefetchState;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.core.model.VersionState;
import io.ringmaster.core.place.Placement;
import io.ringmaster.core.resolve.AliasDefinition;
import io.ringmaster.core.resolve.FunctionDefinition;
import io.ringmaster.core.resolve.FunctionPublisher;
import io.ringmaster.core.resolve.FunctionTable;
import io.ringmaster.core.resolve.VersionDefinition;
import io.ringmaster.core.settle.Completions;
import io.ringmaster.core.settle.CreditStack;
import io.ringmaster.core.timer.Timers;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.Sleeper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;

/**
 * One shard's dispatcher. Everything but {@link #newCall}, the calls made of it, {@link #execute}
 * and {@link #counters} belongs to the thread that turns it.
 */
public final class Dispatcher implements FunctionPublisher {
  private static final int TAKE_LIMIT = 256;
  private static final int COMMANDS = 4096;
  private static final int PAYLOAD_MAX = 6 * 1024 * 1024;
  private static final long PENDING_MS_MAX = 60_000; // a clock that was set back ends it, too
  private static final Refusal PENDING =
      Refusal.conflict(
          "The operation cannot be performed at this time. The function is currently in the"
              + " following state: Pending");
  private static final Runnable NOTHING = () -> {};
  private static final Refusal CLOSING = Refusal.service("The engine is closing.");
  private static final Refusal RING_FULL = Refusal.throttled("CallerRateLimitExceeded");

  private final AcceptRing ring;
  private final Cancellations cancellations;
  private final FunctionTable functions;
  private final Ledger ledger = new Ledger();
  private final Timers timers;
  private final Placement placement;
  private final Completions completions;
  private final CreditStack credits;
  private final Streams streams;
  private final int streamWindowBytes;
  private final Outcomes outcomes;
  private final Prefetched prefetched;
  private final Counters counters;
  private final DriverPort processes;
  private final DriverPort inJvm;
  private final SandboxDriver processDriver;
  private final SandboxDriver inJvmDriver;
  private final Sleeper sleeper;
  private final SplittableRandom random;
  private final MpscVarHandleArrayQueue<Runnable> commands =
      new MpscVarHandleArrayQueue<>(COMMANDS);
  private final AcceptRing.Taker take = this::take;
  private final AcceptRing.Taker refuse = this::refuse;
  private final Timers.Expired expire;
  private final BooleanSupplier anythingArrived = this::anythingArrived;

  private long nowNs;

  /** Read by any thread: a call that comes after is answered at the door. */
  private volatile boolean closing;

  /** No turn follows. Read by any thread: what it put into the ring it must refuse by itself. */
  private volatile boolean ended;

  /**
   * @param processDriver serves versions that run in processes
   * @param inJvmDriver serves in-JVM handlers
   * @param sleeper where this dispatcher sleeps; both drivers wake it
   * @param completions tells callers
   * @param nowNs the present; later calls never pass an earlier one
   */
  public Dispatcher(
      DispatcherConfig config,
      SandboxDriver processDriver,
      SandboxDriver inJvmDriver,
      Sleeper sleeper,
      Completions completions,
      InvocationRecorder recorder,
      Counters counters,
      long nowNs) {
    this.processDriver = processDriver;
    this.inJvmDriver = inJvmDriver;
    this.sleeper = sleeper;
    this.completions = completions;
    this.counters = counters;
    this.nowNs = nowNs;
    random = new SplittableRandom(config.seed());
    ring = new AcceptRing(config.acceptRingSize(), sleeper);
    cancellations = new Cancellations(sleeper);
    functions =
        new FunctionTable(
            new Owner(config.account(), config.region()), config.accountConcurrency());
    timers = new Timers(nowNs);
    placement =
        new Placement(
            config.placement(),
            processDriver,
            inJvmDriver,
            timers,
            recorder,
            counters,
            random.split());
    credits = new CreditStack(sleeper);
    streams = new Streams(config.streams(), completions, credits, timers);
    streamWindowBytes = config.streams().windowBytes();
    outcomes =
        new Outcomes(
            placement,
            ledger,
            timers,
            completions,
            recorder,
            counters,
            streams,
            config.placement());
    prefetched = outcomes.prefetched();
    processes = new DriverPort(processDriver, placement, outcomes, prefetched);
    inJvm = new DriverPort(inJvmDriver, placement, outcomes, prefetched);
    expire = outcomes::expired;
  }

  // ---- the duty cycle ----

  /**
   * One turn.
   *
   * @param nowNs the present on the monotonic clock
   * @param epochMs the present in milliseconds since the Unix epoch
   * @return how much was done; 0: nothing, it may sleep
   */
  public int turn(long nowNs, long epochMs) {
    this.nowNs = nowNs;
    outcomes.nowNs = nowNs;
    outcomes.epochMs = epochMs;
    int work = settleWhatFinished();
    work += takeWhatArrived();
    work += placement.serve(nowNs, epochMs);
    work += expireWhatAged();
    work += completions.flush();
    return work;
  }

  private int settleWhatFinished() {
    return processes.poll() + inJvm.poll();
  }

  private int takeWhatArrived() {
    int taken = streams.returnCredits(nowNs) + giveUpWhatWasCancelled();
    Runnable command;
    while (taken < TAKE_LIMIT && (command = commands.relaxedPoll()) != null) {
      command.run();
      taken++;
    }
    return completions.congested() ? taken : taken + ring.poll(take, TAKE_LIMIT);
  }

  /**
   * What waits gives up its place, and what lies behind another one its own; what runs goes on, and
   * what is in the ring is seen there.
   */
  private int giveUpWhatWasCancelled() {
    int read = 0;
    Cancellations.Entry entry = cancellations.takeAll();
    for (; entry != null; entry = entry.below()) {
      PendingInvocation cancelled = entry.invocation();
      read++;
      if (cancelled.waits) {
        outcomes.refuseCancelled(cancelled.version);
      } else if (cancelled.isCancelled() && cancelled.prefetch() == PrefetchState.BEHIND) {
        prefetched.revoke(cancelled);
      }
    }
    return read;
  }

  private int expireWhatAged() {
    return timers.poll(nowNs, expire) + prefetched.revokeOverdue() + placement.age(nowNs);
  }

  /**
   * Sleeps until something arrives or ages.
   *
   * @param notAfterNs when to return at the latest; {@link Long#MAX_VALUE}: no limit
   */
  public void sleep(long notAfterNs) {
    counters.increment(Counter.WAKEUPS);
    sleeper.await(nowNs, Math.min(notAfterNs, nextNs()), anythingArrived);
  }

  /** When the clock alone gives it something to do; {@link Long#MAX_VALUE}: never. */
  public long nextNs() {
    return Math.min(timers.nextNs(), placement.nextNs());
  }

  /**
   * Whether a turn would find something that is known here already; descriptors are not looked at.
   */
  public boolean anythingArrived() {
    return !ring.isEmpty()
        || !commands.isEmpty()
        || !credits.isEmpty()
        || !cancellations.isEmpty()
        || processDriver.hasEvents()
        || inJvmDriver.hasEvents()
        || completions.congested();
  }

  // ---- accept, resolve, admit ----

  /** A reusable invocation. Any thread. */
  public Call newCall() {
    return new PendingInvocation(this::submit, credits, cancellations::push, streamWindowBytes);
  }

  private void submit(PendingInvocation invocation) {
    Refusal refusal = closing ? CLOSING : ring.offer(invocation) ? null : RING_FULL;
    if (refusal != null) {
      refuseAtDoor(invocation, refusal);
      DoorAnswers.tell(invocation);
    } else if (ended) { // publish, full fence (the wake-up's), look; its pair is in end()
      refuseArrivals();
    }
  }

  private void refuseAtDoor(PendingInvocation invocation, Refusal refusal) {
    counters.incrementShared(Counter.RING_FULL);
    ThreadLocalRandom ids = ThreadLocalRandom.current();
    invocation.identify(ids.nextLong(), ids.nextLong());
    invocation.refusal = refusal;
    invocation.settled = true;
  }

  private void take(PendingInvocation invocation) {
    counters.increment(Counter.ACCEPTED);
    counters.add(Counter.IN_FLIGHT, 1);
    invocation.acceptedNs = nowNs;
    invocation.offeredNs = Long.MIN_VALUE;
    invocation.identify(random.nextLong(), random.nextLong());
    Refusal refusal = admit(invocation);
    if (refusal == null) {
      placement.enqueue(invocation);
    } else {
      outcomes.refuse(invocation, refusal);
    }
  }

  private Refusal admit(PendingInvocation invocation) {
    if (closing) {
      return CLOSING;
    }
    if (invocation.isCancelled()) {
      return Outcomes.CANCELLED;
    }
    if (invocation.payloadLength() > PAYLOAD_MAX) {
      return tooLarge(invocation);
    }
    Refusal refusal = functions.resolve(invocation, random.nextLong());
    if (refusal == null && nowNs < invocation.version.pendingUntilNs) {
      refusal = PENDING;
    }
    if (refusal == null) {
      refusal = ledger.charge(invocation.version.function);
      invocation.charged = refusal == null;
    }
    return refusal;
  }

  private static Refusal tooLarge(PendingInvocation invocation) {
    return new Refusal(
        413,
        "RequestTooLargeException",
        invocation.payloadLength()
            + " byte payload is too large for the RequestResponse invocation type (limit "
            + PAYLOAD_MAX
            + " bytes)",
        null);
  }

  // ---- functions ----

  @Override
  public void publish(FunctionDefinition definition) {
    FunctionState function = functions.function(definition.owner(), definition.name());
    if (function == null) {
      function = functions.add(definition);
    }
    ledger.reserve(function, definition.reservedConcurrency());
    ledger.scale(function, definition.scalingRate());
    function.routes.clear();
    for (AliasDefinition alias : definition.aliases().values()) {
      function.routes.put(
          alias.name(),
          new FunctionState.Route(alias.version(), alias.secondVersion(), alias.secondWeight()));
    }
    Map<String, VersionState> versions = function.versions;
    for (VersionState old : new ArrayList<>(versions.values())) {
      VersionDefinition now = definition.versions().get(old.label);
      if (now == null || now.id() != old.id) {
        versions.remove(old.label);
        VersionState successor = now == null ? null : add(function, now);
        retire(old, successor);
      }
    }
    for (VersionDefinition version : definition.versions().values()) {
      if (!versions.containsKey(version.label())) {
        add(function, version);
      }
    }
  }

  @Override
  public void withdraw(Owner owner, String name) {
    FunctionState function = functions.remove(owner, name);
    if (function == null) {
      return;
    }
    for (VersionState version : function.versions.values()) {
      retire(version, null);
    }
    ledger.reserve(function, -1);
  }

  private VersionState add(FunctionState function, VersionDefinition definition) {
    VersionState version =
        new VersionState(
            function,
            definition.id(),
            definition.label(),
            definition.key(),
            definition.spec(),
            definition.inJvm());
    if (definition.pendingUntilEpochMs() > outcomes.epochMs) {
      long leftMs = Math.min(definition.pendingUntilEpochMs() - outcomes.epochMs, PENDING_MS_MAX);
      version.pendingUntilNs = nowNs + TimeUnit.MILLISECONDS.toNanos(leftMs);
    }
    function.versions.put(version.label, version);
    return version;
  }

  /** What waits for the old version waits for its successor now; without one, it is not found. */
  private void retire(VersionState old, VersionState successor) {
    old.successor = successor;
    PendingInvocation waiting;
    while ((waiting = old.dequeue()) != null) {
      if (successor == null) {
        outcomes.refuse(waiting, Outcomes.gone(waiting));
      } else {
        waiting.version = successor;
        placement.putBack(waiting);
      }
    }
    placement.retire(old);
  }

  // ---- from other threads, and the end ----

  /** Runs a command on the dispatcher's thread. Any thread. False: too many are waiting. */
  public boolean execute(Runnable command) {
    boolean taken = commands.offer(command);
    sleeper.wake();
    return taken;
  }

  /** From now on new calls are refused; what was taken goes on. Any thread. */
  public void beginClosing() {
    closing = true;
    execute(NOTHING); // a flag alone is no arrival: a dispatcher about to sleep would not see it
  }

  /**
   * After the last turn: refuses what waits, gives up what runs, tells every caller. What still
   * comes in is refused by the thread that brings it.
   */
  public void end() {
    closing = true;
    try {
      abandon();
    } finally {
      completions.flushAll();
      ended = true; // a full fence between this and the last look into the ring
      refuseArrivals();
    }
  }

  /** The dispatcher's thread at its end; afterwards any. */
  private synchronized void refuseArrivals() {
    while (!ring.isEmpty()) {
      if (ring.poll(refuse, TAKE_LIMIT) == 0) {
        Thread.onSpinWait(); // claimed, and about to be published
      }
    }
  }

  private void refuse(PendingInvocation arrived) {
    refuseAtDoor(arrived, CLOSING);
    completions.tell(arrived);
  }

  private void abandon() {
    for (FunctionState function : functions.all()) {
      for (VersionState version : function.versions.values()) {
        PendingInvocation waiting;
        while ((waiting = version.dequeue()) != null) {
          outcomes.refuse(waiting, CLOSING);
        }
      }
    }
    for (Sandbox sandbox : placement.sandboxes()) {
      boolean reset = false;
      for (int i = 0; i < sandbox.slotCount(); i++) {
        PendingInvocation running = sandbox.running(i);
        if (running != null) {
          if (!reset) { // before events are their callers' again
            sandbox.driver.reset(sandbox.id, Fault.ENGINE_CLOSING);
            reset = true;
          }
          outcomes.refuseBehind(running, CLOSING);
          timers.cancel(running);
          placement.leave(sandbox, running.slot, nowNs);
          outcomes.platformFault(running, sandbox);
        }
      }
    }
    placement.dropAll();
  }

  /** Invocations that were taken and have no terminal answer. */
  public long inFlight() {
    return counters.get(Counter.IN_FLIGHT);
  }

  /** Whether invocations wait in the ring. */
  public boolean hasArrivals() {
    return !ring.isEmpty();
  }

  /** Any thread. */
  public Counters counters() {
    return counters;
  }

  /** Environments, for status; allocates. */
  public List<Sandbox> sandboxes() {
    return placement.sandboxes();
  }

  /** Functions of which something was counted. */
  public List<FunctionState> countedFunctions() {
    List<FunctionState> all = functions.all();
    all.removeIf(function -> !function.figures.any());
    return all;
  }

  /** Ledger units of an owner in use. */
  public int concurrency(Owner owner) {
    return functions.inUse(owner);
  }

  /** Every owner's ledger. */
  public List<EngineStatus.AccountStatus> accounts() {
    return functions.accounts();
  }

  /** Timers set: one for each running invocation, init and non-empty waiting line. */
  public long timerCount() {
    return timers.count();
  }
}
