package io.ringmaster.conformance.powerloss;

import io.ringmaster.engine.JvmFlags;
import io.ringmaster.persistence.chronicle.ShortCycles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A store at a level, on a file system of its own, whose power is cut again and again. */
final class CutStore implements AutoCloseable {
  private static final long LIFE_IDS = 1_000_000_000L;
  private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NS = TimeUnit.MICROSECONDS.toNanos(500);

  private final Store store;
  private final boolean synced;
  private final Path stops;
  private final Ext4Image image;
  private final Ledger ledger = new Ledger();
  private final List<String> violations = new ArrayList<>();
  private long cuts;
  private long missing;

  CutStore(Path folder, Store store, boolean synced) throws IOException {
    this.store = store;
    this.synced = synced;
    stops = folder;
    image = Ext4Image.create(folder, name());
  }

  String name() {
    return store + (synced ? "-disk" : "-process");
  }

  List<String> violations() {
    return violations;
  }

  /** In words that belong to the result. */
  Map<String, Object> figures() {
    return Map.of("cuts", cuts, "acknowledged", ledger.told(), "missing", missing);
  }

  long missing() {
    return missing;
  }

  /** Writes, cuts the power, mounts again and looks. */
  void round(SplittableRandom random) throws IOException {
    cutWhileWriting(1 + random.nextInt(store.cutAfterMax()));
    cuts++;
    if (!image.remount()) {
      violations.add(name() + ": the power was not cut");
    }
    Set<Long> found = Set.of();
    try {
      found = store.read(data(), synced);
    } catch (IOException | RuntimeException broken) {
      violations.add(name() + ": " + broken);
    }
    Set<Long> gone = ledger.missing(found);
    missing += gone.size();
    if (synced) {
      gone.stream().limit(3).forEach(id -> violations.add(name() + ": " + id + " is missing"));
    }
    ledger.restart(store.left(found));
  }

  private Path data() {
    return image.root().resolve("data").resolve("store");
  }

  private void cutWhileWriting(int acknowledgements) throws IOException {
    long enough = ledger.told() + acknowledgements;
    Process writer = start();
    Thread listener = Thread.ofPlatform().unstarted(() -> listen(writer));
    try {
      listener.start();
      long endNs = System.nanoTime() + LONGEST_NS;
      while (ledger.told() < enough && writer.isAlive() && System.nanoTime() - endNs < 0) {
        LockSupport.parkNanos(LOOK_NS);
      }
      if (ledger.told() < enough) {
        violations.add(name() + ": it wrote too little, " + ledger.told() + " of " + enough);
      }
      image.cut();
    } finally {
      writer.destroyForcibly();
      writer.onExit().join();
    }
    try {
      listener.join();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private Process start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmFlags.all());
    command.addAll(ShortCycles.flags(stops));
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Writer.class.getName());
    command.addAll(List.of(store.name(), data().toString(), "" + synced));
    command.add(Long.toString((cuts + 1) * LIFE_IDS));
    return new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.appendTo(stops.resolve("writers.log").toFile()))
        .start();
  }

  private void listen(Process writer) {
    try (BufferedReader out = writer.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        ledger.note(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    image.close();
  }
}
