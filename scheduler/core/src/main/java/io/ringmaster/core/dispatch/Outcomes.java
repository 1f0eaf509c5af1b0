package io.ringmaster.core.dispatch;

import io.ringmaster.api.Refusal;
import io.ringmaster.core.admit.Ledger;
import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.model.InvocationRecorder;
import io.ringmaster.core.model.InvocationRecorder.InitStatus;
import io.ringmaster.core.model.InvocationRecorder.Outcome;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Sandbox;
import io.ringmaster.core.model.SandboxState;
import io.ringmaster.core.model.StreamedResponse;
import io.ringmaster.core.model.Timed;
import io.ringmaster.core.model.VersionState;
import io.ringmaster.core.place.Placement;
import io.ringmaster.core.place.PlacementLimits;
import io.ringmaster.core.settle.Completions;
import io.ringmaster.core.settle.ErrorDocument;
import io.ringmaster.core.timer.Timers;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.spi.Slots;
import java.util.concurrent.TimeUnit;

/**
 * What ends an invocation, and what becomes of its sandbox then: answers, exits, failures,
 * time-outs, refusals. Every path leads through {@link #finish}, once per invocation. Dispatcher
 * thread only.
 */
final class Outcomes {
  private static final Refusal PLATFORM_FAULT =
      Refusal.service("The sandbox was lost by a fault of the platform. Please try again.");
  static final Refusal CANCELLED = Refusal.cancelled();
  private static final Refusal WAITED_TOO_LONG =
      Refusal.throttled("ConcurrentInvocationLimitExceeded");

  /** Longest answer that is not streamed. */
  private static final int BUFFERED_BYTES_MAX = 6_291_556;

  /** So many bindings lost in a row, and the platform cannot serve that version. */
  private static final int BINDINGS_LOST_MAX = 8;

  private static final long COMING_CHECK_NS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long NS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Placement placement;
  private final Ledger ledger;
  private final Timers timers;
  private final Completions completions;
  private final InvocationRecorder recorder;
  private final Counters counters;
  private final Streams streams;
  private final long capacityWaitNs;
  private final long fastNs;
  private final Prefetched prefetched;

  /** The present, set by the dispatcher at the begin of each turn. */
  long nowNs;

  long epochMs;

  Outcomes(
      Placement placement,
      Ledger ledger,
      Timers timers,
      Completions completions,
      InvocationRecorder recorder,
      Counters counters,
      Streams streams,
      PlacementLimits limits) {
    this.placement = placement;
    this.ledger = ledger;
    this.timers = timers;
    this.completions = completions;
    this.recorder = recorder;
    this.counters = counters;
    this.streams = streams;
    capacityWaitNs = limits.capacityWaitNs();
    fastNs = limits.prefetch().fastNs();
    prefetched = new Prefetched(placement, timers, counters, this);
  }

  Prefetched prefetched() {
    return prefetched;
  }

  // ---- what drivers tell ----

  void ready(Sandbox sandbox, int slots, long bindNs, long initNs) {
    if (sandbox.state() == SandboxState.BINDING || sandbox.state() == SandboxState.RESTARTING) {
      recorder.initEnded(sandbox, InitStatus.SUCCESS, null, null, initNs, epochMs);
      placement.ready(sandbox, slots, bindNs, initNs, nowNs);
    }
  }

  void chunk(Sandbox sandbox, int slot, long sequence, int bytes) {
    PendingInvocation invocation = sandbox == null ? null : sandbox.running(slot);
    if (invocation == null || invocation.sequence != sequence) {
      counters.increment(Counter.LATE_ANSWERS);
      return;
    }
    invocation.noPrefetch();
    if (invocation.stream() != null) {
      streams.told(invocation, bytes, nowNs);
    }
  }

