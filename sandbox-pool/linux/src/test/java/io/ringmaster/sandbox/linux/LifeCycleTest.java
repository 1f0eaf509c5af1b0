package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** The two tables of transitions. */
class LifeCycleTest {
  @Test
  void everyProcessEnds() {
    for (ProcessState state : ProcessState.values()) {
      EnumSet<ProcessState> reached = EnumSet.of(state);
      ArrayDeque<ProcessState> open = new ArrayDeque<>(reached);
      while (!open.isEmpty()) {
        ProcessState at = open.remove();
        for (ProcessState next : ProcessState.values()) {
          if (at.leadsTo(next) && reached.add(next)) {
            open.add(next);
          }
        }
      }
      assertEquals(true, reached.contains(ProcessState.GONE), state.name());
    }
  }

  @Test
  void whatIsGoneStaysGone() {
    for (ProcessState next : ProcessState.values()) {
      assertThrows(IllegalStateException.class, () -> ProcessState.GONE.to(next));
    }
    for (EnvironmentState next : EnvironmentState.values()) {
      assertThrows(IllegalStateException.class, () -> EnvironmentState.DISCARDED.to(next));
    }
  }

  @Test
  void everyEnvironmentCanBeDiscardedAtAnyTime() {
    for (EnvironmentState state : EnvironmentState.values()) {
      if (state != EnvironmentState.DISCARDED) {
        assertEquals(EnvironmentState.DISCARDED, state.to(EnvironmentState.DISCARDED));
      }
    }
  }

  @Test
  void aProcessServesOnlyOnce() {
    assertThrows(IllegalStateException.class, () -> ProcessState.BOUND.to(ProcessState.GENERIC));
    assertThrows(IllegalStateException.class, () -> ProcessState.ENDING.to(ProcessState.BOUND));
  }

  @Test
  void nothingIsInvokedBeforeItIsLoaded() {
    assertThrows(
        IllegalStateException.class, () -> EnvironmentState.AWAITING.to(EnvironmentState.BUSY));
    assertThrows(
        IllegalStateException.class, () -> EnvironmentState.VACANT.to(EnvironmentState.BUSY));
    assertThrows(
        IllegalStateException.class, () -> EnvironmentState.INIT_FAILED.to(EnvironmentState.IDLE));
  }
}
