package io.ringmaster.simulation;

import io.ringmaster.simulation.SimulatedFunction.Version;
import io.ringmaster.simulation.SimulatedSandbox.Slot;
import io.ringmaster.simulation.SimulatedSandbox.State;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** What must hold whenever the dispatcher found nothing more to do and sleeps. */
final class RestInspector {
  /** Timers may fire a tick late. */
  private static final long TOLERANCE_NS = 5_000_000;

  /** An environment that idles for longer goes when another version needs its place. */
  private static final long EVICTABLE_NS = 30_000_000;

  /** How soon the dispatcher looks again at what it could not do, at most. */
  private static final long RETRY_NS = 60_000_000;

  private final Referee referee;
  private final VirtualClock clock;
  private final RunShape shape;
  private final SimulatedDriver[] drivers;

  /** When there was last no room for one more environment. */
  private long fullNs;

  /** When there was last an environment more or less. */
  private long changedNs;

  private long leaptNs;
  private int versions;

  /** Calls before this one have had their time to wait. */
  private long waitedOut;

  /** Numbers of calls that still wait after that. */
  private final List<Long> overdue = new ArrayList<>();

  private long rests;

  RestInspector(Referee referee, VirtualClock clock, RunShape shape, SimulatedDriver[] drivers) {
    this.referee = referee;
    this.clock = clock;
    this.shape = shape;
    this.drivers = drivers;
  }

  /** The clock leapt: the dispatcher had no time to look again. */
  void leapt() {
    leaptNs = clock.nowNs();
  }

  /** There is an environment more or less. */
  void changed() {
    changedNs = clock.nowNs();
  }

  /** There is no room for one more environment at this moment. */
  void full() {
    fullNs = clock.nowNs();
  }

  /** The dispatcher is asleep, and has that many timers set. */
  void inspect(long timers) {
    rests++;
    boolean full = referee.liveSandboxes() >= shape.environmentsMax;
    if (full) {
      full();
    }
    int timed = 0;
    boolean idleSomewhere = false;
    for (SimulatedDriver driver : drivers) {
      driver.idleAtRest = false;
      for (SimulatedSandbox sandbox : driver.sandboxes()) {
        if (sandbox.state != State.FREE) {
          inspect(sandbox);
          driver.idleAtRest |= evictable(sandbox);
          idleSomewhere |= full && driver.idleAtRest;
          timed += sandbox.busySlots();
          timed += sandbox.state == State.BINDING ? 1 : 0;
        }
      }
    }
    int lines = 0;
    for (SimulatedFunction function : shape.functions) {
      for (Version version : function.versions) {
        inspect(version, idleSomewhere);
        inspectFairness(version);
        lines++;
      }
    }
    versions = lines;
    // One for each running invocation, each init, and at most one for each waiting line.
    if (timers < timed || timers > timed + lines) {
      referee.violation(timers + " timers are set for " + timed + " invocations and inits");
    }
    inspectWaits();
  }

  private void inspect(SimulatedSandbox sandbox) {
    long now = clock.nowNs();
    Version version = referee.version(sandbox.key.version());
    boolean current = version.definition.id() == sandbox.key.version() && !version.function.gone;
    boolean room = sandbox.state == State.EMPTY;
    for (Slot slot : sandbox.slots) {
      room |= sandbox.state == State.READY && !slot.busy();
      if (slot.busy()) {
        referee.streams().atRest(slot.call);
      }
      inspectBehind(slot, now);
      if (slot.busy() && now > slot.offeredAtNs + sandbox.spec.timeoutNs() + TOLERANCE_NS) {
        referee.violation(slot.call + " runs longer than its time-out");
      }
    }
    if (sandbox.state == State.BINDING) {
      if (now > sandbox.beganNs + shape.initTimeoutNs + TOLERANCE_NS) {
        referee.violation("sandbox " + sandbox.id + " is in init for longer than its time-out");
      }
    }
    if (current && sandbox.coming()) {
      if (version.comingAtRest != rests) {
        version.comingAtRest = rests;
        version.coming = 0;
      }
      version.coming++;
    }
    if (!room) {
      return;
    }
    if (current && version.waiting > 0) {
      referee.violation(
          version.waiting
              + " calls wait for "
              + version.function.name
              + " while sandbox "
              + sandbox.id
              + " is idle");
    }
    if (sandbox.busySlots() == 0) {
      inspectIdle(sandbox, current, now);
    }
  }

  /** What lies behind a slow one goes elsewhere, if it is not already said to have begun. */
  private void inspectBehind(Slot running, long now) {
    long sinceNs = running.offeredAtNs;
    if (running.behind != null) {
      sinceNs = Math.max(sinceNs, running.behind.behindNs);
    }
    boolean overdue = now > sinceNs + shape.prefetch.fastNs() + TOLERANCE_NS;
    for (Slot behind = running.behind; behind != null; behind = behind.behind) {
      if (overdue && !behind.revoked) {
        referee.violation(behind.call + " lies behind another one for too long");
      }
      if (behind.call.started) {
        referee.violation(behind.call + " lies behind another one, and is recorded as started");
      }
    }
  }

