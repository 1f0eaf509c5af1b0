package io.ringmaster.conformance.powerloss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ringmaster.engine.JvmFlags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code -Dringmaster.rounds} and {@code -Dringmaster.seed} make it long: {@code tests/run
 * powerloss}.
 */
class PowerLossTest {
  private static final int ROUNDS = Integer.getInteger("ringmaster.rounds", 2);
  private static final Path FOLDER = Path.of("target", "powerloss").toAbsolutePath();

  /** A mount namespace, a loop device and ext4 are what it takes. */
  private static final String TRIAL =
      "truncate -s 8M \"$0/trial.img\" && mkfs.ext4 -q -F \"$0/trial.img\" && mkdir \"$0/trial\""
          + " && mount -t ext4 -o loop \"$0/trial.img\" \"$0/trial\" && umount \"$0/trial\"";

  @Test
  @Timeout(value = 7200, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatWasAcknowledgedAtDiskIsThereAfterACut() throws Exception {
    delete();
    Files.createDirectories(FOLDER);
    String refused = run(List.of("unshare", "--mount", "sh", "-c", TRIAL, FOLDER.toString()));
    if (refused != null) {
      Files.writeString(
          Files.createDirectories(Path.of("target", "not-run")).resolve("powerloss.txt"),
          "conformance.powerloss\tno file system can be mounted: " + refused + "\n");
    }
    assumeTrue(refused == null, refused);
    long seed = Long.getLong("ringmaster.seed", System.currentTimeMillis());
    List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmFlags.all());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of("-Dringmaster.stops=" + FOLDER, PowerCuts.class.getName()));
    command.addAll(List.of(FOLDER.toString(), "" + ROUNDS, "" + seed));
    String failure = run(command);
    assertEquals(null, failure, "seed " + seed);
    Path result = Path.of("target", "powerloss.json");
    Files.move(FOLDER.resolve("powerloss.json"), result, StandardCopyOption.REPLACE_EXISTING);
    JsonNode found = new ObjectMapper().readTree(result.toFile());
    assertEquals(0, found.get("missingAtDisk").asLong(), found::toString);
    assertEquals(ROUNDS, found.get("rounds").asInt(), found::toString);
    delete();
  }

  /** Why it failed; null: it did not. */
  private static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    StringBuilder output = new StringBuilder();
    try (Stream<String> lines = process.inputReader(StandardCharsets.UTF_8).lines()) {
      lines.forEach(
          line -> {
            System.out.println(line);
            output.append(line).append('\n');
          });
    } finally {
      process.destroyForcibly();
    }
    return process.onExit().join().exitValue() == 0 ? null : output.toString().strip();
  }

  /** Nothing is mounted there: mounts ended with the processes that saw them. */
  private static void delete() throws IOException {
    if (Files.exists(FOLDER)) {
      try (Stream<Path> files = Files.walk(FOLDER)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }
}
