package io.ringmaster.conformance.powerloss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code -Dringmaster.rounds} and {@code -Dringmaster.seed} make it long: {@code tests/run
 * powerloss}.
 */
class PowerLossTest {
  private static final int ROUNDS = Integer.getInteger("ringmaster.rounds", 2);
  private static final int ROUND_MAX_S = 120;

  @Test
  @Timeout(value = 21_600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatWasAcknowledgedAtDiskIsThereAfterACut() throws Exception {
    MountNamespace namespace = new MountNamespace("powerloss");
    String refusal = namespace.refusal("conformance.powerloss");
    assumeTrue(refusal == null, refusal);
    long seed = Long.getLong("ringmaster.seed", System.currentTimeMillis());
    List<String> words = List.of(namespace.folder().toString(), "" + ROUNDS, "" + seed);
    String failure = namespace.run(PowerCuts.class, words, 120 + ROUNDS * ROUND_MAX_S);
    Path told = namespace.folder().resolve("powerloss.json");
    Path result = Path.of("target", "powerloss.json");
    if (Files.exists(told)) {
      Files.move(told, result, StandardCopyOption.REPLACE_EXISTING);
    }
    assertNull(failure, "seed " + seed);
    JsonNode found = new ObjectMapper().readTree(result.toFile());
    assertEquals(0, found.get("missingAtDisk").asLong(), found::toString);
    assertEquals(ROUNDS, found.get("rounds").asInt(), found::toString);
    namespace.delete();
  }
}
