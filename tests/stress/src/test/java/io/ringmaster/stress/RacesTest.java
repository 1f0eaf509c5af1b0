package io.ringmaster.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The races of the engine's lock-free classes under jcstress, in JVMs of its own: a few seconds
 * here, as long as one likes by {@code tests/run stress}.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class RacesTest {
  private static final Path TARGET = Path.of("target").toAbsolutePath();

  /** In all compilations that there are, or in the last one only. */
  private static final boolean FULL = "full".equals(System.getProperty("ringmaster.tests"));

  /** How long each race runs in each of its JVMs. */
  private static final int MILLISECONDS = Integer.getInteger("ringmaster.milliseconds", 250);

  private record Outcome(int status, String text) {}

  private static Outcome run(String tests, int milliseconds, String name)
      throws IOException, InterruptedException {
    Path results = TARGET.resolve(name);
    Files.createDirectories(results);
    Path printed = TARGET.resolve(name + ".log");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "org.openjdk.jcstress.Main",
                "-t",
                tests,
                "-v", // names what passed
                "-sc", // in the compilations that long runs have
                "false",
                "-af",
                "NONE",
                "-f",
                "1",
                "-fsm",
                "1",
                "-iters",
                "1",
                "-time",
                Integer.toString(milliseconds),
                "-r",
                results.toString()));
    if (!FULL) {
      command.addAll(List.of("-jvmArgs", "-XX:-TieredCompilation"));
    }
    Process process =
        new ProcessBuilder(command)
            .directory(results.toFile()) // its raw results lie where it is started
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    try {
      int status = process.waitFor();
      return new Outcome(status, Files.readString(printed, StandardCharsets.UTF_8));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void noForbiddenOutcomeIsSeen() throws Exception {
    Outcome outcome =
        run("io.ringmaster.(core|engine|ingress|sandbox).*", MILLISECONDS, "jcstress");
    assertEquals(0, outcome.status(), outcome.text());
    assertTrue(outcome.text().contains("RUN RESULTS"), outcome.text());
    for (String race :
        List.of(
            "sandbox.linux.WakeFlagRace",
            "sandbox.linux.WakeFlagRingers",
            "sandbox.linux.RevocationRace",
            "sandbox.runtimeapi.StreamPauseRace",
            "sandbox.runtimeapi.AnswerPipeRace",
            "sandbox.runtimeapi.SignalRace",
            "core.accept.CancellationsRace",
            "core.model.ReleaseRace",
            "core.model.StreamCreditRace",
            "core.model.StreamPartsRace",
            "ingress.loop.PostRace",
            "engine.injvm.RevokeRace")) {
      assertTrue(
          outcome.text().contains("[OK] io.ringmaster." + race), race + ": " + outcome.text());
    }
  }

  /** That a race is found at all on this machine. */
  @Test
  void aMissingFenceIsFound() throws Exception {
    Outcome outcome = run("io.ringmaster.stress.control.*", 500, "jcstress-control");
    for (int more = 4_000; outcome.status() == 0 && more <= 64_000; more *= 4) {
      outcome = run("io.ringmaster.stress.control.*", more, "jcstress-control"); // a busy machine
    }
    assertNotEquals(0, outcome.status(), outcome.text());
    assertTrue(outcome.text().contains("Observed forbidden state: 0, 0"), outcome.text());
    assertTrue(outcome.text().contains("Observed forbidden state: 1, 1"), outcome.text());
  }
}
