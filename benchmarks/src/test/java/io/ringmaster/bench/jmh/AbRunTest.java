package io.ringmaster.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bench.Bench;
import io.ringmaster.bench.BenchReport;
import io.ringmaster.bench.BenchResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Param;

class AbRunTest {

  /** Two forks of each side, too short to mean anything. */
  @Test
  void productAndFloorRunInForksInTurn() throws Exception {
    List<String> told = new ArrayList<>();
    BenchReport report = new AbRun(2, 1, 20).run(List.of("flat.sandboxes"), told::add);
    BenchResult result = report.results().getFirst();
    assertEquals("flat.sandboxes", result.id());
    assertEquals("ns", result.unit());
    assertTrue(result.value() > 0 && result.floorValue() > 0, result.line());
    assertTrue(result.ratioCi95().low() <= result.ratio(), result.line());
    assertEquals(List.of(result.line()), told);
    assertTrue(report.machine().cpus() > 0);
  }

  @Test
  void everyMicroBenchmarkOfTheSuiteIsThere() {
    List<String> micro = new ArrayList<>(Bench.ids());
    micro.removeIf(
        id ->
            !id.matches("(dispatch|flat|channel|runtime-api)\\..*")
                || List.of("channel.neighbour", "flat.sandboxes.python").contains(id));
    assertEquals(micro, Micro.allIds());
    assertThrows(IllegalArgumentException.class, () -> Micro.of("cold.python"));
  }

  @Test
  void jmhsOwnCommandLineHasTheSameIds() throws Exception {
    List<String> parameters = new ArrayList<>();
    for (Class<?> code : List.of(Turns.class, Channel.class, Rates.class)) {
      parameters.addAll(Arrays.asList(code.getField("id").getAnnotation(Param.class).value()));
    }
    assertEquals(Micro.allIds().stream().sorted().toList(), parameters.stream().sorted().toList());
  }

  @Test
  void anIntervalNeedsForks() {
    assertThrows(IllegalArgumentException.class, () -> new AbRun(1, 5, 100));
  }
}
