package io.ringmaster.bench.baseline;

import io.ringmaster.bench.BenchDocument;
import io.ringmaster.bench.BenchReport;
import io.ringmaster.bench.BenchResult;
import io.ringmaster.bench.MachineFacts;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder of baselines: below it a folder for each kind of machine, in that the documents of runs
 * in the order in which they were saved, {@code 0001-COMMIT.json}. A run of some of the ids is a
 * baseline of these.
 *
 * @param folder may be absent
 */
public record Baselines(Path folder) {
  private static final Pattern NAME = Pattern.compile("(\\d{4})-[0-9a-z-]+\\.json");
  private static final int COMMIT_CHARACTERS = 12;
  private static final int COUNT_MAX = 9999;

  /** One of them. */
  public record Saved(Path file, BenchReport report) {}

  /**
   * The folder in the checkout that this code was built in, else below the working directory.
   *
   * @throws IllegalStateException the code lies nowhere in a file system
   */
  public static Baselines ofCheckout() {
    Path code;
    try {
      code = Path.of(Baselines.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    for (Path at = code; at != null; at = at.getParent()) {
      if (at.endsWith("benchmarks") && Files.exists(at.resolve("pom.xml"))) {
        return new Baselines(at.resolve("baselines"));
      }
    }
    return new Baselines(Path.of("benchmarks", "baselines"));
  }

  /**
   * Those of this kind of machine, the oldest first.
   *
   * @throws IOException one of them cannot be read
   */
  public List<Saved> of(MachineFacts machine) throws IOException {
    List<Saved> saved = new ArrayList<>();
    for (Path file : files(machine)) {
      saved.add(new Saved(file, BenchDocument.read(file)));
    }
    return saved;
  }

  private List<Path> files(MachineFacts machine) throws IOException {
    Path own = folder.resolve(key(machine));
    if (!Files.isDirectory(own)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(own)) {
      return files
          .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
          .sorted()
          .toList();
    }
  }

  /**
   * Saves a run as the newest baseline of its machine.
   *
   * @return its file
   * @throws IOException it cannot be written
   */
  public Path save(BenchReport report) throws IOException {
    List<Path> files = files(report.machine());
    int last =
        files.isEmpty()
            ? 0
            : Integer.parseInt(files.getLast().getFileName().toString().substring(0, 4));
    if (last == COUNT_MAX) {
      throw new IOException(folder + " is full");
    }
    String commit = report.commit().replaceAll("[^0-9a-z-]", "");
    boolean dirty = commit.endsWith("-dirty");
    commit = commit.substring(0, Math.min(commit.length(), COMMIT_CHARACTERS));
    Path own = Files.createDirectories(folder.resolve(key(report.machine())));
    Path file =
        own.resolve(String.format("%04d-%s%s.json", last + 1, commit, dirty ? "-dirty" : ""));
    BenchDocument.write(report, file);
    return file;
  }

  /**
   * The newest of them that has this id; null: none.
   *
   * @param saved the oldest first
   */
  static BenchResult last(List<Saved> saved, String id) {
    for (Saved each : saved.reversed()) {
      for (BenchResult result : each.report().results()) {
        if (result.id().equals(id)) {
          return result;
        }
      }
    }
    return null;
  }

  /**
   * What machines must have in common for their figures to be compared: processor, number of
   * processors, architecture. Kernel and JDK may change: that is one of the things to be seen.
   */
  static String key(MachineFacts machine) {
    String cpu =
        machine.cpu().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("-$", "");
    return cpu + "-" + machine.arch().replace('_', '-') + "-" + machine.cpus();
  }
}
