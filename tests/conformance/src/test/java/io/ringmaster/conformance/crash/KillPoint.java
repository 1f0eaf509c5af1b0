package io.ringmaster.conformance.crash;

import io.ringmaster.persistence.chronicle.JournalPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;

/** What a server is doing when it is killed; rounds take them in turn. */
enum KillPoint {
  ROLL(JournalPoint.ROLL, 8),
  COMMIT(JournalPoint.COMMIT, 100),
  UPLOAD(null, 0),
  CHECKPOINT(JournalPoint.CHECKPOINT, 8),
  CARRY(JournalPoint.CARRY, 8),
  RETIRE(JournalPoint.RETIRE, 4),
  PREPARE(JournalPoint.PREPARE, 8),
  /** Whatever it is doing. */
  ANYTHING(null, 0);

  private static final String STOP_AT = "stop-at";
  private static final String STOPPED = "stopped";
  private static final String PASSED = "passed ";

  private final JournalPoint journal;

  /** One of so many operations on files is the one it stops at: those of a time, or of several. */
  private final int operations;

  KillPoint(JournalPoint journal, int operations) {
    this.journal = journal;
    this.operations = operations;
  }

  static KillPoint ofRound(int round) {
    return values()[round % values().length];
  }

  /** The level of a server that is to be killed there; at both of them nothing may be lost. */
  String durability(int round) {
    return this == COMMIT || round % 3 != 2 ? "disk" : "process"; // the latter forces no commits
  }

  /** Has the server stop there, before or behind something that it does to a file. */
  void arm(Path stops, Random random) throws IOException {
    if (journal != null) {
      String when = random.nextBoolean() ? "done" : "begun";
      String where = journal + " " + when + " " + random.nextInt(operations);
      Files.writeString(stops.resolve(STOP_AT), where);
    }
  }

  /** Whether the server is there. */
  boolean isReached(Path stops, Path data) throws IOException {
    if (journal != null) {
      return Files.exists(stops.resolve(STOPPED));
    }
    return this == ANYTHING || hasDraft(data.resolve("code"));
  }

  /** Whether the server may do a little more before it is killed: it stays there. */
  boolean lasts() {
    return this != UPLOAD;
  }

  /** Where the server was when it was killed, in words, of which {@link #isIn} is the point. */
  String found(Path stops, Path data) throws IOException {
    if (!isReached(stops, data)) {
      return PASSED + this;
    }
    return journal == null ? name() : name() + ' ' + Files.readString(stops.resolve(STOPPED));
  }

  /** Whether a server was there, and not past it. */
  boolean isIn(String found) {
    return found.equals(name()) || found.startsWith(name() + ' ');
  }

  static void disarm(Path stops) throws IOException {
    Files.deleteIfExists(stops.resolve(STOP_AT));
    Files.deleteIfExists(stops.resolve(STOPPED));
  }

  /** Whether a package is being written. */
  private static boolean hasDraft(Path code) throws IOException {
    try (Stream<Path> files = Files.list(code)) {
      return files.anyMatch(path -> path.getFileName().toString().startsWith(".new-"));
    }
  }
}