  /** Whether it was awaited; {@link #reusable} or {@link #dying} follows then. */
  boolean response(
      Sandbox sandbox,
      int slot,
      long sequence,
      boolean functionError,
      long logMark,
      int maxMemoryKb) {
    PendingInvocation invocation = sandbox == null ? null : sandbox.running(slot);
    if (invocation == null || invocation.sequence != sequence) {
      counters.increment(Counter.LATE_ANSWERS);
      return false;
    }
    measure(invocation);
    if (maxMemoryKb > 0) {
      sandbox.maxMemoryKb = maxMemoryKb;
    }
    invocation.noPrefetch();
    sandbox.version.sampleInvoke(invocation.invokeNs, fastNs);
    sandbox.version.sampleQuick(invocation.invokeNs);
    invocation.logMark = logMark;
    invocation.responseBuffer().endChunk();
    placement.leave(sandbox, slot, nowNs);
    if (endOfStream(invocation, functionError)) {
      invocation.functionError = true;
      finish(invocation, sandbox, Outcome.ERROR);
    } else {
      finish(invocation, sandbox, Outcome.SUCCESS);
    }
    return true;
  }

  void reusable(Sandbox sandbox) {
    placement.reusable(sandbox, nowNs, epochMs);
  }

  /** Its process ends by itself: nothing is offered to it before that is over. */
  void dying(Sandbox sandbox) {
    PendingInvocation first = sandbox.running(0);
    if (first != null) { // it lay behind the last, and has not begun
      prefetched.releaseBehind(first);
      prefetched.takeFirst(sandbox, first);
    }
    placement.dying(sandbox);
  }

  /** Parts the buffer into what was streamed and what is the answer; whether that is an error. */
  private boolean endOfStream(PendingInvocation invocation, boolean functionError) {
    ResponseBuffer buffer = invocation.responseBuffer();
    if (invocation.stream() == null) {
      if (functionError && buffer.errorStart() > 0) {
        buffer.drop(buffer.errorStart()); // the document is the answer
      }
      if (!functionError && buffer.length() > BUFFERED_BYTES_MAX) {
        tooLarge(invocation, BUFFERED_BYTES_MAX);
        return true;
      }
      return functionError;
    }
    streams.rest(invocation, functionError ? buffer.errorStart() : buffer.length(), nowNs);
    if (!functionError && streams.tooLong(invocation)) {
      tooLarge(invocation, streams.responseBytesMax());
      return true;
    }
    return functionError;
  }

  private static void tooLarge(PendingInvocation invocation, long bytesMax) {
    ErrorDocument document = ErrorDocument.responseTooLarge(bytesMax);
    answer(invocation, document.type(), document.json());
  }

  void initFailed(Sandbox sandbox, byte[] error, long initNs) {
    recorder.initEnded(sandbox, InitStatus.ERROR, null, error, initNs, epochMs);
    PendingInvocation inside = leftByInit(sandbox);
    if (inside != null) {
      fail(inside, sandbox, "Runtime.InitError", error);
    }
    placement.dying(sandbox);
  }

  void initRefused(Sandbox sandbox, String errorType, String text, long initNs) {
    recorder.initEnded(sandbox, InitStatus.ERROR, errorType, null, initNs, epochMs);
    PendingInvocation inside = leftByInit(sandbox);
    if (inside != null) {
      fail(inside, sandbox, errorType, ErrorDocument.notStarted(inside, errorType, text).json());
    }
    placement.dying(sandbox);
  }

  /**
   * The invocation inside which init failed; it is in no slot any more. Null: init failed in its
   * own time, and is done once more inside the first invocation that the environment is given, as
   * on Lambda.
   */
  private PendingInvocation leftByInit(Sandbox sandbox) {
    counters.increment(Counter.INIT_FAILURES);
    PendingInvocation inside = sandbox.running(0);
    if (inside != null) {
      measure(inside);
      placement.leave(sandbox, inside.slot, nowNs);
    }
    return inside;
  }

  /** The first that waits for a sandbox that is lost: it is answered with that. */
  private PendingInvocation blamed(Sandbox sandbox) {
    PendingInvocation blamed = sandbox.version.dequeue();
    if (blamed != null) {
      blamed.coldStart = true;
      blamed.sandbox = sandbox;
      blamed.slot = Slots.slot(sandbox.id, 0);
      recorder.started(blamed, epochMs);
    }
    return blamed;
  }

  /** Its process ended, or the sandbox broke its protocol, while it loaded the handler. */
  private void initBroken(Sandbox sandbox, String errorType) {
    PendingInvocation inside = sandbox.running(0);
    long sinceNs = inside == null ? sandbox.createdNs : inside.offeredNs;
    recorder.initEnded(sandbox, InitStatus.ERROR, errorType, null, nowNs - sinceNs, epochMs);
  }

