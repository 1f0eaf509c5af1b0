package io.ringmaster.simulation;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.simulation.RevocationModel.Finding;
import io.ringmaster.simulation.RevocationModel.Flaw;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** Every order of steps in which something can be taken back, and what each fence is for. */
class RevocationModelTest {
  private static final Set<Flaw> NONE = EnumSet.noneOf(Flaw.class);

  /** Sequentially consistent, and with store buffers of several lengths. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, 4})
  void theProtocolHolds(int bufferMax) {
    Finding finding = RevocationModel.explore(NONE, bufferMax);
    assertNull(finding.violation());
    assertTrue(finding.states() > 1000, "states: " + finding.states());
    assertTrue(finding.ends() > 0, "no order of steps comes to an end");
  }

  @ParameterizedTest
  @EnumSource(
      value = Flaw.class,
      names = {"ENGINE_WITHOUT_FENCE", "SANDBOX_WITHOUT_FENCE"})
  void eachFenceIsNeededAgainstStoreBuffersAlone(Flaw fence) {
    assertNull(RevocationModel.explore(EnumSet.of(fence), 0).violation());
    assertNotNull(RevocationModel.explore(EnumSet.of(fence), 2).violation());
  }

  @ParameterizedTest
  @EnumSource(
      value = Flaw.class,
      mode = Mode.EXCLUDE,
      names = {"ENGINE_WITHOUT_FENCE", "SANDBOX_WITHOUT_FENCE"})
  void everyOtherFlawIsFoundWithoutThem(Flaw flaw) {
    assertNotNull(RevocationModel.explore(EnumSet.of(flaw), 0).violation());
  }

  @Test
  void theSameOrdersAreExploredEachTime() {
    Finding first = RevocationModel.explore(NONE, 2);
    assertTrue(first.equals(RevocationModel.explore(NONE, 2)), first.toString());
  }
}
