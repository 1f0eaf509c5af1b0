package io.ringmaster.persistence.chronicle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.chronicle.CrashingWriter.Told;
import io.ringmaster.persistence.spi.JournalProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that writes a journal is killed, again and again on the same folder, while a thousand
 * events and more are owed: by kill -9 after some acknowledgements, and by ending at some file
 * operation, which are the writes, forces and renames of commits, rolls, checkpoints and carrying
 * forward. What it told before is this test's ledger.
 */
final class JournalCrashTest {
  private static final int ROUNDS = Integer.getInteger("ringmaster.rounds", 5);
  private static final int END_S = 60;

  @TempDir Path folder;

  /** What the ledger knows of an event. */
  private enum Known {
    ACCEPTED,
    /** Handed over to be settled; nobody was told that it is. */
    SETTLING,
    SETTLED
  }

  private final Map<Long, Known> ledger = new HashMap<>();
  private final Map<Told, Integer> told = new EnumMap<>(Told.class);
  private int newestCycle;

  /** Lives in which something was accepted: some end while they begin. */
  private int accepting;

  @Test
  void nothingAcknowledgedIsLost() throws Exception {
    long seed = Long.getLong("ringmaster.seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    int loaded = 0;
    for (int round = 0; round < ROUNDS; round++) {
      String what = "seed " + seed + ", round " + round;
      boolean byOperation = round % 2 == 1;
      int after = byOperation ? 1 + random.nextInt(600) : 1_500 + random.nextInt(4_000);
      round(round, byOperation ? after : 0, byOperation ? Integer.MAX_VALUE : after);
      long owed = ledger.values().stream().filter(each -> each == Known.ACCEPTED).count();
      loaded += owed >= 1_000 ? 1 : 0;
      check(what);
    }
    assertTrue(newestCycle > 2 * ROUNDS, "it rolled " + newestCycle + " times");
    assertTrue(accepting * 2 > ROUNDS, accepting + " lives accepted something");
    assertTrue(loaded * 10 >= ROUNDS * 6, loaded + " kills with 1,000 events in flight");
  }

  /** One life of the writer, until it is killed or ends itself at a file operation. */
  private void round(int round, int operations, int acceptances) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");
    command.add("--enable-native-access=ALL-UNNAMED");
    ServiceLoader.load(JournalProvider.class).forEach(each -> command.addAll(each.jvmFlags()));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CrashingWriter.class.getName());
    command.addAll(List.of(folder.toString(), "" + round, "" + operations));
    Process writer =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    told.clear();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null) {
        note(line);
        if (told.getOrDefault(Told.ACCEPTED, 0) == acceptances) {
          writer.toHandle().destroyForcibly(); // what it told until then is read on
          acceptances = Integer.MAX_VALUE;
        }
        line = out.readLine();
      }
    } finally {
      writer.destroyForcibly();
    }
    assertTrue(writer.waitFor(END_S, TimeUnit.SECONDS));
    accepting += told.containsKey(Told.ACCEPTED) ? 1 : 0;
  }

  private void note(String line) {
    int blank = line.indexOf(' ');
    if (blank < 0 || !line.endsWith(".")) {
      return; // cut off by the kill
    }
    Told kind = Told.valueOf(line.substring(0, blank));
    long id = Long.parseLong(line.substring(blank + 1, line.length() - 1));
    told.merge(kind, 1, Integer::sum);
    switch (kind) {
      case ACCEPTED -> ledger.put(id, Known.ACCEPTED);
      case SETTLING -> ledger.put(id, Known.SETTLING);
      case SETTLED -> ledger.put(id, Known.SETTLED);
    }
  }

  /** Opens the journal as the next engine does, and compares. */
  private void check(String what) throws IOException {
    try (TestJournal journal = new TestJournal(folder, CrashingWriter.LIMITS, new JournalFiles())) {
      Map<Long, Long> owed = new HashMap<>();
      journal.recovered.forEach((handle, each) -> owed.put(each.id(), handle));
      assertEquals(journal.recovered.size(), owed.size(), "twice the same event; " + what);
      ledger.forEach(
          (id, known) -> {
            assertTrue(known != Known.ACCEPTED || owed.containsKey(id), id + " is lost; " + what);
            assertFalse(known == Known.SETTLED && owed.containsKey(id), id + " is back; " + what);
          });
      for (Map.Entry<Long, TestJournal.Owed> each : journal.recovered.entrySet()) {
        byte[] body = journal.read(each.getKey()).body();
        assertNotNull(body, what);
        assertEquals(CrashingWriter.bodyBytes(each.getValue().id()), body.length, what);
        assertEquals(
            Arrays.hashCode(TestJournal.body(each.getValue().id(), body.length)),
            Arrays.hashCode(body),
            what);
      }
      assertEquals(0, journal.journal.status().quarantined(), what);
      newestCycle = journal.journal.status().newestCycle();
      ledger.clear();
      owed.keySet().forEach(id -> ledger.put(id, Known.ACCEPTED));
    }
  }
}