  void exited(Sandbox sandbox, int status, int maxMemoryKb) {
    if (sandbox.state() == SandboxState.RESET) {
      return;
    }
    if (maxMemoryKb > 0) {
      sandbox.maxMemoryKb = maxMemoryKb;
    }
    if (sandbox.initializes()) {
      initBroken(sandbox, ErrorDocument.EXIT);
    }
    if (sandbox.state() == SandboxState.BINDING) {
      counters.increment(Counter.INIT_FAILURES); // it is done again inside an invocation
    }
    for (int i = 0; i < sandbox.slotCount(); i++) {
      PendingInvocation invocation = sandbox.running(i);
      if (invocation != null) {
        prefetched.releaseBehind(invocation);
        measure(invocation);
        placement.leave(sandbox, invocation.slot, nowNs);
        exit(invocation, sandbox, status);
      }
    }
    releaseHeld(sandbox);
    placement.exited(sandbox, nowNs);
  }

  void failed(Sandbox sandbox, Fault fault, String detail) {
    boolean violation = fault == Fault.VIOLATION;
    if (violation) {
      counters.increment(Counter.PROTOCOL_VIOLATIONS);
      if (sandbox.initializes()) {
        initBroken(sandbox, ErrorDocument.FAILURE);
      }
      if (sandbox.state() == SandboxState.BINDING) {
        PendingInvocation blamed = blamed(sandbox);
        if (blamed != null) {
          ErrorDocument document = ErrorDocument.sandboxFailure(blamed);
          fail(blamed, sandbox, document.type(), document.json());
        }
      }
    } else if (fault == Fault.NO_RUNTIME) {
      noRuntime(sandbox.version, detail);
    } else if (sandbox.state() == SandboxState.BINDING) {
      bindingLost(sandbox.version);
    }
    for (int i = 0; i < sandbox.slotCount(); i++) {
      PendingInvocation invocation = sandbox.running(i);
      if (invocation != null) {
        releaseUnlessBegun(invocation);
        measure(invocation);
        placement.leave(sandbox, invocation.slot, nowNs);
        if (violation) {
          ErrorDocument document = ErrorDocument.sandboxFailure(invocation);
          fail(invocation, sandbox, document.type(), document.json());
        } else {
          platformFault(invocation, sandbox);
        }
      }
    }
    releaseHeld(sandbox);
    placement.lost(sandbox, nowNs);
  }

  /** What lies behind an invocation is placed again, but for what has begun and is not heard of. */
  void releaseUnlessBegun(PendingInvocation invocation) {
    prefetched.releaseUnlessBegun(invocation, PLATFORM_FAULT);
  }

  /** The next binding would not succeed either: nobody waits for it. */
  private void noRuntime(VersionState version, String detail) {
    Refusal refusal = Refusal.runtime(detail);
    PendingInvocation waiting;
    while ((waiting = version.dequeue()) != null) {
      refuse(waiting, refusal);
    }
  }

  /**
   * The next binding may succeed, as after the keeper's death. If none ever does, each that is lost
   * has cost one invocation its answer: none waits for ever.
   */
  private void bindingLost(VersionState version) {
    if (version.bindingsLost == 0 || version.bindingLostNs != nowNs) {
      version.bindingsLost++;
      version.bindingLostNs = nowNs;
    }
    if (version.bindingsLost >= BINDINGS_LOST_MAX) {
      PendingInvocation blamed = version.dequeue();
      if (blamed != null) {
        refuse(blamed, PLATFORM_FAULT);
      }
    }
  }

  // ---- what the clock tells ----

  void expired(Timed timed) {
    switch (timed) {
      case PendingInvocation invocation -> {
        if (!invocation.settled && invocation.sandbox != null) {
          timedOut(invocation.sandbox.runningLongest());
        }
      }
      case Sandbox sandbox -> {
        if (sandbox.state() == SandboxState.BINDING) {
          counters.increment(Counter.INIT_TIMEOUTS);
          recorder.initEnded(
              sandbox, InitStatus.TIMEOUT, null, null, nowNs - sandbox.createdNs, epochMs);
          placement.reset(sandbox, Fault.INIT_TIMEOUT);
        }
      }
      case VersionState version -> waitedTooLong(version);
      case StreamedResponse stream -> streams.expired(stream, nowNs);
      default -> throw new IllegalStateException("no such timer: " + timed);
    }
  }