  private void inspectIdle(SimulatedSandbox sandbox, boolean current, long now) {
    if (now > sandbox.idleSinceNs + shape.keepAliveNs + TOLERANCE_NS) {
      referee.violation("sandbox " + sandbox.id + " idles longer than its keep-alive");
    }
    if (now > sandbox.beganNs + shape.maximumLifeNs / 10 * 11 + TOLERANCE_NS) {
      referee.violation("sandbox " + sandbox.id + " lives longer than its maximum life");
    }
    if (!current) {
      referee.violation("sandbox " + sandbox.id + " idles although its version is gone");
    }
  }

  private boolean evictable(SimulatedSandbox sandbox) {
    boolean idle = sandbox.state == State.READY || sandbox.state == State.EMPTY;
    return idle
        && sandbox.busySlots() == 0
        && referee.version(sandbox.key.version()).waiting == 0
        && clock.nowNs() > sandbox.idleSinceNs + EVICTABLE_NS;
  }

  /**
   * A version that waits and has no environment gets one from those that have some: when it has
   * been hungry for a while, not many calls more are served by environments that served before.
   */
  private void inspectFairness(Version version) {
    boolean hungry = version.waiting > 0 && version.live == 0;
    if (!hungry) {
      version.hungrySinceNs = Long.MAX_VALUE;
      version.passedOverFrom = -1;
      return;
    }
    long now = clock.nowNs();
    version.hungrySinceNs = Math.max(leaptNs, Math.min(version.hungrySinceNs, now));
    if (now < version.hungrySinceNs + RETRY_NS) {
      return;
    }
    if (version.passedOverFrom < 0) {
      version.passedOverFrom = referee.handovers().warmOffers();
    }
    long passedOver = referee.handovers().warmOffers() - version.passedOverFrom;
    if (passedOver > 50 + 6L * versions) {
      referee.violation(version + " starves: it was passed over " + passedOver + " times");
    }
  }

  /** A version waits, there is room, and nothing is done about it. */
  private void inspect(Version version, boolean idleSomewhere) {
    int coming = version.comingAtRest == rests ? version.coming : 0;
    if (coming > 0) {
      version.uncoveredSinceNs = Long.MAX_VALUE;
    } else if (version.uncoveredSinceNs == Long.MAX_VALUE) {
      version.uncoveredSinceNs = clock.nowNs();
    }
    if (version.waiting <= coming || coming > 0 && version.function.inJvm) {
      return;
    }
    long now = clock.nowNs();
    long progressNs = Math.max(leaptNs, version.progressNs);
    if (now > Math.max(fullNs, progressNs) + RETRY_NS + 2 * version.longestInitNs) {
      referee.violation(
          version + " is waited for although there is room for an environment; coming: " + coming);
    }
    boolean idleThere = drivers[version.function.inJvm ? 1 : 0].idleAtRest;
    if (version.live == 0
        && (idleSomewhere && now > Math.max(changedNs, progressNs) + TOLERANCE_NS
            || idleThere && now > progressNs + RETRY_NS)) {
      referee.violation(version + " is waited for while others have idle environments");
    }
  }

  /**
   * No call waits longer than calls may, unless an environment of its version is about to come.
   * Each is looked at when its time is up, and from then on at every rest.
   */
  private void inspectWaits() {
    long dueNs = clock.nowNs() - shape.capacityWaitNs - TOLERANCE_NS;
    while (waitedOut < referee.submitCount()) {
      SimulatedCall call = referee.byNumber(waitedOut);
      if (call != null) {
        if (call.submittedNs > dueNs) {
          break;
        }
        if (!call.offered && !call.behind) {
          call.overdueNs = clock.nowNs();
          overdue.add(waitedOut);
        }
      }
      waitedOut++;
    }
    for (Iterator<Long> numbers = overdue.iterator(); numbers.hasNext(); ) {
      SimulatedCall call = referee.byNumber(numbers.next());
      if (call == null || call.offered || call.behind) {
        numbers.remove();
      } else if (!call.revoked && clock.nowNs() - RETRY_NS > uncoveredSinceNs(call)) {
        referee.violation(call + " waits longer than calls may");
      }
    }
  }

  private static long uncoveredSinceNs(SimulatedCall call) {
    long last = call.overdueNs;
    for (Version version : call.function.versions) {
      if (call.label == null || call.label.equals(version.definition.label())) {
        last = Math.max(last, version.uncoveredSinceNs);
      }
    }
    return last;
  }
}
