package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.RegistryStore.Change;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that commits is killed: what it was told is done, is done; nothing is half done. */
class FileRegistryStoreCrashTest {
  private static final int ROUNDS = Integer.getInteger("ringmaster.rounds", 5);
  private static final int KEYS = 7;

  @TempDir Path folder;

  /** Commits 1, 2, 3, … under all keys together, and prints each number that is acknowledged. */
  static final class Committer {
    public static void main(String[] args) throws IOException {
      int number = Integer.parseInt(args[1]);
      try (FileRegistryStore store = FileRegistryStore.open(Path.of(args[0]), true)) {
        while (true) {
          number++;
          byte[] value = (number + " ".repeat(number % 5000)).getBytes(StandardCharsets.UTF_8);
          store.commit(
              IntStream.range(0, KEYS).mapToObj(key -> new Change("key-" + key, value)).toList());
          System.out.println(number);
        }
      }
    }
  }

  @Test
  void nothingAcknowledgedIsLost() throws Exception {
    long seed = Long.getLong("ringmaster.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    int acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int before = acknowledged;
      acknowledged = killedAfter(1 + random.nextInt(200), acknowledged);
      assertTrue(acknowledged > before, "nothing was committed in round " + round);
      Map<String, Integer> found = read();
      String what = "seed " + seed + ", round " + round + ": " + found;
      assertEquals(KEYS, found.size(), what);
      assertEquals(1, found.values().stream().distinct().count(), "half a commit; " + what);
      int value = found.values().iterator().next();
      assertTrue(value == acknowledged || value == acknowledged + 1, acknowledged + "; " + what);
      acknowledged = value;
    }
  }

  private int killedAfter(int acknowledgements, int from) throws Exception {
    Process committer =
        new ProcessBuilder(
                "setpriv",
                "--pdeathsig=KILL", // it does not outlive this thread
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Committer.class.getName(),
                folder.toString(),
                Integer.toString(from))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int last = from;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(committer.getInputStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = out.readLine()) != null) {
        last = Integer.parseInt(line);
        if (last - from == acknowledgements) {
          committer.toHandle().destroyForcibly(); // what it printed until then is read on
        }
      }
    } finally {
      committer.destroyForcibly();
    }
    assertTrue(committer.waitFor(10, TimeUnit.SECONDS));
    return last;
  }

  private Map<String, Integer> read() throws IOException {
    Map<String, Integer> found = new TreeMap<>();
    try (FileRegistryStore store = FileRegistryStore.open(folder, true)) {
      store.forEach(
          (key, value) ->
              found.put(key, Integer.valueOf(new String(value, StandardCharsets.UTF_8).strip())));
    }
    return found;
  }
}