  /**
   * Time-outs of one sandbox end in the order in which it was handed its invocations: of those that
   * are due at once the first is the one that ran too long, and others may not have begun.
   */
  private void timedOut(PendingInvocation invocation) {
    Sandbox sandbox = invocation.sandbox;
    if (!prefetched.revokeBehind(invocation)) {
      // What lay behind it has begun, so it has answered: that is on its way, or a lie.
      timers.schedule(invocation, nowNs + NS_PER_MS);
      return;
    }
    counters.increment(Counter.TIMEOUTS);
    refuseBehind(invocation, PLATFORM_FAULT);
    if (sandbox.initializes()) {
      recorder.initEnded(
          sandbox, InitStatus.TIMEOUT, null, null, nowNs - invocation.offeredNs, epochMs);
    }
    measure(invocation);
    placement.leave(sandbox, invocation.slot, nowNs);
    for (int i = 0; i < sandbox.slotCount(); i++) {
      PendingInvocation other = sandbox.running(i);
      if (other != null) {
        giveBack(other, sandbox);
      }
    }
    if (!sandbox.driver.killable()) {
      invocation.charged = false; // the code runs on: the unit is released when it returns
      sandbox.unitsHeld++;
      counters.add(Counter.HANDLER_STUCK, 1);
    }
    ErrorDocument document = ErrorDocument.timedOut(invocation, sandbox.version.spec.timeoutNs());
    answer(invocation, document.type(), document.json());
    placement.reset(sandbox, Fault.TIMEOUT); // before the event is its caller's again
    finish(invocation, sandbox, Outcome.TIMEOUT);
  }

  /** What lies behind an invocation will never be known to have begun, or not. */
  void refuseBehind(PendingInvocation invocation, Refusal refusal) {
    PendingInvocation behind;
    while ((behind = invocation.behind) != null) {
      placement.takeBehind(behind);
      refuse(behind, refusal);
    }
  }

  /** Another invocation of a sandbox that ends: back to its line if it was not begun. */
  private void giveBack(PendingInvocation other, Sandbox sandbox) {
    timers.cancel(other);
    boolean revoked = sandbox.driver.revoke(other.slot, other.sequence);
    measure(other);
    placement.leave(sandbox, other.slot, nowNs);
    if (!revoked) {
      platformFault(other, sandbox);
    } else {
      placeAgain(other);
    }
  }

  /** It was handed over and has not begun: back to its place in the line. */
  void placeAgain(PendingInvocation invocation) {
    if (!placement.putBack(invocation)) {
      refuse(invocation, gone(invocation));
    } else if (invocation.isCancelled()) {
      refuseCancelled(invocation.version);
    }
  }

  /** What was cancelled and waits for that version. */
  void refuseCancelled(VersionState version) {
    PendingInvocation cancelled = version.dequeueCancelled();
    while (cancelled != null) {
      PendingInvocation following = cancelled.next;
      cancelled.next = null;
      refuse(cancelled, CANCELLED);
      cancelled = following;
    }
  }

  /** What is answered when the version is gone that an invocation waits for. */
  static Refusal gone(PendingInvocation invocation) {
    return Refusal.notFound(
        "Function not found: " + invocation.version.function.arn + ":" + invocation.version.label);
  }

  /**
   * Waiting for capacity has a limit, an init under way has one of its own: the first in line, one
   * for each coming sandbox, wait on.
   */
  private void waitedTooLong(VersionState version) {
    long latestNs = nowNs - capacityWaitNs;
    PendingInvocation expired;
    while ((expired = version.dequeueExpired(version.coming, latestNs)) != null) {
      refuse(expired, WAITED_TOO_LONG);
    }
    if (version.waitingHead != null) {
      // What comes may fail: the first in line are looked at again, however young the others are.
      long headNs = version.waitingHead.acceptedNs + capacityWaitNs;
      long againNs = headNs > nowNs ? headNs : nowNs + COMING_CHECK_NS;
      PendingInvocation next = version.waitingBehind(version.coming);
      long nextNs = next == null ? Long.MAX_VALUE : next.acceptedNs + capacityWaitNs;
      timers.schedule(version, Math.min(againNs, nextNs));
    }
  }

  // ---- the terminal answer ----

