package io.ringmaster.persistence.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.persistence.spi.RegistryStore.Change;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Storage that takes no more for a while: files of the process may only grow to a limit, which is
 * lifted later. What was refused is not there, what was acknowledged is.
 */
class FileRegistryStoreFullTest {
  private static final int LIMIT_KIB = 512;
  private static final int REFUSALS = 3;

  @TempDir Path folder;

  /**
   * Commits until refused three times, waits for a line, commits three more, prints what is kept.
   */
  static final class Filler {
    public static void main(String[] args) throws IOException {
      int number = 0;
      int refused = 0;
      try (FileRegistryStore store = FileRegistryStore.open(Path.of(args[0]), true)) {
        while (refused < REFUSALS) {
          refused += commits(store, number++) ? 0 : 1;
        }
        System.out.println("full");
        if (System.in.read() < 0) {
          return;
        }
        for (int more = 0; more < 3; more++) {
          commits(store, number++);
        }
        store.forEach((key, value) -> System.out.println("kept " + key));
      }
    }

    private static boolean commits(FileRegistryStore store, int number) {
      byte[] value = new byte[20_000];
      value[0] = (byte) number;
      try {
        store.commit(List.of(new Change("key-" + number, value)));
        System.out.println("acknowledged key-" + number);
        return true;
      } catch (IOException refusal) {
        System.out.println("refused key-" + number);
        return false;
      }
    }
  }

  @Test
  void whatWasRefusedIsNotThereAndWhatWasAcknowledgedIs() throws Exception {
    Process filler =
        new ProcessBuilder(
                "sh",
                "-c",
                "ulimit -S -f " + 2 * LIMIT_KIB + "; exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                Filler.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    TreeSet<String> acknowledged = new TreeSet<>();
    TreeSet<String> refused = new TreeSet<>();
    TreeSet<String> kept = new TreeSet<>();
    try (OutputStream in = filler.getOutputStream();
        BufferedReader out =
            new BufferedReader(
                new InputStreamReader(filler.getInputStream(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = out.readLine()) != null) {
        String[] words = line.split(" ");
        switch (words[0]) {
          case "acknowledged" -> acknowledged.add(words[1]);
          case "refused" -> refused.add(words[1]);
          case "kept" -> kept.add(words[1]);
          default -> {
            unlimit(filler.pid());
            in.write('\n');
            in.flush();
          }
        }
      }
    } finally {
      filler.toHandle().destroyForcibly();
    }
    assertTrue(filler.waitFor(10, TimeUnit.SECONDS));
    assertEquals(REFUSALS, refused.size(), "refusals after the limit was lifted: " + refused);
    assertTrue(acknowledged.size() > 6, "too little was acknowledged: " + acknowledged);
    assertEquals(acknowledged, kept);
    TreeSet<String> found = new TreeSet<>();
    try (FileRegistryStore store = FileRegistryStore.open(folder, true)) {
      store.forEach((key, value) -> found.add(key));
    }
    assertEquals(acknowledged, found);
  }

  private static void unlimit(long pid) throws Exception {
    Process prlimit =
        new ProcessBuilder("prlimit", "--fsize=unlimited", "--pid", Long.toString(pid))
            .inheritIO()
            .start();
    assertEquals(0, prlimit.waitFor());
  }
}
