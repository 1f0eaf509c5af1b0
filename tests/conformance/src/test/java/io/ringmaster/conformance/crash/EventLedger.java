package io.ringmaster.conformance.crash;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Outside of the server: which events it acknowledged, as its clients tell, and which ones ran, as
 * their functions wrote into a file, with the number of the server's life. One thread, but for
 * {@link #acknowledge}.
 */
final class EventLedger {
  /** The server has journalled long before that an event has run, however busy the machine is. */
  private static final long JOURNALLED_NS = TimeUnit.SECONDS.toNanos(3);

  /** How an event was run. */
  private static final class Runs {
    /** The last life in which it ran, and whether it did so before that life had settled all. */
    int life;

    boolean settled;

    /** When that was read. */
    long readNs;
  }

  private final Path file;
  private final List<String> violations;
  private final ConcurrentLinkedQueue<String> told = new ConcurrentLinkedQueue<>();

  /** Acknowledged, and not run yet. */
  private final Set<String> inFlight = new HashSet<>();

  private final Map<EventKind, Set<String>> ran = new EnumMap<>(EventKind.class);
  private final Map<String, Runs> runs = new HashMap<>();
  private final Set<String> purged = new HashSet<>();
  private long acknowledged;
  private long readTo;
  private int life;
  private boolean settling;
  private long duplicates;
  private long lost;

  EventLedger(Path file, List<String> violations) throws IOException {
    this.file = Files.createFile(file);
    this.violations = violations;
    for (EventKind kind : EventKind.values()) {
      ran.put(kind, new HashSet<>());
    }
  }

  Path file() {
    return file;
  }

  /** Any thread. */
  void acknowledge(String id) {
    told.add(id);
  }

  /** The server was killed: what ran a while before that may never run again. */
  void killed() throws IOException {
    read();
    long nowNs = System.nanoTime();
    for (Runs each : runs.values()) {
      each.settled |= nowNs - each.readNs > JOURNALLED_NS;
    }
  }

  /** The next life of the server begins; its number. */
  int nextLife() throws IOException {
    read();
    settling = true;
    return ++life;
  }

  /** Everything that ran until now is settled: it may never run again. */
  void settled() throws IOException {
    read();
    settling = false;
  }

  /** Reads what was written since. */
  void read() throws IOException {
    for (String id = told.poll(); id != null; id = told.poll()) {
      acknowledged++;
      if (!runs.containsKey(id)) {
        inFlight.add(id);
      }
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[(int) (in.length() - readTo)];
      in.seek(readTo);
      in.readFully(bytes);
      String text = new String(bytes, StandardCharsets.US_ASCII);
      int end = text.lastIndexOf('\n') + 1;
      readTo += end;
      text.substring(0, end).lines().forEach(this::note);
    }
  }

  /** A line: the life, the kind, the request's id. */
  private void note(String line) {
    String[] words = line.split(" ");
    int during = Integer.parseInt(words[0]);
    String id = words[2];
    ran.get(EventKind.valueOf(words[1])).add(id);
    inFlight.remove(id);
    Runs before = runs.computeIfAbsent(id, any -> new Runs());
    if (before.life > 0) {
      duplicates++;
      if (before.settled) {
        violations.add(id + " runs in life " + during + " and was settled in " + before.life);
      } else if (before.life == during) {
        violations.add(id + " runs twice in life " + during);
      }
    }
    before.life = during;
    before.readNs = System.nanoTime();
    before.settled = settling && during == life;
  }

  /** Events that were acknowledged and did not run. */
  int inFlight() {
    return inFlight.size();
  }

  /** Those of a kind that ran, be they acknowledged or not. */
  Set<String> ran(EventKind kind) {
    return ran.get(kind);
  }

  long acknowledged() {
    return acknowledged;
  }

  int ran() {
    return runs.size();
  }

  /** Runs beyond the first one of an event. */
  long duplicates() {
    return duplicates;
  }

  long lost() {
    return lost;
  }

  /** Whatever was acknowledged has run by now. */
  void checkRun() {
    lost += inFlight.size();
    inFlight.stream().limit(3).forEach(id -> violations.add(id + " was acknowledged and is lost"));
  }

  /** The dead letters are those that ran, failed and were not purged. */
  void checkDead(Set<String> found) {
    Set<String> expected = new HashSet<>(ran.get(EventKind.BROKEN));
    expected.removeAll(purged);
    same("dead", expected, found);
  }

  /** What was dead is not any more. */
  void purged(Set<String> ids) {
    purged.addAll(ids);
  }

  /** What is still owed is what waits for its retry. */
  void checkOwed(Set<String> found) {
    same("owed", ran.get(EventKind.PATIENT), found);
  }

  private void same(String what, Set<String> expected, Set<String> found) {
    Set<String> missing = new HashSet<>(expected);
    missing.removeAll(found);
    lost += missing.size();
    missing.stream().limit(3).forEach(id -> violations.add(id + " is not " + what));
    Set<String> more = new HashSet<>(found);
    more.removeAll(expected);
    more.stream().limit(3).forEach(id -> violations.add(id + " is " + what + " and must not be"));
  }

  /** An event that nobody sent is found missing: else no round would have shown anything. */
  void provoke() {
    List<String> before = List.copyOf(violations);
    long lostBefore = lost;
    String id = "nobody's";
    inFlight.add(id);
    checkRun();
    boolean found = lost == lostBefore + 1;
    inFlight.remove(id);
    lost = lostBefore;
    violations.clear();
    violations.addAll(before);
    if (!found) {
      violations.add("an event that never ran goes unnoticed");
    }
  }
}
