package io.ringmaster.behaviours;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Functions are stateless: which environment serves an invocation is nobody's to choose, what a
 * handler keeps is its own environment's as long as that is warm, and no other sees it.
 */
class StatelessTest {
  private static final int AT_ONCE = 10;
  private static final String BUSY_MS = "500";

  @TempDir Path folder;

  static List<Cell> cells() {
    return RowReader.read("stateless.txt");
  }

  @ParameterizedTest
  @MethodSource("cells")
  void stateIsThatOfAWarmEnvironmentAndOfNoOther(Cell cell) throws Exception {
    var match = Runtimes.findFor(Deployment.runtime(cell.runtime()), RuntimeSettings.NONE);
    assumeTrue(match.interpreter() != null, match::reason); // BehaviourTableTest reports it
    String name = "stateless-" + cell.runtime();
    try (Engine engine =
            Engine.open(
                EngineConfig.builder().environmentsMax(AT_ONCE).genericSandboxes(1).build());
        ExecutorService callers = Executors.newFixedThreadPool(AT_ONCE)) {
      engine.functions().create(Deployment.function(name, cell, folder));
      Map<String, Set<Integer>> seen = new HashMap<>();
      for (String answer : atOnce(engine, name, callers)) {
        note(answer, seen);
      }
      assertTrue(seen.size() > 1, () -> "one environment served all: " + seen);
      int calls = AT_ONCE;
      for (; calls < 2 * AT_ONCE; calls++) {
        note(answer(engine, name, "0"), seen);
      }
      for (Set<Integer> counts : seen.values()) { // each its own 1, 2, 3, …
        assertEquals(IntStream.rangeClosed(1, counts.size()).boxed().toList(), List.copyOf(counts));
      }
      assertEquals(calls, seen.values().stream().mapToInt(Set::size).sum(), seen::toString);

      engine.functions().delete(name);
      engine.functions().create(Deployment.function(name, cell, folder));
      Map<String, Set<Integer>> later = new HashMap<>();
      note(answer(engine, name, "0"), later);
      assertEquals(List.of(Set.of(1)), List.copyOf(later.values()), "nothing came over");
      Set<String> both = new HashSet<>(later.keySet());
      both.retainAll(seen.keySet());
      assertEquals(Set.of(), both, "an environment of the old function serves the new one");
    }
  }

  private static List<String> atOnce(Engine engine, String name, ExecutorService callers) {
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      answers.add(CompletableFuture.supplyAsync(() -> answer(engine, name, BUSY_MS), callers));
    }
    return answers.stream().map(CompletableFuture::join).toList();
  }

  private static String answer(Engine engine, String name, String event) {
    InvocationResult result = engine.invoke(InvokeRequest.of(name, event));
    assertNull(result.functionError(), result::payloadText);
    assertNull(result.refusal());
    return result.payloadText().replace("\"", "");
  }

  private static void note(String answer, Map<String, Set<Integer>> seen) {
    String[] words = answer.split(" +");
    int count = Integer.parseInt(words[1]);
    assertTrue(
        seen.computeIfAbsent(words[0], first -> new TreeSet<>()).add(count),
        () -> "twice: " + answer);
  }
}
