package io.ringmaster.conformance.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code -Dringmaster.rounds} and {@code -Dringmaster.seed} make it long: {@code tests/run crash}.
 */
class CrashTest {
  private static final int ROUNDS = Integer.getInteger("ringmaster.rounds", 5);

  /** Each point is tried so often before one may count as missed. */
  private static final int OFTEN = 5;

  @TempDir private Path folder;

  private final long seed = Long.getLong("ringmaster.seed", System.currentTimeMillis());
  private final Path target = Path.of("target");
  private final Path log = target.resolve("crash-server.log");

  /** Of data folders that are done with. */
  private final Map<String, Long> figures = new LinkedHashMap<>();

  private final Map<String, Long> killed = new TreeMap<>();
  private int folders;

  @Test
  @Timeout(value = 21_600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatWasAcknowledgedIsThereAfterAKill() throws Exception {
    Files.deleteIfExists(log);
    CrashRounds rounds = begin();
    int run = 0;
    try {
      while (run < ROUNDS && rounds.violations().isEmpty()) {
        if (rounds.areOver()) {
          rounds = next(rounds);
          continue;
        }
        run++;
        rounds.guarded(rounds::round);
        System.out.println("round " + run + ": " + document(rounds, run));
      }
      if (rounds.violations().isEmpty()) {
        rounds.guarded(rounds::end);
      }
    } finally {
      new ObjectMapper().writeValue(target.resolve("crash.json").toFile(), document(rounds, run));
    }
    add(rounds);
    assertEquals(List.of(), rounds.violations(), () -> "seed " + seed + ", see " + log);
    assertTrue(figures.get("managementAcknowledged") > run, "management calls were acknowledged");
    long loaded = figures.get("killsWithThousandInFlight");
    assertTrue(loaded * 10 >= run * 9L, () -> "kills under load: " + loaded);
    if (run >= OFTEN * KillPoint.values().length) {
      assertEquals(Set.of(), missed(), killed::toString);
    }
  }

  /** Points at which no server was killed. */
  private Set<KillPoint> missed() {
    Set<KillPoint> missed = EnumSet.allOf(KillPoint.class);
    missed.removeIf(point -> killed.keySet().stream().anyMatch(point::isIn));
    return missed;
  }

  private CrashRounds begin() throws IOException {
    Path own = Files.createDirectory(folder.resolve("" + folders));
    return new CrashRounds(own, log, seed + folders++);
  }

  /** Ends rounds, and begins anew on a folder of its own if they ended well. */
  private CrashRounds next(CrashRounds rounds) throws IOException, InterruptedException {
    rounds.guarded(rounds::end);
    if (!rounds.violations().isEmpty()) {
      return rounds;
    }
    add(rounds);
    return begin();
  }

  private void add(CrashRounds rounds) {
    rounds.figures().forEach((name, value) -> figures.merge(name, value, Long::sum));
    rounds.killed().forEach((point, count) -> killed.merge(point, count, Long::sum));
  }

  private Map<String, Object> document(CrashRounds rounds, int run) {
    boolean well = rounds.violations().isEmpty();
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("schema", "ringmaster.crash/1");
    result.put("rounds", run);
    rounds
        .figures()
        .forEach((name, value) -> result.put(name, value + figures.getOrDefault(name, 0L)));
    result.put("seeds", List.of(seed));
    result.put("passed", well ? run : run - 1);
    result.put("failed", well ? 0 : 1);
    Map<String, Long> points = new TreeMap<>(killed);
    rounds.killed().forEach((point, count) -> points.merge(point, count, Long::sum));
    result.put("killPoints", points);
    result.put("violations", rounds.violations());
    return result;
  }
}
