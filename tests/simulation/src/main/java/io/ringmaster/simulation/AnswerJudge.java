package io.ringmaster.simulation;

import io.ringmaster.api.Call;
import io.ringmaster.api.Refusal;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.simulation.SimulatedCall.Told;
import io.ringmaster.simulation.SimulatedFunction.Version;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;

/** Was this the right answer? */
final class AnswerJudge {
  /** A call is not given up before so many bindings were lost in a row. */
  private static final int BINDINGS_LOST_LEAST = 8;

  /** Shares need not be fair within less time. */
  private static final long FAIR_WITHIN_NS = 250_000_000;

  private static final String ARN =
      "arn:aws:lambda:" + RunShape.REGION + ":" + RunShape.ACCOUNT + ":function:";

  private final Referee referee;
  private final Concurrency concurrency;
  private final VirtualClock clock;
  private final RunShape shape;
  private long splits;
  private long splitSeconds;
  private double splitExpected;
  private double splitVariance;
  private long lastIdHigh;
  private long lastIdLow;
  private boolean timedOut;
  private boolean exited;

  AnswerJudge(Referee referee, Concurrency concurrency, VirtualClock clock, RunShape shape) {
    this.referee = referee;
    this.concurrency = concurrency;
    this.clock = clock;
    this.shape = shape;
  }

  /** Holds an answer against what is known of the call. */
  void judge(SimulatedCall call, Call answer, boolean duringSubmit) {
    Refusal refusal = answer.refusal();
    judgeIdentity(call, answer);
    timedOut = false;
    exited = false;
    if (call.offered && !referee.isAbandoned()) {
      judgeTimes(call, answer);
    }
    referee.streams().judge(call, answer);
    if (refusal != null) {
      if (answer.responseLength() > 0 || answer.executedVersion() != null) {
        referee.violation(call + " was refused, and has an answer: " + refusal);
      }
      judgeRefusal(call, answer, refusal, duringSubmit);
    } else if (!call.offered) {
      judgeBlamed(call, answer);
    } else if (answer.functionError()) {
      judgeFunctionError(call, answer);
    } else {
      judgeSuccess(call, answer);
    }
    if (call.offered && refusal == null && "split".equals(call.qualifierText)) {
      countSplit(call, answer);
    }
    referee.tally().answered(answer, duringSubmit, timedOut, exited);
  }

  /** Where the time went: to the nanosecond, since the clock stands still during a turn. */
  private void judgeTimes(SimulatedCall call, Call answer) {
    long now = clock.nowNs();
    SimulatedSandbox sandbox = call.sandbox;
    boolean cold = call.restarted ? call.restartReady : answer.coldStart();
    long bindNs = cold ? call.bindNs : 0;
    long initNs = cold ? call.initNs : 0;
    long ranNs = now - call.offeredNs;
    long invokeNs = call.restarted ? Math.max(0, ranNs - bindNs - initNs) : ranNs;
    boolean mustBeCold =
        call.restarted ? cold : call.firstAfterReady && call.takenNs <= call.readyNs;
    boolean mayBeCold =
        call.restarted ? cold : call.firstAfterReady && call.submittedNs <= call.readyNs;
    if (mustBeCold && !answer.coldStart() || !mayBeCold && answer.coldStart()) {
      referee.violation(
          call + " says of a cold start: " + answer.coldStart() + " in sandbox " + sandbox.id);
    } else if (answer.bindNs() != bindNs
        || answer.initNs() != initNs
        || answer.invokeNs() != invokeNs) {
      referee.violation(
          call
              + " says bind, init, invoke took "
              + answer.bindNs()
              + ", "
              + answer.initNs()
              + ", "
              + answer.invokeNs()
              + " ns; it was "
              + bindNs
              + ", "
              + initNs
              + ", "
              + invokeNs);
    }
    long leastQueueNs = answer.coldStart() && !call.restarted ? 0 : call.offeredNs - call.takenNs;
    if (answer.queueNs() < leastQueueNs || answer.queueNs() > call.offeredNs - call.submittedNs) {
      referee.violation(call + " says that it waited for " + answer.queueNs() + " ns");
    }
    long billedNs = invokeNs + initNs;
    if (text(answer).contains("Sandbox.Timedout")) {
      billedNs = Math.min(billedNs, sandbox.spec.timeoutNs() + (call.restarted ? 0 : initNs));
    }
    boolean answered = call.told == Told.RESPONSE || call.told == Told.FUNCTION_ERROR;
    long leastMs = answered ? 1 : 0;
    if (answer.billedMs() != Math.max(leastMs, (billedNs + 999_999) / 1_000_000)) {
      referee.violation(call + " is billed " + answer.billedMs() + " ms");
    }
  }

