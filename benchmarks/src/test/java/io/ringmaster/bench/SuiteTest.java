package io.ringmaster.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bench.harness.Effort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every benchmark works: runs through, gives figures, leaves nothing behind. What the figures are
 * does not matter here.
 */
class SuiteTest {

  /**
   * The first needs the command line, which is built later, the next two gigabytes: their probes
   * have tests of their own. Recovery writes two million events; its probes run with fewer in a
   * test of their own.
   */
  private static final Set<String> ELSEWHERE =
      Set.of("serve.ready", "idle.memory.python", "flat.sandboxes.python", "recovery.1M");

  /** The same two probes with one sandbox, with eight, and with 64 of Python: see the others. */
  private static final String REPEATED = "invoke\\.saturated\\.((node|java)\\.(2|64)|python\\.2)";

  /** Rows with the same two probes as others run with all tests only. */
  private static final String SHORT =
      "(?!payload\\.(1|6)m|http\\.invoke\\.(node|python\\.64)|grpc\\.unary\\.python|functions\\.(page|invoke)"
          + "|invoke\\.idle\\.(node|java)\\.|invoke\\.saturated\\.(node\\.8|java\\.8|.*\\.(2|64)$)"
          + "|cold\\.(rate|process)\\.java).*";

  static List<String> ids() {
    return Bench.ids().stream()
        .filter(id -> !ELSEWHERE.contains(id) && !id.matches(REPEATED))
        .filter(id -> "full".equals(System.getProperty("ringmaster.tests")) || id.matches(SHORT))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("ids")
  void runsAndLeavesNothing(String id) throws IOException {
    Set<Long> before = children();
    BenchReport report = Bench.run(BenchOptions.quick(List.of(id)), line -> {});
    tellAbsent(report);
    assertEquals(report.absent().isEmpty() ? 1 : 0, report.results().size());
    for (BenchResult result : report.results()) {
      assertEquals(id, result.id());
      assertTrue(result.value() >= 0, result.line());
      assertTrue(result.samples() > 0, result.line());
      assertTrue(result.floorId() == null || result.floorValue() > 0, result.line());
    }
    assertEquals(before, children());
  }

  @Test
  void measuresInAJvmOfItsOwn() {
    BenchOptions options =
        new BenchOptions(List.of("dispatch.turn"), new Effort(2, 10_000_000, 0), true);
    BenchResult result = Bench.run(options, line -> {}).results().getFirst();
    assertTrue(result.value() > 0, result.line());
    assertEquals("dispatch.turn", result.id());
  }

  private static void tellAbsent(BenchReport report) throws IOException {
    for (var each : report.absent()) {
      String id = "bench." + each.id();
      Files.writeString(
          Files.createDirectories(Path.of("target", "not-run")).resolve(id + ".txt"),
          id + "\t" + each.reason() + "\n");
    }
  }

  private static Set<Long> children() {
    return ProcessHandle.current()
        .descendants()
        .map(ProcessHandle::pid)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
