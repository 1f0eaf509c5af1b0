package io.ringmaster.stress.litmus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.stress.litmus.StoreLoad.Seen;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stores and loads of two processes, Java's and Java's, Java's and Python's: with the fences that
 * the product has, and, as a control, without. {@code tests/run litmus} makes it long.
 */
@Timeout(value = 3, unit = TimeUnit.HOURS)
class StoreLoadTest {
  private static final long ROUNDS = Long.getLong("ringmaster.rounds", 100_000);

  /** Without fences: enough to lose some, where a machine loses any. */
  private static final long CONTROL_ROUNDS = Math.max(300_000, ROUNDS / 10);

  private static final long SEED = Long.getLong("ringmaster.seed", 1);

  @TempDir Path folder;

  private static List<String> java() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", // as sandbox processes are started
        "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        StoreLoad.class.getName());
  }

  private List<String> python() throws IOException {
    Path script = folder.resolve("party.py");
    try (InputStream in = StoreLoadTest.class.getResourceAsStream("party.py")) {
      Files.write(script, in.readAllBytes());
    }
    return List.of("python3", script.toString());
  }

  /** On one processor two processes are never there at the same time: nothing can be found. */
  private static boolean theyMeet() throws IOException {
    boolean meet = Runtime.getRuntime().availableProcessors() > 1;
    if (!meet) {
      Files.writeString(
          Files.createDirectories(Path.of("target", "not-run")).resolve("litmus.txt"),
          "litmus\tone processor only\n");
    }
    return meet;
  }

  private Seen play(String name, List<String> party, long rounds, boolean fenced)
      throws IOException, InterruptedException {
    Path file = Files.write(folder.resolve("memory"), new byte[StoreLoad.BYTES]);
    List<String> command = new ArrayList<>(party);
    command.addAll(
        List.of(
            file.toString(),
            Long.toString(rounds),
            Long.toString(SEED + 1),
            fenced ? "fenced" : "unfenced"));
    Path printed = folder.resolve("printed");
    long beganNs = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    try {
      Seen seen = new StoreLoad(file, true, SEED).play(rounds, fenced, process::isAlive);
      assertTrue(process.waitFor(1, TimeUnit.MINUTES));
      assertEquals(0, process.exitValue(), Files.readString(printed));
      Files.createDirectories(Path.of("target"));
      Files.writeString(
          Path.of("target", "litmus-" + name + ".json"),
          "{\"litmus\":\"%s\",\"rounds\":%d,\"seconds\":%d,\"seen\":%s}%n"
              .formatted(
                  name, rounds, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNs), seen));
      return seen;
    } finally {
      process.destroyForcibly();
    }
  }

  private static void assertNothingLost(Seen seen) {
    assertEquals(0, seen.neither(), seen::toString);
  }

  @Test
  void nothingIsLostBetweenJavaAndJava() throws Exception {
    assertNothingLost(play("java-java", java(), ROUNDS, true));
  }

  @Test
  void nothingIsLostBetweenJavaAndPython() throws Exception {
    assertNothingLost(play("java-python", python(), ROUNDS, true));
  }

  /** That a loss is found at all on this machine, however busy it is. */
  private void assertSomeAreLost(String name, List<String> party, long rounds) throws Exception {
    if (theyMeet()) {
      Seen seen = play(name, party, rounds, false);
      for (int more = 0; seen.neither() == 0 && more < 10; more++) {
        seen = play(name, party, rounds, false);
      }
      assertTrue(seen.neither() > 0, seen.toString());
    }
  }

  @Test
  void withoutFencesSomeAreLost() throws Exception {
    assertSomeAreLost("control-java-java", java(), CONTROL_ROUNDS);
  }

  /** Python is slower than a store takes, and loses some all the same. */
  @Test
  void withoutFencesPythonLosesSomeToo() throws Exception {
    assertSomeAreLost("control-java-python", python(), CONTROL_ROUNDS / 3);
  }
}
