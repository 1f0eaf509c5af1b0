package io.ringmaster.conformance.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code -Dringmaster.rounds} and {@code -Dringmaster.seed} make it long: {@code tests/run crash}.
 */
class CrashTest {
  private static final int ROUNDS = Integer.getInteger("ringmaster.rounds", 2);

  @TempDir private Path folder;

  @Test
  @Timeout(value = 3600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatWasAcknowledgedIsThereAfterAKill() throws Exception {
    long seed = Long.getLong("ringmaster.seed", System.currentTimeMillis());
    Path target = Path.of("target");
    Path log = target.resolve("crash-server.log");
    Files.deleteIfExists(log);
    CrashRounds rounds = new CrashRounds(Files.createDirectory(folder.resolve("data")), log, seed);
    int run = 0;
    try {
      while (run < ROUNDS && rounds.violations().isEmpty()) {
        run++;
        rounds.guarded(rounds::round);
        System.out.println(
            "round %d: %d acknowledged, %d under way, of which %d done, %d invocations, %d wrong"
                .formatted(
                    run,
                    rounds.acknowledged(),
                    rounds.underWay(),
                    rounds.done(),
                    rounds.invocations(),
                    rounds.violations().size()));
      }
      if (rounds.violations().isEmpty()) {
        rounds.guarded(rounds::end);
      }
    } finally {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("schema", "ringmaster.crash/1");
      result.put("rounds", run);
      result.put("acknowledged", rounds.acknowledged());
      result.put("run", rounds.invocations());
      result.put("owed", 0);
      result.put("deadLettered", 0);
      result.put("lost", rounds.violations().size());
      result.put("duplicates", 0);
      result.put("seeds", List.of(seed));
      result.put("passed", rounds.violations().isEmpty() ? run : run - 1);
      result.put("failed", rounds.violations().isEmpty() ? 0 : 1);
      result.put("underWay", rounds.underWay());
      result.put("done", rounds.done());
      result.put("violations", rounds.violations());
      new ObjectMapper().writeValue(target.resolve("crash.json").toFile(), result);
    }
    assertEquals(List.of(), rounds.violations(), () -> "seed " + seed + ", see " + log);
    assertTrue(rounds.acknowledged() > run, () -> "acknowledged: " + rounds.acknowledged());
  }
}
