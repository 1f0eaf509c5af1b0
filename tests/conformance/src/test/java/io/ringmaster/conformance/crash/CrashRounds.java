package io.ringmaster.conformance.crash;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Rounds of kills on one data folder. One thread. */
final class CrashRounds {
  private static final int ACTORS = 4;

  /** A kill comes after so many more calls, and then some part of one. */
  private static final int CALLS_MAX = 100;

  private static final long PART_NS = TimeUnit.MILLISECONDS.toNanos(30);
  private static final long CALLS_LONGEST_NS = TimeUnit.SECONDS.toNanos(30);

  private final Path data;
  private final Path log;
  private final Random random;
  private final Map<String, String> hashes = new ConcurrentHashMap<>();
  private final List<Actor> actors = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private long underWay;
  private long done;
  private long invocations;

  CrashRounds(Path data, Path log, long seed) {
    this.data = data;
    this.log = log;
    random = new Random(seed);
    for (int number = 0; number < ACTORS; number++) {
      actors.add(new Actor("actor" + number, random.nextLong(), hashes));
    }
  }

  List<String> violations() {
    return violations;
  }

  long acknowledged() {
    return actors.stream().mapToLong(Actor::acknowledged).sum();
  }

  /** Calls that a kill met under way. */
  long underWay() {
    return underWay;
  }

  /** Those of them that turned out to be done. */
  long done() {
    return done;
  }

  long invocations() {
    return invocations;
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

  /** Starts, changes, kills; starts again and looks. */
  void round() throws IOException, InterruptedException {
    killInTheMidst();
    try (ServerProcess server = ServerProcess.start(data, log);
        Api api = new Api(server.endpoint())) {
      noDrafts();
      compare(observe(api));
    }
  }

  private void killInTheMidst() throws IOException, InterruptedException {
    try (ServerProcess server = ServerProcess.start(data, log);
        Api api = new Api(server.endpoint());
        ExecutorService threads = Executors.newFixedThreadPool(ACTORS)) {
      List<Future<Void>> running = new ArrayList<>();
      for (Actor actor : actors) {
        running.add(threads.submit(actor.over(api)));
      }
      try (HalfUpload creation = HalfUpload.create(server.endpoint(), "half", random);
          HalfUpload change = HalfUpload.update(server.endpoint(), "actor0-f0", random)) {
        assertNotNull(creation);
        assertNotNull(change);
        await(acknowledged() + random.nextInt(CALLS_MAX), running);
        LockSupport.parkNanos(random.nextLong(PART_NS));
        server.kill();
      }
      for (Future<Void> each : running) {
        try {
          each.get();
        } catch (ExecutionException e) {
          violations.add(String.valueOf(e.getCause()));
        }
      }
    }
  }

  /** Waits for so many acknowledged calls; not for actors that have ended. */
  private void await(long calls, List<Future<Void>> running) {
    long endNs = System.nanoTime() + CALLS_LONGEST_NS;
    while (acknowledged() < calls && running.stream().noneMatch(Future::isDone)) {
      if (System.nanoTime() > endNs) {
        violations.add("calls take too long");
        return;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private Map<String, String> observe(Api api) throws IOException {
    Observer observer = new Observer(api, hashes, violations);
    Map<String, String> seen = observer.observe();
    invocations += observer.invocations();
    return seen;
  }

  private void compare(Map<String, String> seen) {
    Map<String, String> unexpected = new HashMap<>(seen);
    for (Actor actor : actors) {
      Actor.Pending pending = actor.pending();
      if (pending != null) {
        underWay++;
        String found = seen.getOrDefault(pending.name(), Seen.ABSENT);
        boolean after = found.equals(Seen.of(pending.after()));
        if (!after && !found.equals(Seen.of(pending.before()))) {
          violations.add(
              "%s is %s; a call was under way from %s to %s"
                  .formatted(
                      pending.name(), found, Seen.of(pending.before()), Seen.of(pending.after())));
        }
        done += after ? 1 : 0;
        actor.settle(after ? pending.after() : pending.before());
        unexpected.remove(pending.name());
      }
      actor
          .states()
          .forEach(
              (name, state) -> {
                String found = seen.getOrDefault(name, Seen.ABSENT);
                if (unexpected.remove(name) != null || !seen.containsKey(name)) {
                  same(name, state, found);
                }
              });
    }
    unexpected.forEach(
        (name, found) -> violations.add(name + " is there and was deleted: " + found));
  }

  private void same(String name, Seen expected, String found) {
    if (!found.equals(expected.seen())) {
      violations.add(name + " is " + found + "; acknowledged: " + expected.seen());
    }
  }

  /** What the dead server was writing is gone when the next one is ready. */
  private void noDrafts() throws IOException {
    try (Stream<Path> files = Files.walk(data, 2)) {
      files
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith(".new-") || name.startsWith(".old-"))
          .forEach(name -> violations.add("left by the dead server: " + name));
    }
  }

  /** Deletes all, ends the server in order: no package is left. */
  void end() throws IOException, InterruptedException {
    try (ServerProcess server = ServerProcess.start(data, log);
        Api api = new Api(server.endpoint())) {
      provoke(api);
      for (Actor actor : actors) {
        for (Map.Entry<String, Seen> each : actor.states().entrySet()) {
          delete(api, each.getKey(), each.getValue());
        }
      }
      Map<String, String> left = observe(api);
      left.forEach((name, state) -> violations.add(name + " outlives its deletion: " + state));
      server.stop();
    }
    try (Stream<Path> packages = Files.list(data.resolve("code"))) {
      packages
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith(".lock"))
          .forEach(name -> violations.add("nothing refers to it, and it stays: " + name));
    }
  }

  /** A change behind the actors' backs is found: else no round would have shown anything. */
  private void provoke(Api api) throws IOException {
    String name =
        actors.stream()
            .flatMap(actor -> actor.states().entrySet().stream())
            .filter(each -> each.getValue() instanceof Expected)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(null);
    if (name == null) {
      return;
    }
    List<String> before = List.copyOf(violations);
    api.send("POST", Actor.tags(name), Map.of("Tags", Map.of("behind", "backs")));
    compare(observe(api));
    boolean found = violations.size() == before.size() + 1;
    violations.clear();
    violations.addAll(before);
    if (!found) {
      violations.add("a change that nobody acknowledged goes unnoticed");
    }
  }

  private void delete(Api api, String name, Seen state) throws IOException {
    List<Api.Answer> answers = new ArrayList<>();
    if (state instanceof LayerStack layer) {
      for (long version : layer.hashes().keySet()) {
        String path = "/2018-10-31/layers/" + name + "/versions/" + version;
        answers.add(api.send("DELETE", path, null));
      }
    } else {
      answers.add(api.function("DELETE", name, "", null));
    }
    answers.stream()
        .filter(answer -> !answer.done())
        .forEach(answer -> violations.add("deleting " + name + ": " + answer.text()));
  }
}
