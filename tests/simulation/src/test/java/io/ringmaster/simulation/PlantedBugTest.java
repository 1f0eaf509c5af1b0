package io.ringmaster.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.classfile.Opcode;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bugs that a dispatcher could have, planted one at a time into the real one: the simulator finds
 * each.
 */
class PlantedBugTest {
  private static final long WITHIN_NS = TimeUnit.SECONDS.toNanos(60);
  private static final String CORE = "io.ringmaster.core.";
  private static final String OUTCOMES = CORE + "dispatch.Outcomes";
  private static final String PLACEMENT = CORE + "place.Placement";

  /** What is planted, and what the simulator has to say about it. */
  enum Bug {
    DROPPED_WAKE(
        Mutation.in(CORE + "accept.RingingWaitStrategy", "signalAllWhenBlocking")
            .withoutCall("wake", 1, 1),
        "asleep"),
    DOUBLE_SETTLE(
        Mutation.in(CORE + "model.PendingInvocation", "release").withCallTwice("settled"),
        "settled twice"),
    MISSING_SETTLE(Mutation.in(OUTCOMES, "exited").withoutCall("exit", 2, 2), "never settled"),
    LEAKED_LEDGER_UNIT(
        Mutation.in(OUTCOMES, "finish").withoutCall("release", 1, 1), "units in use"),
    LEAKED_LEDGER_UNIT_OF_STUCK_HANDLER(
        Mutation.in(OUTCOMES, "releaseHeld").withoutCall("release", 1, 1), "unit"),
    SLOT_USED_TWICE(
        Mutation.in(CORE + "model.Sandbox", "occupy").withoutWriteTo("free"), "slot used twice"),
    LIMIT_OFF_BY_ONE(
        Mutation.in(CORE + "admit.Ledger", "charge")
            .withBranch(Opcode.IF_ICMPLT, Opcode.IF_ICMPLE, 1, 2),
        "reserved"),
    ACCOUNT_LIMIT_OFF_BY_ONE(
        Mutation.in(CORE + "admit.Ledger", "charge")
            .withBranch(Opcode.IF_ICMPLT, Opcode.IF_ICMPLE, 2, 2),
        "unreserved"),
    TIMER_NOT_CANCELLED(Mutation.in(OUTCOMES, "measure").withoutCall("cancel", 1, 1), "timer"),
    INIT_TIMER_NOT_CANCELLED(Mutation.in(PLACEMENT, "ready").withoutCall("cancel", 1, 1), "timers"),
    LATE_ANSWER_ACCEPTED(Mutation.in(OUTCOMES, "response").withEqualLongs(), "the driver told"),
    VERSION_STARVED(Mutation.in(PLACEMENT, "settleDown").withoutCall("yields", 1, 1), "starved"),
    RESET_LOSES_QUEUE(Mutation.in(PLACEMENT, "exited").withoutCall("settleDown", 1, 1), "is idle"),
    ENVIRONMENT_LEAKED(Mutation.in(PLACEMENT, "drop").withoutCall("discard", 1, 1), "environments");

    final Mutation mutation;
    final String symptom;

    Bug(Mutation mutation, String symptom) {
      this.mutation = mutation;
      this.symptom = symptom;
    }
  }

  @ParameterizedTest
  @EnumSource(Bug.class)
  void isFound(Bug bug) {
    BiFunction<Long, String, List<String>> probe = probe(bug.mutation);
    long beganNs = System.nanoTime();
    for (long seed = 1; System.nanoTime() - beganNs < WITHIN_NS; seed++) {
      for (FaultMix mix : FaultMix.values()) {
        List<String> violations = probe.apply(seed, mix.word());
        if (!violations.isEmpty()) {
          assertTrue(violations.get(0).contains(bug.symptom), violations.get(0));
          assertEquals(violations, probe.apply(seed, mix.word()), "the seed reproduces");
          return;
        }
      }
    }
    throw new AssertionError(bug + " was not found");
  }

  @Test
  void withoutABugTheSameProbeFindsNothing() {
    BiFunction<Long, String, List<String>> probe =
        probe(Mutation.in("none", "none").withoutCall("none", 1, 1));
    for (FaultMix mix : FaultMix.values()) {
      assertEquals(List.of(), probe.apply(1L, mix.word()));
    }
  }

  @Test
  void aBugWhosePlaceIsGoneFailsLoudly() {
    BiFunction<Long, String, List<String>> probe =
        probe(Mutation.in(OUTCOMES, "finish").withoutCall("noSuchMethod", 1, 1));
    IllegalStateException thrown =
        assertThrows(IllegalStateException.class, () -> probe.apply(1L, "none"));
    assertFalse(thrown.getMessage().isEmpty());
  }

  @SuppressWarnings("unchecked")
  private static BiFunction<Long, String, List<String>> probe(Mutation mutation) {
    try {
      return (BiFunction<Long, String, List<String>>)
          new MutantLoader(mutation)
              .loadClass(Probe.class.getName())
              .getConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
