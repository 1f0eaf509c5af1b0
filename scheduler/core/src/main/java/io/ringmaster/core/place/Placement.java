package io.ringmaster.core.place;

import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.model.InvocationRecorder;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.core.model.SandboxState;
import io.ringmaster.core.model.VersionState;
import io.ringmaster.core.timer.Timers;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.SandboxDriver;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Gives waiting invocations slots, and versions sandboxes. Dispatcher thread only; the present is
 * passed in.
 *
 * <p>Wait or bind: a version binds one more sandbox for each waiting invocation that no coming
 * sandbox covers, if that is worth it ({@link WaitOrBind}). Where waiting looked shorter, it is
 * looked at again after one cold start's time, and then binds.
 *
 * <p>Fair shares: when a slot becomes free while another version is hungry (it waits and has no
 * capacity to bind), the environment goes if its version has more than the fair share, or if the
 * hungry one has none and waited for {@value #QUANTUM_MS} ms.
 */
public final class Placement {
  private static final int QUANTUM_MS = 20;
  private static final long QUANTUM_NS = TimeUnit.MILLISECONDS.toNanos(QUANTUM_MS);

  /**
   * An idle environment younger than this is not evicted for a version that has none: its caller
   * may just be on the way back. For a version that has some, it must be idle for a quantum.
   */
  private static final long EVICTABLE_AFTER_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long HUNGRY_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(2);

  private final PlacementLimits limits;
  private final SandboxDriver processes;
  private final SandboxDriver inJvm;
  private final Timers timers;
  private final InvocationRecorder recorder;
  private final Counters counters;
  private final SplittableRandom random;
  private final Environments environments;
  private final VersionLine dirty = new VersionLine(VersionLine.DIRTY);
  private final VersionLine hungry = new VersionLine(VersionLine.HUNGRY);
  private final VersionLine deferred = new VersionLine(VersionLine.DEFERRED);
  private final Offers offers;
  private long tickets;
  private long nextSweepNs = Long.MAX_VALUE;
  private long nextHungryNs = Long.MAX_VALUE;

  /**
   * @param random jitters lives
   */
  public Placement(
      PlacementLimits limits,
      SandboxDriver processes,
      SandboxDriver inJvm,
      Timers timers,
      InvocationRecorder recorder,
      Counters counters,
      SplittableRandom random) {
    this.limits = limits;
    this.processes = processes;
    this.inJvm = inJvm;
    this.timers = timers;
    this.recorder = recorder;
    this.counters = counters;
    this.random = random;
    this.environments = new Environments(inJvm, counters);
    this.offers = new Offers(timers, recorder, limits.prefetch());
  }

  // ---- what the dispatcher asks for each turn ----

  /** An admitted invocation joins its version's line. */
  public void enqueue(PendingInvocation invocation) {
    invocation.ticket = ++tickets;
    invocation.version.enqueue(invocation);
    dirty.add(invocation.version);
  }

  /** Serves what waits, and tells how many invocations were handed over. */
  public int serve(long nowNs, long epochMs) {
    int offered = 0;
    VersionState version;
    while ((version = dirty.poll()) != null) {
      offered += serve(version, nowNs, epochMs);
    }
    return offered;
  }

  /**
   * Looks again at what waits by choice or for lack of capacity, and ends environments that are too
   * old.
   */
  public int age(long nowNs) {
    int changed = 0;
    for (int i = deferred.size(); i > 0; i--) {
      VersionState version = deferred.poll();
      if (version.waitingHead != null) {
        if (version.recheckNs > nowNs) {
          deferred.add(version);
        } else {
          dirty.add(version);
          changed++;
        }
      }
    }
    if (nextHungryNs <= nowNs) {
      nextHungryNs = Long.MAX_VALUE;
      changed += feedHungry(nowNs);
    }
    if (nextSweepNs <= nowNs) {
      changed += sweep(nowNs);
    }
    return changed;
  }

  /** When {@link #age} has something to do next. */
  public long nextNs() {
    long next = Math.min(offers.nextNs(), Math.min(nextSweepNs, nextHungryNs));
    for (VersionState v = deferred.peek(); v != null; v = deferred.next(v)) {
      next = Math.min(next, v.recheckNs);
    }
    return next;
  }

  // ---- a version's line ----

  private int serve(VersionState version, long nowNs, long epochMs) {
    int offered = 0;
    while (version.waitingHead != null) {
      Sandbox warm = version.idle.first();
      if (warm != null
          && !othersAreHungry(version)
          && offers.sparesAWake(version, nowNs, epochMs)) {
        counters.increment(Counter.PREFETCHED);
        offered++;
        continue;
      }
      Sandbox sandbox = warm != null ? warm : version.reset.first();
      if (sandbox == null) {
        grow(version, nowNs, epochMs);
        if (version.open.first() != null && !othersAreHungry(version)) {
          int placed = offers.prefetch(version, nowNs, epochMs);
          counters.add(Counter.PREFETCHED, placed);
          offered += placed;
        }
        if (version.waitingHead != null && version.timerId == VersionState.NO_TIMER) {
          timers.schedule(version, version.waitingHead.acceptedNs + limits.capacityWaitNs());
        }
        break;
      }
      offers.offer(sandbox, version.dequeue(), nowNs, epochMs);
      offered++;
    }
    return offered;
  }

  /** A sandbox that always has one more to run would never yield. */
  private boolean othersAreHungry(VersionState version) {
    return hungry.size() > (hungry.contains(version) ? 1 : 0);
  }

  // ---- more sandboxes ----

  private void grow(VersionState version, long nowNs, long epochMs) {
    int uncovered = version.waiting - version.coming;
    while (uncovered > 0) {
      if (version.inJvm && version.coming > 0) {
        return; // it becomes ready at once, and may have many slots
      }
      if (!WaitOrBind.worthBinding(version, uncovered, nowNs)) {
        if (!deferred.contains(version)) {
          version.recheckNs = nowNs + WaitOrBind.coldNs(version);
          deferred.add(version);
        }
        return;
      }
      if (!bind(version, nowNs, epochMs)) {
        hungry.add(version);
        nextHungryNs = Math.min(nextHungryNs, nowNs + HUNGRY_RETRY_NS);
        return;
      }
      uncovered--;
    }
  }

  private boolean bind(VersionState version, long nowNs, long epochMs) {
    if (environments.count() >= limits.environmentsMax() && !evictIdle(version, nowNs)) {
      return false;
    }
    SandboxDriver driver = version.inJvm ? inJvm : processes;
    int id = driver.prepare(version.key, version.spec);
    if (id < 0) {
      // What idles there holds the driver's capacity; there may be room at the next try.
      if (nowNs - version.waitingHead.acceptedNs > QUANTUM_NS) {
        evict(environments.leastRecentlyUsed(driver, nowNs - EVICTABLE_AFTER_NS));
      }
      return false;
    }
    Sandbox sandbox = new Sandbox(driver, id, version, nowNs);
    long tenth = limits.maximumLifeNs() / 10;
    sandbox.lifeEndNs =
        nowNs + limits.maximumLifeNs() + (tenth == 0 ? 0 : random.nextLong(-tenth, tenth));
    environments.add(sandbox);
    version.coming++;
    timers.schedule(sandbox, nowNs + limits.initTimeoutNs());
    counters.increment(Counter.BINDINGS);
    recorder.initStarted(sandbox, epochMs);
    return true;
  }

  /**
   * Makes room by ending the environment that has been idle for longest, if that is long enough.
   */
  private boolean evictIdle(VersionState forVersion, long nowNs) {
    long quietNs = forVersion.environments == 0 ? EVICTABLE_AFTER_NS : QUANTUM_NS;
    return evict(environments.leastRecentlyUsed(nowNs - quietNs));
  }

  private boolean evict(Sandbox idle) {
    if (idle == null) {
      return false;
    }
    counters.increment(Counter.EVICTIONS);
    drop(idle, Fault.EVICTED);
    return true;
  }

  /** Capacity may be there: the hungry look again, as many as it may serve. */
  private int feedHungry(long nowNs) {
    int fed = 0;
    while (!hungry.isEmpty()) {
      if (environments.count() + fed < limits.environmentsMax()) {
        VersionState version = hungry.poll();
        if (version.waitingHead != null) {
          dirty.add(version);
          fed++;
        }
      } else if (evictIdle(hungry.peek(), nowNs)) {
        fed++; // its place went to the first of them
      } else {
        break;
      }
    }
    if (!hungry.isEmpty()) {
      nextHungryNs = nowNs + HUNGRY_RETRY_NS;
    }
    return fed;
  }

  // ---- what happens to sandboxes ----

  /** The handler is loaded. */
  public void ready(Sandbox sandbox, int slots, long bindNs, long initNs, long nowNs) {
    boolean restarted = sandbox.state() == SandboxState.RESTARTING;
    VersionState version = sandbox.version;
    timers.cancel(sandbox);
    move(sandbox, SandboxState.READY);
    sandbox.slots(slots);
    sandbox.depth = slots == 1 ? sandbox.driver.prefetches(sandbox.id) : 0;
    sandbox.readyNs = nowNs;
    sandbox.lastUsedNs = nowNs;
    version.sampleCold(bindNs + initNs);
    version.bindingsLost = 0;
    if (restarted) {
      PendingInvocation invocation = sandbox.running(0);
      if (invocation != null) {
        invocation.coldStart = true;
        invocation.bindNs = bindNs;
        invocation.initNs = initNs;
        offers.opens(sandbox);
      }
    } else {
      sandbox.bindNs = bindNs;
      sandbox.initNs = initNs;
      sandbox.initUncharged = true;
    }
    if (sandbox.hasFreeSlot()) {
      version.idle.addFirst(sandbox);
    }
    // It serves once before it may yield: else versions would bind in turn, and none would serve.
    settleDown(sandbox, version.waitingHead == null, nowNs);
  }

  /**
   * An invocation leaves its slot; {@link #reusable}, {@link #reset}, {@link #exited} … follows.
   * What lies behind it is the first of that slot then.
   */
  public void leave(Sandbox sandbox, int slot, long nowNs) {
    VersionState version = sandbox.version;
    sandbox.vacate(slot);
    if (!sandbox.isIn(version.idle)) {
      sandbox.leaveLine();
    }
    if (sandbox.running(slot) == null) {
      version.busySlots--;
    } else {
      version.behind--;
      if (sandbox.behind == 0) {
        offers.unladen(sandbox);
      }
    }
    sandbox.lastUsedNs = nowNs;
    sandbox.invocations++;
  }

  /** After {@link #leave}: the sandbox can take the next invocation, or goes on to what it has. */
  public void reusable(Sandbox sandbox, long nowNs, long epochMs) {
    PendingInvocation first = sandbox.depth > 0 ? sandbox.running(0) : null;
    if (first != null) {
      offers.begin(first, nowNs, epochMs);
    } else if (!sandbox.isIn(sandbox.version.idle)) {
      sandbox.version.idle.addFirst(sandbox);
    }
    settleDown(sandbox, true, nowNs);
  }

  /** What lay behind another one was begun only now. */
  public void begunLate(PendingInvocation invocation, long nowNs) {
    offers.beginLate(invocation, nowNs);
  }

  /** Takes away what lies behind another one. */
  public void takeBehind(PendingInvocation invocation) {
    offers.takeBehind(invocation);
  }

  /** A sandbox in which something has lain behind others for too long; null: none. */
  public Sandbox overdueBehind(long nowNs) {
    return offers.overdue(nowNs);
  }

  /** {@link #overdueBehind} tells of it no more until what runs in it has answered. */
  public void unladen(Sandbox sandbox) {
    offers.unladen(sandbox);
  }

  /**
   * An invocation that was not begun goes back to its place in its line; false: its version is
   * gone.
   */
  public boolean putBack(PendingInvocation invocation) {
    VersionState version = invocation.version;
    while (version.retired && version.successor != null) {
      version = version.successor;
    }
    offers.unaddress(invocation);
    if (version.retired) {
      return false;
    }
    invocation.version = version;
    version.putBack(invocation);
    dirty.add(version);
    return true;
  }

  /**
   * A sandbox that may be idle now ends, yields, serves what waits, or stays for its keep-alive.
   */
  private void settleDown(Sandbox sandbox, boolean mayYield, long nowNs) {
    VersionState version = sandbox.version;
    if (sandbox.idle()) {
      if (sandbox.doomed || version.retired) {
        drop(sandbox, Fault.VERSION_GONE);
        return;
      }
      if (nowNs >= sandbox.lifeEndNs) {
        counters.increment(Counter.EXPIRIES);
        drop(sandbox, Fault.MAXIMUM_LIFE);
        return;
      }
      if (mayYield && yields(version, nowNs)) {
        counters.increment(Counter.EVICTIONS);
        drop(sandbox, Fault.EVICTED);
        return;
      }
      long endNs = Math.min(nowNs + limits.keepAliveNs(), sandbox.lifeEndNs);
      nextSweepNs = Math.min(nextSweepNs, endNs);
    }
    if (version.waitingHead != null) {
      dirty.add(version);
    }
  }

  /** Whether its place is to go to the first hungry version that has more right to it. */
  private boolean yields(VersionState version, long nowNs) {
    for (int left = hungry.size(); left > 0; left--) {
      VersionState other = hungry.peek();
      if (other.waitingHead == null) {
        hungry.poll();
      } else if (other == version || other.environments > 0) {
        if (other != version && version.environments > other.environments + 1) {
          return true;
        }
        hungry.rotate();
      } else {
        int sharers = environments.versions() + hungry.size();
        int fairShare = Math.max(1, limits.environmentsMax() / sharers);
        return version.environments > fairShare
            || nowNs - other.waitingHead.acceptedNs > QUANTUM_NS;
      }
    }
    return false;
  }

  /** What waits may need another sandbox now. */
  private void growIfWaiting(VersionState version) {
    if (version.waitingHead != null) {
      dirty.add(version);
    }
  }

  /** Kills the process and keeps the environment. What ran in it must have left already. */
  public void reset(Sandbox sandbox, Fault reason) {
    sandbox.leaveLine();
    timers.cancel(sandbox);
    move(sandbox, SandboxState.RESETTING);
    growIfWaiting(sandbox.version);
    sandbox.driver.reset(sandbox.id, reason);
  }

  /** The process ended by itself, or is about to; {@link #exited} follows. */
  public void dying(Sandbox sandbox) {
    sandbox.leaveLine();
    timers.cancel(sandbox);
    move(sandbox, SandboxState.RESETTING);
    growIfWaiting(sandbox.version);
  }

  /** Nothing of the process runs any more. What ran in it must have left already. */
  public void exited(Sandbox sandbox, long nowNs) {
    sandbox.leaveLine();
    timers.cancel(sandbox);
    move(sandbox, SandboxState.RESET);
    sandbox.slots(1);
    sandbox.depth = 0;
    sandbox.initUncharged = false;
    recorder.ended(sandbox);
    sandbox.version.reset.addLast(sandbox);
    // One whose init failed serves once before it may yield: as in ready().
    boolean served = sandbox.invocations > 0;
    settleDown(sandbox, served || sandbox.version.waitingHead == null, nowNs);
  }

  /** The driver no longer has it. What ran in it must have left already. */
  public void lost(Sandbox sandbox, long nowNs) {
    sandbox.leaveLine();
    forget(sandbox);
    if (sandbox.version.waitingHead != null) {
      dirty.add(sandbox.version);
    }
    feedHungry(nowNs);
  }

  /** Ends an unoccupied sandbox. */
  private void drop(Sandbox sandbox, Fault reason) {
    sandbox.leaveLine();
    sandbox.driver.discard(sandbox.id, reason);
    forget(sandbox);
    VersionState fed = hungry.poll();
    if (fed != null) {
      dirty.add(fed);
    }
    if (sandbox.version.waitingHead != null) {
      dirty.add(sandbox.version);
    }
  }

  private void forget(Sandbox sandbox) {
    timers.cancel(sandbox);
    move(sandbox, SandboxState.GONE);
    recorder.ended(sandbox);
    environments.remove(sandbox);
  }

  private static void move(Sandbox sandbox, SandboxState to) {
    sandbox.version.coming += coming(sandbox, to) - coming(sandbox, sandbox.state());
    sandbox.state(to);
  }

  /** A process that is killed is gone soon; code in this JVM ends when it likes. */
  private static int coming(Sandbox sandbox, SandboxState state) {
    boolean comes =
        switch (state) {
          case BINDING -> true;
          case RESETTING -> sandbox.driver.killable();
          case READY, RESET, RESTARTING, GONE -> false;
        };
    return comes ? 1 : 0;
  }

  // ---- versions and environments that end ----

  /** Ends the idle sandboxes of a retired version; the others end with what runs in them. */
  public void retire(VersionState version) {
    version.retired = true;
    timers.cancel(version);
    for (Sandbox sandbox : sandboxes()) {
      if (sandbox.version == version) {
        endSoon(sandbox, Fault.VERSION_GONE);
      }
    }
  }

  /** Ends every sandbox, whatever runs in it. */
  public void dropAll() {
    for (Sandbox sandbox : sandboxes()) {
      drop(sandbox, Fault.ENGINE_CLOSING);
    }
  }

  private void endSoon(Sandbox sandbox, Fault reason) {
    if (sandbox.idle() || sandbox.state() == SandboxState.BINDING) {
      drop(sandbox, reason);
    } else {
      sandbox.doomed = true;
    }
  }

  private int sweep(long nowNs) {
    int ended = 0;
    long next = Long.MAX_VALUE;
    for (Sandbox sandbox : sandboxes()) {
      if (sandbox.idle()) {
        long endNs = Math.min(sandbox.lastUsedNs + limits.keepAliveNs(), sandbox.lifeEndNs);
        if (endNs <= nowNs) {
          boolean life = nowNs >= sandbox.lifeEndNs;
          counters.increment(Counter.EXPIRIES);
          drop(sandbox, life ? Fault.MAXIMUM_LIFE : Fault.KEEP_ALIVE);
          ended++;
        } else {
          next = Math.min(next, endNs);
        }
      }
    }
    nextSweepNs = next;
    return ended;
  }

  // ---- looking up ----

  /** The driver's sandbox with that id; null: none that the dispatcher knows. */
  public Sandbox find(SandboxDriver driver, int id) {
    return environments.find(driver, id);
  }

  /** All sandboxes; allocates. */
  public List<Sandbox> sandboxes() {
    return environments.all();
  }
}
