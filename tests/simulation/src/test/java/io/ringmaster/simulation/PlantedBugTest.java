package io.ringmaster.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bugs that a dispatcher, or asynchronous invocation, could have, planted one at a time into the
 * real one: the simulator finds each.
 */
class PlantedBugTest {
  private static final long WITHIN_NS = TimeUnit.SECONDS.toNanos(60);
  private static final int INVOCATIONS = 625;
  private static final Pattern AGAIN =
      Pattern.compile(
          "again: --seed (?<seed>\\d+) --runs 1 --faults (?<mix>[a-z-]+) --invocations"
              + " (?<count>\\d+)");
  private static final String CORE = "io.ringmaster.core.";
  private static final String OUTCOMES = CORE + "dispatch.Outcomes";
  private static final String STREAMS = CORE + "dispatch.Streams";
  private static final String PLACEMENT = CORE + "place.Placement";
  private static final String OFFERS = CORE + "place.Offers";
  private static final String EVENT = CORE + "event.";
  private static final String PREFETCHED = CORE + "dispatch.Prefetched";

  /** What is planted, and what the simulator has to say about it. */
  enum Bug {
    DROPPED_WAKE(
        "asleep",
        Mutation.in(CORE + "accept.RingingWaitStrategy", "signalAllWhenBlocking")
            .withoutCall("wake", 1, 1)),
    DOUBLE_SETTLE(
        "settled twice",
        Mutation.in(CORE + "model.PendingInvocation", "release").withCallTwice("settled")),
    MISSING_SETTLE("never settled", Mutation.in(OUTCOMES, "exited").withoutCall("exit", 1, 1)),
    LEAKED_LEDGER_UNIT(
        "units in use|ledger units", Mutation.in(OUTCOMES, "finish").withoutCall("release", 1, 1)),
    LEAKED_LEDGER_UNIT_OF_STUCK_HANDLER(
        "unit", Mutation.in(OUTCOMES, "releaseHeld").withoutCall("release", 1, 1)),
    SLOT_USED_TWICE(
        "slot used twice|settled twice|this.running",
        Mutation.in(CORE + "model.Sandbox", "vacate").withoutCall("index", 1, 1)),
    LIMIT_OFF_BY_ONE(
        "reserved",
        Mutation.in(CORE + "admit.Ledger", "charge")
            .withBranch(Opcode.IF_ICMPLT, Opcode.IF_ICMPLE, 1, 2)),
    ACCOUNT_LIMIT_OFF_BY_ONE(
        "unreserved",
        Mutation.in(CORE + "admit.Ledger", "charge")
            .withBranch(Opcode.IF_ICMPLT, Opcode.IF_ICMPLE, 2, 2)),
    TIMER_NOT_CANCELLED("timer", Mutation.in(OUTCOMES, "measure").withoutCall("cancel", 1, 1)),
    INIT_TIMER_NOT_CANCELLED("timers", Mutation.in(PLACEMENT, "ready").withoutCall("cancel", 1, 1)),
    LATE_ANSWER_ACCEPTED(
        "the driver told|is answered with|slot used twice",
        Mutation.in(OUTCOMES, "response").withEqualLongs()),
    VERSION_STARVED("starve", Mutation.in(PLACEMENT, "settleDown").withoutCall("yields", 1, 1)),
    RESET_LOSES_QUEUE("is idle", Mutation.in(PLACEMENT, "exited").withoutCall("settleDown", 1, 1)),
    LOST_CREDIT("credit", Mutation.in(STREAMS, "credit").withoutCall("credit", 1, 1)),
    CREDIT_WITHOUT_WAKE(
        "asleep", Mutation.in(CORE + "settle.CreditStack", "accept").withoutCall("wake", 1, 1)),
    CANCEL_WITHOUT_WAKE(
        "asleep", Mutation.in(CORE + "accept.Cancellations", "push").withoutCall("wake", 1, 1)),
    CANCELLED_CALL_WAITS_ON(
        "given it up|gave it up",
        Mutation.in(CORE + "dispatch.Dispatcher", "giveUpWhatWasCancelled")
            .withoutCall("refuseCancelled", 1, 1)),
    CANCELLED_CALL_TAKEN_FROM_THE_RING(
        "given it up|gave it up",
        Mutation.in(CORE + "dispatch.Dispatcher", "admit").withoutCall("isCancelled", 1, 1)),
    CREDIT_OF_ANOTHER_STREAM("credit", Mutation.in(STREAMS, "ended").withoutWriteTo("invocation")),
    CHUNK_AFTER_TERMINAL(
        "lateAnswers|threw|wrong bytes", Mutation.in(OUTCOMES, "chunk").withEqualLongs()),
    LAST_PART_LOST(
        "bytes of its stream", Mutation.in(OUTCOMES, "endOfStream").withoutCall("rest", 1, 1)),
    ENVIRONMENT_LEAKED("environments", Mutation.in(PLACEMENT, "drop").withoutCall("discard", 1, 1)),
    PREFETCHED_AGAIN_AND_AGAIN(
        "behind another one again",
        Mutation.in(OFFERS, "placeBehind").withoutWriteTo("prefetchTried")),
    PREFETCHED_WITHOUT_A_BEGIN(
        "recorder", Mutation.in(PLACEMENT, "reusable").withoutCall("begin", 1, 1)),
    BEGUN_LATE_WITH_AN_OLD_CLOCK(
        "invoke took|time-out", Mutation.in(PREFETCHED, "taken").withoutCall("begunLate", 1, 1)),
    NOT_REVOKED_BEHIND_A_SLOW_ONE(
        "too long|rest",
        Mutation.in(CORE + "dispatch.Dispatcher", "expireWhatAged")
            .withoutCall("revokeOverdue", 1, 1)),
    REVOKED_AND_FORGOTTEN(
        "never settled|is idle|gave it up|time-out",
        Mutation.in(PREFETCHED, "release").withoutCall("placeAgain", 1, 1)),
    REVOKED_AND_LAST_IN_LINE(
        "had been taken back|came later",
        Mutation.in(PLACEMENT, "enqueue").withoutWriteTo("ticket")),
    CANCELLED_AND_NOT_REVOKED(
        "given it up|gave it up",
        Mutation.in(CORE + "dispatch.Dispatcher", "giveUpWhatWasCancelled")
            .withoutCall("revoke", 1, 1)),
    LOST_WITH_THE_PROCESS(
        "is idle|never settled|timers|slot used twice|Index -1 out of bounds",
        Mutation.in(OUTCOMES, "exited").withoutCall("releaseBehind", 1, 1)),
    SKIPPED_AND_KEPT(
        "has a timer|is idle|timers",
        Mutation.in(PREFETCHED, "skipped").withoutCall("takeFirst", 1, 1)),
    ENDED_OVER_ONE_THAT_HAD_NOT_BEGUN(
        "its sandbox was ended|longer than its time-out",
        Mutation.in(OUTCOMES, "timedOut").withoutCall("revokeBehind", 1, 1)),
    REVOKED_AND_RUN(
        "from NONE to FIRST|takeBehind|\"behind\" because|slot used twice",
        Mutation.in(CORE + "model.Sandbox", "takeBehind").withoutWriteTo("behind", 1, 3)),
    REVOKED_AND_THOSE_BEFORE_IT_LOST(
        "recorder|never settled|timers|wrongly",
        Mutation.in(CORE + "model.Sandbox", "takeBehind").withJump(Opcode.IF_ACMPEQ)),
    IN_DOUBT_AND_PLACED_AGAIN(
        "is idle|recorder|lay behind|gave it up|taken back",
        Mutation.in(PREFETCHED, "revoke").withBranch(Opcode.IFNE, Opcode.IFEQ, 1, 1)),
    SKIPPED_AND_THE_CHAIN_BEHIND_IT_FORGOTTEN(
        "recorder|never settled|timers|handed over twice|was discarded",
        Mutation.in(PREFETCHED, "skipped").withBranch(Opcode.IFNE, Opcode.IFEQ, 1, 1)),
    OVERDUE_AND_FORGOTTEN_SINCE_ANOTHER_RUNS(
        "too long", Mutation.in(OFFERS, "begin").withInstead("add", PlantedBugTest::forgetLaden)),
    ALL_BEHIND_A_LONG_ONE(
        "was placed behind",
        Mutation.in(OFFERS, "isSoonDone").withBranch(Opcode.IFGT, Opcode.IFLE, 1, 2)),
    EVENT_SETTLED_BEFORE_IT_RAN(
        "event was lost|does not have|recorded in time",
        Mutation.in(EVENT + "Attempts", "invoke").withInstead("begun", PlantedBugTest::settle),
        Mutation.in(EVENT + "Attempts$Handover", "next").withoutCall("settle", 1, 1)),
    EVENT_RETRY_NOT_RECORDED(
        "recorded in time", Mutation.in(EVENT + "Attempts", "outcome").withoutCall("retry", 1, 1)),
    EVENT_RETRY_FORGOTTEN_AT_RESTART(
        "before its time", Mutation.in(EVENT + "RecoveredEvents", "owed").withoutCall("min", 1, 1)),
    EVENT_ERRORS_FORGOTTEN_AT_RESTART(
        "errors|before its time",
        Mutation.in(EVENT + "EventAgent", "add").withoutCall("errors", 1, 1));