  /** A sandbox was lost before anything was handed over: one that waited is answered with it. */
  private void judgeBlamed(SimulatedCall call, Call answer) {
    Version version = call.function.labelled(answer.executedVersion());
    if (!answer.functionError() || version == null || version.initFaults == 0) {
      referee.violation(call + " was answered but never handed to a sandbox");
    } else {
      version.initFaults--;
      if (!answer.coldStart() || !text(answer).contains("Sandbox.Failure")) {
        referee.violation(call + " waited for a sandbox that was lost; it says " + text(answer));
      }
      referee.blamed();
    }
  }

  private void judgeSuccess(SimulatedCall call, Call answer) {
    if (call.told != Told.RESPONSE) {
      referee.violation(
          call + " succeeded; the driver told " + call.told + ", reset for " + call.forgotten);
      return;
    }
    boolean streamed = call.streaming;
    if (referee.streams().tooLong(call)) {
      referee.violation(call + " succeeded although its stream is too long");
    }
    if (answer.responseLength() != (streamed ? 0 : call.toldBytes)) {
      referee.violation(
          call
              + " has "
              + answer.responseLength()
              + " bytes; its function wrote "
              + call.toldBytes);
    } else if (AnswerWriter.firstWrong(call.number, 0, answer.response(), answer.responseLength())
        >= 0) {
      referee.violation(
          call + " has the answer of call " + ByteBuffer.wrap(answer.response()).getLong());
    }
    int chunks = answer.chunkCount();
    if (!streamed
        && (chunks != call.toldChunks || answer.chunkEnd(chunks - 1) != answer.responseLength())) {
      referee.violation(call + " has " + chunks + " chunks; its function wrote " + call.toldChunks);
    }
    if (answer.maxMemoryMb() != 10) {
      referee.violation(call + " says that it used " + answer.maxMemoryMb() + " MiB");
    }
    checkVersion(call, answer);
  }

  private void checkVersion(SimulatedCall call, Call answer) {
    Version ran = referee.version(call.ranVersionId);
    if (ran == null || !ran.definition.label().equals(answer.executedVersion())) {
      referee.violation(
          call
              + " says that version "
              + answer.executedVersion()
              + " ran; it was "
              + call.ranVersionId);
    }
  }

  private void judgeFunctionError(SimulatedCall call, Call answer) {
    checkVersion(call, answer);
    call.holdsUnit = false;
    if (call.told == Told.FUNCTION_ERROR) {
      if (answer.responseLength() != call.documentBytes
          || AnswerWriter.firstWrong(call.number, 0, answer.response(), answer.responseLength())
              >= 0
          || call.toldErrorType != null && !call.toldErrorType.equals(answer.errorType())) {
        referee.violation(call + " has an error document that its function did not write");
      }
      return;
    }
    String document = text(answer);
    String request =
        "RequestId: " + new UUID(answer.requestIdHigh(), answer.requestIdLow()) + " Error: ";
    String wanted =
        switch (call.told) {
          case INIT_FAILED -> "Runtime.ImportModuleError";
          case EXITED -> "Runtime.ExitError\",\"errorMessage\":\"" + request + "Runtime exited";
          case VIOLATED -> "Sandbox.Failure\",\"errorMessage\":\"" + request + "Sandbox failed";
          case RESPONSE ->
              referee.streams().tooLong(call) ? "Function.ResponseSizeTooLarge" : "a success";
          case NOTHING -> isTimedOut(call) ? timedOutText(call, request) : "another answer";
          default -> "a success";
        };
    exited = call.told == Told.EXITED;
    timedOut = call.told == Told.NOTHING;
    if (!document.startsWith("{\"errorType\":\"" + wanted)) {
      referee.violation(
          call
              + " is answered with "
              + document
              + "; expected was "
              + wanted
              + "; reset for "
              + call.forgotten);
    }
    if (call.told == Told.NOTHING && !call.sandbox.driver.killable()) {
      call.holdsUnit = true;
    }
  }

