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
  private static final int ROUNDS = Integer.getInteger("ringmaster.rounds", 5);

  @TempDir private Path folder;

  @Test
  @Timeout(value = 7200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatWasAcknowledgedIsThereAfterAKill() throws Exception {
    long seed = Long.getLong("ringmaster.seed", System.currentTimeMillis());
    Path target = Path.of("target");
    Path log = target.resolve("crash-server.log");
    Files.deleteIfExists(log);
    CrashRounds rounds = new CrashRounds(folder, log, seed);
    int run = 0;
    try {
      while (run < ROUNDS && rounds.violations().isEmpty()) {
        run++;
        rounds.guarded(rounds::round);
        System.out.println("round " + run + ": " + document(rounds, run, seed));
      }
      if (rounds.violations().isEmpty()) {
        rounds.guarded(rounds::end);
      }
    } finally {
      Map<String, Object> result = document(rounds, run, seed);
      new ObjectMapper().writeValue(target.resolve("crash.json").toFile(), result);
    }
    assertEquals(List.of(), rounds.violations(), () -> "seed " + seed + ", see " + log);
    assertTrue(rounds.management().acknowledged() > run, "management calls were acknowledged");
    assertTrue(rounds.loaded() * 10 >= run * 9, "kills under load: " + rounds.loaded());
  }

  private static Map<String, Object> document(CrashRounds rounds, int run, long seed) {
    EventLedger ledger = rounds.ledger();
    ManagementLoad management = rounds.management();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("schema", "ringmaster.crash/1");
    result.put("rounds", run);
    result.put("acknowledged", ledger.acknowledged());
    result.put("run", ledger.ran());
    result.put("owed", ledger.ran(EventKind.PATIENT).size());
    result.put("deadLettered", ledger.ran(EventKind.BROKEN).size());
    result.put("lost", ledger.lost());
    result.put("duplicates", ledger.duplicates());
    result.put("seeds", List.of(seed));
    result.put("passed", rounds.violations().isEmpty() ? run : run - 1);
    result.put("failed", rounds.violations().isEmpty() ? 0 : 1);
    result.put("killsWithThousandInFlight", rounds.loaded());
    result.put("killPoints", rounds.killed());
    result.put("managementAcknowledged", management.acknowledged());
    result.put("managementUnderWay", management.underWay());
    result.put("managementDone", management.done());
    result.put("invocations", management.invocations());
    result.put("violations", rounds.violations());
    return result;
  }
}
