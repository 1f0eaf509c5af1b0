package io.ringmaster.conformance.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Management calls under way while a server is killed, and what of them is there afterwards. One
 * thread, but for the actors.
 */
final class ManagementLoad {
  private static final int ACTORS = 4;

  private final Path data;
  private final Map<String, String> hashes = new ConcurrentHashMap<>();
  private final List<Actor> actors = new ArrayList<>();
  private final List<String> violations;
  private long underWay;
  private long done;
  private long invocations;

  ManagementLoad(Path data, Random random, List<String> violations) {
    this.data = data;
    this.violations = violations;
    for (int number = 0; number < ACTORS; number++) {
      actors.add(new Actor("actor" + number, random.nextLong(), hashes));
    }
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

  /** What changes, each on a thread of its own. */
  List<Callable<Void>> changes(Api api) {
    List<Callable<Void>> changes = new ArrayList<>();
    actors.forEach(actor -> changes.add(actor.over(api)));
    return changes;
  }

  /** Whether what is there is what was acknowledged. */
  void verify(Api api) throws IOException {
    noDrafts();
    compare(observe(api));
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

  /** Deletes all. */
  void delete(Api api) throws IOException {
    for (Actor actor : actors) {
      for (Map.Entry<String, Seen> each : actor.states().entrySet()) {
        delete(api, each.getKey(), each.getValue());
      }
    }
    observe(api)
        .forEach((name, state) -> violations.add(name + " outlives its deletion: " + state));
  }

  /** A change behind the actors' backs is found: else no round would have shown anything. */
  void provoke(Api api) throws IOException {
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