  private static String text(Call answer) {
    return new String(answer.response(), 0, answer.responseLength(), StandardCharsets.UTF_8);
  }

  private static String timedOutText(SimulatedCall call, String request) {
    return "Sandbox.Timedout\",\"errorMessage\":\""
        + request
        + String.format(
            Locale.ROOT, "Task timed out after %.2f seconds", call.timeoutNs / 1_000_000_000.0);
  }

  private static boolean isTimedOut(SimulatedCall call) {
    return call.forgotten == Fault.TIMEOUT && !call.forgottenInTime;
  }

  private void judgeRefusal(
      SimulatedCall call, Call answer, Refusal refusal, boolean duringSubmit) {
    long sinceTakenNs = call.admitted ? clock.nowNs() - call.takenNs : 0;
    if (!call.offered
        && !duringSubmit
        && (answer.queueNs() < sinceTakenNs
            || answer.queueNs() > clock.nowNs() - call.submittedNs)) {
      referee.violation(call + " says that it waited for " + answer.queueNs() + " ns");
    }
    if (refusal.statusCode() == 500 && referee.mayRefuseAsClosing(call)) {
      return;
    }
    if (duringSubmit) {
      if (call.acceptedSinceRest <= shape.acceptRingSize) {
        referee.violation(call + " was refused at the door, which had room: " + refusal);
      }
      return;
    }
    switch (refusal.statusCode()) {
      case 404 -> judgeNotFound(call, refusal);
      case 413 -> {
        if (!call.tooLarge) {
          referee.violation(call + " is not too large: " + refusal.message());
        }
      }
      case 429 -> judgeThrottle(call, refusal);
      case 499 -> {
        if (call.givenUpStep < 0 || call.offered) {
          referee.violation(call + " was answered as one that its caller gave up");
        }
      }
      case 500 -> {
        boolean besideTimedOut = call.forgotten == Fault.TIMEOUT && call.function.slots > 1;
        boolean lost = call.told == Told.LOST || call.lostInDoubt;
        if (!lost && !besideTimedOut && !neverBound(call)) {
          referee.violation(
              call + " ended as a platform fault: told " + call.told + ", " + refusal.message());
        }
      }
      default -> referee.violation(call + " was refused: " + refusal);
    }
  }

  private void judgeNotFound(SimulatedCall call, Refusal refusal) {
    SimulatedFunction function = call.function;
    if (call.known && !function.gone) {
      referee.violation(call + " of a known function was answered with 404: " + refusal.message());
    }
    String name = "Function not found: " + ARN + call.functionText + ":";
    String qualifier = call.qualifierText == null ? "$LATEST" : call.qualifierText;
    // Nobody sees whether a call was taken when more waited behind it than one turn takes.
    boolean right =
        call.admitted || call.known
            ? refusal.message().startsWith(name)
            : refusal.message().equals(name + qualifier);
    if (!right || !refusal.code().equals("ResourceNotFoundException")) {
      referee.violation(call + " was answered with " + refusal);
    }
  }

