package io.ringmaster.simulation;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.simulation.WakeUpModel.Finding;
import io.ringmaster.simulation.WakeUpModel.Flaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** Every order of steps in which an engine sleeps and is woken: no answer is left unseen. */
class WakeUpModelTest {
  /** Sequentially consistent, and with store buffers of several lengths. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void theProtocolHolds(int bufferMax) {
    Finding finding = WakeUpModel.explore(null, bufferMax);
    assertNull(finding.violation());
    assertTrue(finding.states() > 1000, "states: " + finding.states());
    assertTrue(finding.second() > 0, "no second answer in one sleep");
  }

  @ParameterizedTest
  @EnumSource(
      value = Flaw.class,
      names = {"ENGINE_WITHOUT_FENCE", "SANDBOX_WITHOUT_FENCE"})
  void eachFenceIsNeededAgainstStoreBuffersAlone(Flaw fence) {
    assertNull(WakeUpModel.explore(fence, 0).violation());
    assertNotNull(WakeUpModel.explore(fence, 2).violation());
  }

  @ParameterizedTest
  @EnumSource(
      value = Flaw.class,
      mode = Mode.EXCLUDE,
      names = {"ENGINE_WITHOUT_FENCE", "SANDBOX_WITHOUT_FENCE"})
  void everyOtherFlawIsFoundWithoutThem(Flaw flaw) {
    assertNotNull(WakeUpModel.explore(flaw, 0).violation());
  }

  @Test
  void theSameOrdersAreExploredEachTime() {
    Finding first = WakeUpModel.explore(null, 2);
    assertTrue(first.equals(WakeUpModel.explore(null, 2)), first.toString());
  }
}
