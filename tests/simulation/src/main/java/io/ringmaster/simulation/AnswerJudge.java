package io.ringmaster.simulation;

import io.ringmaster.api.Call;
import io.ringmaster.api.Refusal;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.simulation.SimulatedCall.Told;
import io.ringmaster.simulation.SimulatedFunction.Version;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Was this the right answer? */
final class AnswerJudge {
  private final Referee referee;
  private final VirtualClock clock;
  private final RunShape shape;

  AnswerJudge(Referee referee, VirtualClock clock, RunShape shape) {
    this.referee = referee;
    this.clock = clock;
    this.shape = shape;
  }

  /** Holds an answer against what is known of the call. */
  void judge(SimulatedCall call, Call answer, boolean duringSubmit) {
    Refusal refusal = answer.refusal();
    if (refusal != null) {
      judgeRefusal(call, refusal, duringSubmit);
    } else if (!call.offered) {
      judgeBlamed(call, answer);
    } else if (answer.functionError()) {
      judgeFunctionError(call, answer);
    } else {
      judgeSuccess(call, answer);
    }
  }

  /** An init failed before anything was handed over: one that waited is answered with it. */
  private void judgeBlamed(SimulatedCall call, Call answer) {
    Version version = call.function.labelled(answer.executedVersion());
    if (!answer.functionError() || version == null || version.initFaults == 0) {
      referee.violation(call + " was answered but never handed to a sandbox");
    } else {
      version.initFaults--;
    }
  }

  private void judgeSuccess(SimulatedCall call, Call answer) {
    if (call.told != Told.RESPONSE) {
      referee.violation(
          call + " succeeded; the driver told " + call.told + ", reset for " + call.forgotten);
      return;
    }
    if (answer.responseLength() != call.toldBytes) {
      referee.violation(
          call
              + " has "
              + answer.responseLength()
              + " bytes; its function wrote "
              + call.toldBytes);
    } else if (ByteBuffer.wrap(answer.response()).getLong() != call.number) {
      referee.violation(
          call + " has the answer of call " + ByteBuffer.wrap(answer.response()).getLong());
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
      if (answer.responseLength() != call.toldBytes
          || ByteBuffer.wrap(answer.response()).getLong() != call.number) {
        referee.violation(call + " has an error document that its function did not write");
      }
      return;
    }
    String document =
        new String(answer.response(), 0, answer.responseLength(), StandardCharsets.UTF_8);
    String wanted =
        switch (call.told) {
          case INIT_FAILED -> "Runtime.ImportModuleError";
          case EXITED -> "Runtime.ExitError";
          case VIOLATED -> "Sandbox.Failure";
          case NOTHING -> timedOut(call) ? "Sandbox.Timedout" : "another sort of answer";
          default -> "a success";
        };
    if (!document.contains(wanted)) {
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

  private static boolean timedOut(SimulatedCall call) {
    return call.forgotten == Fault.TIMEOUT && !call.forgottenInTime;
  }

  private void judgeRefusal(SimulatedCall call, Refusal refusal, boolean duringSubmit) {
    if (duringSubmit) {
      if (call.acceptedSinceRest <= shape.acceptRingSize) {
        referee.violation(call + " was refused at the door, which had room: " + refusal);
      }
      return;
    }
    switch (refusal.statusCode()) {
      case 404 -> {
        if (call.known && !call.function.changedSince(call.submittedNs)) {
          referee.violation(
              call + " of a known function was answered with 404: " + refusal.message());
        }
      }
      case 429 -> judgeThrottle(call, refusal);
      case 500 -> {
        boolean besideTimedOut = call.forgotten == Fault.TIMEOUT && call.function.slots > 1;
        if (call.told != Told.LOST && !besideTimedOut) {
          referee.violation(
              call + " ended as a platform fault: told " + call.told + ", " + refusal.message());
        }
      }
      default -> referee.violation(call + " was refused: " + refusal);
    }
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
        && referee.unreservedInUse() < shape.accountConcurrency - referee.reservedSum()) {
      referee.violation(
          call
              + " was throttled with "
              + referee.unreservedInUse()
              + " of "
              + (shape.accountConcurrency - referee.reservedSum())
              + " unreserved units in use");
    }
  }

  /** It waited as long as calls may: was its version passed over? */
  private void judgeStarved(SimulatedCall call) {
    Version version = referee.exactVersion(call);
    if (version == null || version.live > 0 || version.lastLiveNs >= call.submittedNs) {
      return;
    }
    long others = referee.offersCount() - call.offersAtSubmit;
    long otherPrepares = referee.preparesCount() - call.preparesAtSubmit;
    if (others > 200 + 10L * referee.versionCount()
        || otherPrepares > 20 + 3L * referee.versionCount()) {
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