  /** The ARN as the caller qualified it. */
  static String arn(SimulatedCall call) {
    String arn = ARN + call.functionText;
    return call.qualifierText == null ? arn : arn + ":" + call.qualifierText;
  }

  /** Weighted aliases went the way of their weights, as far as chance lets one say. */
  void judgeSplit() {
    double tolerance = 8 * Math.sqrt(splitVariance) + 0.2 * splits;
    if (splits >= 50 && Math.abs(splitSeconds - splitExpected) > tolerance) {
      referee.violation(
          splitSeconds
              + " of "
              + splits
              + " calls went to second versions; expected were "
              + Math.round(splitExpected));
    }
  }

  private void countSplit(SimulatedCall call, Call answer) {
    double weight = call.function.definition.aliases().get("split").secondWeight();
    splits++;
    splitExpected += weight;
    splitVariance += weight * (1 - weight);
    splitSeconds += answer.executedVersion().equals("2") ? 1 : 0;
  }

  private void judgeIdentity(SimulatedCall call, Call answer) {
    long high = answer.requestIdHigh();
    long low = answer.requestIdLow();
    if ((high >>> 12 & 0xf) != 4 || low >>> 62 != 2) {
      referee.violation(call + " has a request id that is no random UUID: " + new UUID(high, low));
    }
    if (high == lastIdHigh && low == lastIdLow) {
      referee.violation(call + " has the request id of another one: " + new UUID(high, low));
    }
    lastIdHigh = high;
    lastIdLow = low;
  }

  /** The platform could not bind a sandbox for it, again and again. */
  private static boolean neverBound(SimulatedCall call) {
    boolean lost = false;
    for (Version version : call.function.versions) {
      boolean meant = call.label == null || call.label.equals(version.definition.label());
      lost |= meant && version.bindingsLost >= BINDINGS_LOST_LEAST;
    }
    return lost && !call.offered;
  }

  private void judgeThrottle(SimulatedCall call, Refusal refusal) {
    if (call.offered) {
      referee.violation(call + " was throttled after it had been handed over");
      return;
    }
    SimulatedFunction function = call.function;
    if (!call.known || function.changedSince(call.submittedNs)) {
      return;
    }
    if (call.admitted) {
      long waitedNs = clock.nowNs() - call.submittedNs;
      if (waitedNs < shape.capacityWaitNs) {
        referee.violation(
            call + " was throttled after a wait of " + waitedNs + " ns: " + refusal.reason());
      }
      judgeStarved(call);
      return;
    }
    boolean reserved = refusal.reason().startsWith("Reserved");
    if (reserved != function.reserved() >= 0) {
      referee.violation(call + ": wrong Reason " + refusal.reason());
    } else if (reserved && function.inUse() < function.reserved()) {
      referee.violation(
          call
              + " was throttled with "
              + function.inUse()
              + " of "
              + function.reserved()
              + " reserved units in use");
    } else if (!reserved
        && concurrency.unreservedInUse() < shape.accountConcurrency - concurrency.reservedSum()) {
      referee.violation(
          call
              + " was throttled with "
              + concurrency.unreservedInUse()
              + " of "
              + (shape.accountConcurrency - concurrency.reservedSum())
              + " unreserved units in use");
    }
  }

  /** It waited as long as calls may: was its version passed over? */
  private void judgeStarved(SimulatedCall call) {
    Version version = referee.exactVersion(call);
    if (version == null || version.live > 0 || version.lastLiveNs >= call.submittedNs) {
      return;
    }
    if (clock.nowNs() - call.submittedNs < FAIR_WITHIN_NS) {
      return;
    }
    int versions = referee.versionCount();
    long others = referee.handovers().offers() - call.offersAtSubmit;
    long otherPrepares = referee.preparesCount() - call.preparesAtSubmit;
    if (others > 200 + 10L * versions || otherPrepares > 60 + 8L * versions) {
      referee.violation(
          call
              + " starved: "
              + others
              + " others were served, "
              + otherPrepares
              + " environments given meanwhile");
    }
  }
}
