package io.ringmaster.conformance.crash;

import io.ringmaster.persistence.chronicle.JournalPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;

/** What a server is doing when it is killed; rounds take them in turn. */
enum KillPoint {
  ROLL(JournalPoint.ROLL),
  COMMIT(JournalPoint.COMMIT),
  UPLOAD(null),
  CHECKPOINT(JournalPoint.CHECKPOINT),
  CARRY(JournalPoint.CARRY),
  RETIRE(JournalPoint.RETIRE),
  PREPARE(JournalPoint.PREPARE),
  /** Whatever it is doing. */
  ANYTHING(null);

  private final JournalPoint journal;

  KillPoint(JournalPoint journal) {
    this.journal = journal;
  }

  static KillPoint ofRound(int round) {
    return values()[round % values().length];
  }

  /** The level of a server that is to be killed there; at both of them nothing may be lost. */
  String durability(int round) {
    return this == COMMIT || round % 3 != 2 ? "disk" : "process"; // the latter forces no commits
  }

  /** Has the server stop there, before or behind what it does to a file. */
  void arm(Path stops, Random random) throws IOException {
    if (journal != null) {
      String where = journal + (random.nextBoolean() ? " done" : " begun");
      Files.writeString(stops.resolve("stop-at"), where);
    }
  }

  /** Whether the server is there. */
  boolean isReached(Path stops, Path data) throws IOException {
    if (journal != null) {
      return Files.exists(stops.resolve("stopped"));
    }
    return this == ANYTHING || hasDraft(data.resolve("code"));
  }

  void disarm(Path stops) throws IOException {
    Files.deleteIfExists(stops.resolve("stop-at"));
    Files.deleteIfExists(stops.resolve("stopped"));
  }

  /** Whether a package is being written. */
  private static boolean hasDraft(Path code) throws IOException {
    try (Stream<Path> files = Files.list(code)) {
      return files.anyMatch(path -> path.getFileName().toString().startsWith(".new-"));
    }
  }
}
