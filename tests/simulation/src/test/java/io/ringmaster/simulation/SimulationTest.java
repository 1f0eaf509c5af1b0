package io.ringmaster.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short form of {@code ./ringmaster simulate}. */
class SimulationTest {

  @ParameterizedTest
  @EnumSource(FaultMix.class)
  void findsNothing(FaultMix mix) {
    SimulationResult result = simulate(1, 20, 12_000, mix.word());
    assertEquals(List.of(), result.violations());
    assertEquals(12_000, result.invocations());
    assertTrue(result.steps() > result.invocations(), "steps: " + result.steps());
  }

  @Test
  void equalOptionsGiveEqualResults() {
    SimulationResult first = simulate(77, 3, 6000, "all");
    SimulationResult second = simulate(77, 3, 6000, "all");
    assertEquals(first.invocations(), second.invocations());
    assertEquals(first.steps(), second.steps());
    assertEquals(first.violations(), second.violations());
    assertNotEquals(first.steps(), simulate(78, 3, 6000, "all").steps());
  }

  @Test
  void runKOfASeedIsTheFirstRunOfTheKthNext() {
    long steps = 0;
    for (int k = 0; k < 4; k++) {
      steps += simulate(500 + k, 1, 300, "mixed").steps();
    }
    assertEquals(simulate(500, 4, 1200, "mixed").steps(), steps);
  }

  @Test
  void theDocumentIsOneLineOfJson() {
    SimulationResult result =
        new SimulationResult(-3, 10, 20, List.of("a \"quoted\" \\ text", "line\nbreak"), 1234.5);
    assertEquals(
        "{\"schema\":\"ringmaster.simulate/1\",\"seed\":-3,\"invocations\":10,\"steps\":20,\"violations\":[\"a"
            + " \\\"quoted\\\" \\\\ text\",\"line\\u000abreak\"],\"perSecond\":1235}",
        result.toJson());
  }

  @Test
  void wordsOfTheCommandLine() {
    List<String> words = new ArrayList<>();
    FaultMix.named("all").forEach(mix -> words.add(mix.word()));
    assertEquals(
        List.of("none", "crash", "hang", "slow-init", "burst", "pressure", "clock", "mixed"),
        words);
    assertEquals(List.of(FaultMix.SLOW_INIT), FaultMix.named("slow-init"));
    assertThrows(IllegalArgumentException.class, () -> FaultMix.named("slow_init"));
    assertEquals(1_000_000, SimulationOptions.ofSeed(1).invocations());
    assertEquals(625, SimulationOptions.ofSeed(1).invocationsPerRun());
    assertThrows(
        IllegalArgumentException.class,
        () -> new SimulationOptions(1, -1, 0, FaultMix.named("all")));
  }

  private static SimulationResult simulate(long seed, int runs, long invocations, String mixes) {
    return new Simulation(
            new SimulationOptions(seed, runs, invocations, FaultMix.named(mixes)), text -> {})
        .run();
  }
}