  /** It was not handed to a sandbox, and is answered with a refusal. */
  void refuse(PendingInvocation invocation, Refusal refusal) {
    invocation.refusal = refusal;
    invocation.queueNs = nowNs - invocation.acceptedNs;
    switch (refusal.statusCode()) {
      case 429 -> {
        counters.increment(Counter.THROTTLED);
        if (invocation.version != null) {
          invocation.version.function.figures.throttled();
        }
      }
      case 404 -> counters.increment(Counter.NOT_FOUND);
      case 499 -> counters.increment(Counter.CANCELLED);
      case 500 -> counters.increment(Counter.PLATFORM_FAULTS);
      default -> {}
    }
    finish(invocation, null, null);
  }

  /** It runs, or ran, in a sandbox that was lost by the platform's fault. */
  void platformFault(PendingInvocation invocation, Sandbox sandbox) {
    counters.increment(Counter.PLATFORM_FAULTS);
    invocation.responseBuffer().clear();
    invocation.executedVersion = null;
    invocation.refusal = PLATFORM_FAULT;
    finish(invocation, sandbox, Outcome.FAILURE);
  }

  private void exit(PendingInvocation invocation, Sandbox sandbox, int status) {
    counters.increment(Counter.EXITS);
    ErrorDocument document = ErrorDocument.exited(invocation, status);
    fail(invocation, sandbox, document.type(), document.json());
  }

  private void fail(PendingInvocation invocation, Sandbox sandbox, String type, byte[] document) {
    invocation.executedVersion = sandbox.version.label;
    answer(invocation, type, document);
    finish(invocation, sandbox, Outcome.FAILURE);
  }

  private static void answer(PendingInvocation invocation, String type, byte[] document) {
    invocation.responseBuffer().clear();
    invocation.responseBuffer().append(document, 0, document.length);
    invocation.responseBuffer().endChunk();
    invocation.functionError = true;
    invocation.errorType = type;
  }

  /** How long it ran; takes its timer back. */
  private void measure(PendingInvocation invocation) {
    timers.cancel(invocation);
    long sinceOffer = nowNs - invocation.offeredNs;
    invocation.invokeNs =
        invocation.initInside()
            ? Math.max(0, sinceOffer - invocation.bindNs - invocation.initNs)
            : sinceOffer;
  }

  /** The one place where an invocation settles. It must not be touched afterwards. */
  private void finish(PendingInvocation invocation, Sandbox sandbox, Outcome outcome) {
    if (invocation.settled) {
      throw new IllegalStateException("settled twice: " + invocation.requestId());
    }
    invocation.settled = true;
    if (invocation.stream() != null) {
      streams.ended(invocation.stream());
    }
    if (invocation.charged) {
      invocation.charged = false;
      ledger.release(invocation.version.function);
    }
    counters.increment(Counter.SETTLED);
    counters.add(Counter.IN_FLIGHT, -1);
    if (invocation.coldStart) {
      counters.increment(Counter.COLD_STARTS);
    }
    if (invocation.functionError) {
      counters.increment(Counter.FUNCTION_ERRORS);
    }
    if (sandbox != null) {
      invocation.maxMemoryKb = sandbox.maxMemoryKb;
      long billedNs = invocation.invokeNs + invocation.initNs;
      if (outcome == Outcome.TIMEOUT) {
        long initNs = invocation.initInside() ? 0 : invocation.initNs;
        billedNs = Math.min(billedNs, sandbox.version.spec.timeoutNs() + initNs);
      }
      boolean answered = outcome == Outcome.SUCCESS || outcome == Outcome.ERROR;
      long billedMs = (billedNs + NS_PER_MS - 1) / NS_PER_MS;
      invocation.billedMs = answered ? Math.max(1, billedMs) : billedMs;
      if (invocation.refusal == null) {
        sandbox.version.function.figures.ran(invocation.invokeNs, invocation.functionError);
      }
      if (recorder.settled(invocation, outcome, epochMs)) {
        return;
      }
    }
    completions.add(invocation);
  }

  private void releaseHeld(Sandbox sandbox) {
    while (sandbox.unitsHeld > 0) {
      sandbox.unitsHeld--;
      ledger.release(sandbox.version.function);
      counters.add(Counter.HANDLER_STUCK, -1);
    }
  }
}
