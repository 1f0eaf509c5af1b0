package io.ringmaster.bench.baseline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bench.BenchDocument;
import io.ringmaster.bench.BenchReport;
import io.ringmaster.bench.MachineFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselinesTest {
  @TempDir private Path folder;

  private static BenchReport run(double ratio) {
    return Runs.of(
        Runs.ratio("a.rate", Runs.atLeast(0.9), ratio / 1.1, ratio, ratio * 1.1),
        Runs.ratio("a.time", Runs.atMost(1.5), ratio / 1.1, ratio, ratio * 1.1),
        Runs.value("a.value", "ns", null, ratio),
        Runs.value("a.bound", "B/1M", Runs.valueBelow(65536), ratio));
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Path file = folder.resolve("run.json");
    BenchDocument.write(run(0.8), file);
    assertEquals(run(0.8), BenchDocument.read(file));
  }

  @Test
  void whatIsNoSuchDocumentIsRefused() throws IOException {
    Path file = folder.resolve("run.json");
    for (String text :
        List.of(
            "",
            "[]",
            "{",
            "{\"schema\":\"ringmaster.bench/9\"}",
            "{\"schema\":\"ringmaster.bench/1\",\"results\":[{\"id\":\"x\"}]}",
            "{\"schema\":\"ringmaster.bench/1\",\"results\":[{\"id\":\"x\",\"ci95\":[1,2],"
                + "\"target\":1,\"targetRelation\":\"~\"}]}")) {
      Files.writeString(file, text);
      assertThrows(IOException.class, () -> BenchDocument.read(file), text);
    }
  }

  @Test
  void baselinesAreNumberedAndKeptApartByMachine() throws IOException {
    Baselines baselines = new Baselines(folder.resolve("baselines"));
    assertEquals(List.of(), baselines.of(Runs.MACHINE));
    Path first = baselines.save(run(0.8));
    Path second = baselines.save(run(0.9));
    assertEquals(
        "a-processor-more-r-amd64-2/0001-0123456789ab.json",
        folder.resolve("baselines").relativize(first).toString());
    assertEquals("0002-0123456789ab.json", second.getFileName().toString());
    Files.writeString(first.resolveSibling("notes.txt"), "no baseline");
    MachineFacts other = new MachineFacts("another", 64, "amd64", 1, "6", "25", Map.of(), 0);
    assertEquals(List.of(), baselines.of(other));
    assertEquals(
        List.of(run(0.8), run(0.9)),
        baselines.of(Runs.MACHINE).stream().map(Baselines.Saved::report).toList());
  }

  @Test
  void thoseOfTheCheckoutLieBesideTheBenchmarks() {
    Path found = Baselines.ofCheckout().folder();
    assertTrue(found.endsWith(Path.of("benchmarks", "baselines")), found.toString());
    assertTrue(Files.exists(found.resolveSibling("pom.xml")), found.toString());
  }
}
