package io.ringmaster.conformance.crash;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.ringmaster.persistence.chronicle.ShortCycles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Rounds of kills on one data folder. One thread. */
final class CrashRounds {
  /** A kill comes after so many more management calls at least. */
  private static final int CALLS_MAX = 25;

  private static final int MORE_IN_FLIGHT_MAX = 400;
  private static final long PART_NS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LOAD_LONGEST_NS = TimeUnit.SECONDS.toNanos(120);

  /** Retries come after {@link ServerProcess#RETRY_S}: none may come before the last look. */
  private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(ServerProcess.RETRY_S) * 3 / 4;

  private final Path data;
  private final Path stops;
  private final Path log;
  private final Random random;
  private final List<String> violations = new ArrayList<>();
  private final ManagementLoad management;
  private final EventLedger ledger;
  private final EventLoad events;
  private final Map<String, Long> killed = new TreeMap<>();
  private final int firstPoint;
  private final long begunNs = System.nanoTime();
  private int rounds;
  private int loaded;

  /**
   * @param folder for the server's data, and for what is kept outside of it
   */
  CrashRounds(Path folder, Path log, long seed) throws IOException {
    data = Files.createDirectories(folder.resolve("data"));
    stops = Files.createDirectories(folder.resolve("stops"));
    ShortCycles.install(stops);
    this.log = log;
    random = new Random(seed);
    firstPoint = Math.floorMod(seed, KillPoint.values().length);
    management = new ManagementLoad(data, random, violations);
    ledger = new EventLedger(folder.resolve("ledger"), violations);
    events = new EventLoad(ledger, folder.resolve("slow"), random, violations);
  }

  List<String> violations() {
    return violations;
  }

  /** Whether they have taken so long that events would soon be retried that are to stay owed. */
  boolean areOver() {
    return System.nanoTime() - begunNs > LONGEST_NS;
  }

  /** Figures, which add up over several of these. */
  Map<String, Long> figures() {
    Map<String, Long> figures = new LinkedHashMap<>();
    figures.put("acknowledged", ledger.acknowledged());
    figures.put("run", (long) ledger.ran());
    figures.put("owed", (long) ledger.ran(EventKind.PATIENT).size());
    figures.put("deadLettered", (long) ledger.ran(EventKind.BROKEN).size());
    figures.put("lost", ledger.lost());
    figures.put("duplicates", ledger.duplicates());
    figures.put("killsWithThousandInFlight", (long) loaded);
    figures.put("managementAcknowledged", management.acknowledged());
    figures.put("managementUnderWay", management.underWay());
    figures.put("managementDone", management.done());
    figures.put("invocations", management.invocations());
    return figures;
  }

  /** How often the server was killed at each point, and at which operation there. */
  Map<String, Long> killed() {
    return killed;
  }

  /** A part of the test. */
  interface Part {
    void run() throws IOException, InterruptedException;
  }

  /** A server that does not start, or does not answer in order, is a violation as any other. */
  void guarded(Part part) throws InterruptedException {
    try {
      part.run();
    } catch (IOException | RuntimeException e) {
      violations.add(e.toString());
    }
  }

  private KillPoint point() {
    return KillPoint.ofRound(firstPoint + rounds);
  }

  private ServerProcess start() throws IOException {
    String durability = point().durability(rounds);
    return ServerProcess.start(data, log, stops, ledger.nextLife(), durability);
  }

  /** Starts, looks at what the last kill left, goes on under load, kills. */
  void round() throws IOException, InterruptedException {
    try (ServerProcess server = start();
        Api api = new Api(server.endpoint())) {
      if (rounds == 0) {
        events.create(api);
        ledger.settled();
      } else {
        verify(api);
      }
      if (violations.isEmpty()) {
        killUnderLoad(server, api, point());
        rounds++;
      }
    }
  }

  private void verify(Api api) throws IOException {
    management.verify(api);
    events.verify(api);
    events.purge(api);
  }

  private void killUnderLoad(ServerProcess server, Api api, KillPoint point)
      throws IOException, InterruptedException {
    List<Callable<Void>> load = new ArrayList<>(management.changes(api));
    load.addAll(events.senders(server.endpoint()));
    try (ExecutorService threads = Executors.newFixedThreadPool(load.size());
        HalfUpload creation = HalfUpload.create(server.endpoint(), "half", random);
        HalfUpload change = HalfUpload.update(server.endpoint(), "actor0-f0", random)) {
      assertNotNull(creation);
      assertNotNull(change);
      List<Future<Void>> running = new ArrayList<>();
      load.forEach(each -> running.add(threads.submit(each)));
      try {
        if (awaitPoint(point, running) && point.lasts()) {
          LockSupport.parkNanos(random.nextLong(PART_NS));
        }
      } finally {
        server.kill();
        events.killed();
      }
      String found = point.found(stops, data);
      KillPoint.disarm(stops);
      ended(running);
      killed.merge(found, 1L, Long::sum);
      loaded += events.inFlight() >= EventLoad.IN_FLIGHT ? 1 : 0;
    }
  }

  /** What carried the load ends without an error of its own. */
  private void ended(List<Future<Void>> running) throws InterruptedException {
    for (Future<Void> each : running) {
      try {
        each.get();
      } catch (ExecutionException e) {
        violations.add(String.valueOf(e.getCause()));
      }
    }
  }

  /** Waits for the load, and then for the point; not for who has ended. */
  private boolean awaitPoint(KillPoint point, List<Future<Void>> running) throws IOException {
    long endNs = System.nanoTime() + LOAD_LONGEST_NS;
    long calls = management.acknowledged() + random.nextInt(CALLS_MAX);
    int inFlight = EventLoad.IN_FLIGHT + 50 + random.nextInt(MORE_IN_FLIGHT_MAX);
    boolean armed = false;
    while (running.stream().noneMatch(Future::isDone)) {
      boolean enough = events.inFlight() >= inFlight;
      if (!armed && enough && management.acknowledged() >= calls) {
        point.arm(stops, random);
        armed = true;
      }
      if (armed && point.isReached(stops, data)) {
        return true;
      }
      if (System.nanoTime() - endNs > 0) {
        String what = armed ? "the point is not reached: " : "not enough is under way for: ";
        violations.add(what + point + ", " + events.inFlight() + " in flight");
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    violations.add("the load ended before the kill");
    return false;
  }

  /** Looks once more, deletes all, ends the server in order: no package is left. */
  void end() throws IOException, InterruptedException {
    try (ServerProcess server = start();
        Api api = new Api(server.endpoint())) {
      management.verify(api);
      events.verify(api);
      management.provoke(api);
      ledger.provoke();
      management.delete(api);
      events.delete(api);
      server.stop();
    }
    StoredEvents stored = StoredEvents.read(data.resolve("journal"));
    ledger.checkOwed(stored.owed());
    ledger.checkDead(stored.dead());
    try (Stream<Path> packages = Files.list(data.resolve("code"))) {
      packages
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith(".lock"))
          .forEach(name -> violations.add("nothing refers to it, and it stays: " + name));
    }
  }
}