    final String symptom;
    final Mutation[] mutations;

    Bug(String symptom, Mutation... mutations) {
      this.symptom = symptom;
      this.mutations = mutations;
    }
  }

  /** In the class of attempts: the journal is told that the event is done. */
  private static void settle(CodeBuilder code) {
    ClassDesc attempts = ClassDesc.of(EVENT + "Attempts");
    ClassDesc table = ClassDesc.of(EVENT + "EventTable");
    ClassDesc journal = ClassDesc.of("io.ringmaster.persistence.spi.Journal");
    code.aload(0).getfield(attempts, "journal", journal);
    code.aload(0).getfield(attempts, "table", table).iload(1);
    code.invokevirtual(
        table, "handle", MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_int));
    code.invokeinterface(
        journal, "settle", MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long));
  }

  /** In the class of offers, as something begins in a sandbox: what lies there is not looked at. */
  private static void forgetLaden(CodeBuilder code) {
    ClassDesc laden = ClassDesc.of(CORE + "place.Laden");
    ClassDesc sandbox = ClassDesc.of(CORE + "model.Sandbox");
    code.aload(0).getfield(ClassDesc.of(OFFERS), "laden", laden).aload(6);
    code.invokevirtual(laden, "remove", MethodTypeDesc.of(ConstantDescs.CD_void, sandbox));
  }

  @ParameterizedTest
  @EnumSource(Bug.class)
  void isFoundAndReproduced(Bug bug) {
    Function<List<String>, List<String>> probe = probe(bug.mutations);
    long beganNs = System.nanoTime();
    for (long seed = 1; System.nanoTime() - beganNs < WITHIN_NS; seed++) {
      for (FaultMix mix : FaultMix.values()) {
        List<String> violations = probe.apply(run(seed, INVOCATIONS, mix.word()));
        if (!violations.isEmpty()) {
          String first = violations.get(0);
          assertTrue(first.matches(".*(" + bug.symptom + ").*"), first);
          Matcher again = AGAIN.matcher(first);
          assertTrue(again.find(), first);
          assertEquals(
              first,
              probe
                  .apply(List.of(again.group("seed"), again.group("count"), again.group("mix")))
                  .get(0));
          return;
        }
      }
    }
    throw new AssertionError(bug + " was not found");
  }

  @Test
  void withoutABugTheSameProbeFindsNothing() {
    Function<List<String>, List<String>> probe =
        probe(Mutation.in("none", "none").withoutCall("none", 1, 1));
    for (FaultMix mix : FaultMix.values()) {
      assertEquals(List.of(), probe.apply(run(1, INVOCATIONS, mix.word())));
    }
  }

  @Test
  void aBugWhosePlaceIsGoneFailsLoudly() {
    Function<List<String>, List<String>> probe =
        probe(Mutation.in(OUTCOMES, "finish").withoutCall("noSuchMethod", 1, 1));
    IllegalStateException thrown =
        assertThrows(IllegalStateException.class, () -> probe.apply(run(1, INVOCATIONS, "none")));
    assertTrue(thrown.getMessage().contains("Outcomes.finish has 0 places"), thrown.getMessage());
  }

  private static List<String> run(long seed, int invocations, String mix) {
    return List.of(Long.toString(seed), Integer.toString(invocations), mix);
  }

  @SuppressWarnings("unchecked")
  private static Function<List<String>, List<String>> probe(Mutation... mutations) {
    try {
      return (Function<List<String>, List<String>>)
          new MutantLoader(mutations)
              .loadClass(Probe.class.getName())
              .getConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
