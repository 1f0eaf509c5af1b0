package io.ringmaster.conformance.crash;

import io.ringmaster.conformance.crash.Api.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/**
 * Changes functions and a layer of its own, one call after the other, until the server is gone. One
 * thread at a time.
 */
final class Actor implements Callable<Void> {
  static final String ROLE = "arn:aws:iam::123456789012:role/lambda";
  private static final int FUNCTIONS = 2;
  private static final int VERSIONS_MAX = 4;

  /** A call that was not answered. */
  record Pending(String name, Seen before, Seen after) {}

  /** One request. */
  private interface Request {
    Answer send() throws IOException;
  }

  private final String name;
  private final Random random;
  private final Map<String, Seen> states = new HashMap<>();

  /** Hashes of the packages that were ever sent, by marker. */
  private final Map<String, String> hashes;

  private Api api;
  private Pending pending;

  /** Written by the actor's thread, read by others. */
  private volatile long acknowledged;

  private long counter;

  Actor(String name, long seed, Map<String, String> hashes) {
    this.name = name;
    this.hashes = hashes;
    random = new Random(seed);
  }

  Actor over(Api server) {
    api = server;
    return this;
  }

  Map<String, Seen> states() {
    return states;
  }

  Pending pending() {
    return pending;
  }

  long acknowledged() {
    return acknowledged;
  }

  /** The state that an unanswered call turned out to have left. */
  void settle(Seen found) {
    put(pending.name(), found);
    pending = null;
  }

  /** Ends when the server does. */
  @Override
  public Void call() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        act();
      }
    } catch (IOException gone) {
      if (pending == null) {
        throw new IllegalStateException("no call was under way", gone);
      }
    }
    return null;
  }

  private void act() throws IOException {
    if (random.nextInt(10) == 0) {
      actOnLayer();
      return;
    }
    String function = name + "-f" + random.nextInt(FUNCTIONS);
    Expected now = (Expected) states.get(function);
    if (now == null) {
      create(function);
      return;
    }
    switch (random.nextInt(17)) {
      case 0, 1, 2, 3 -> updateCode(function, now);
      case 4, 5 -> updateDescription(function, now);
      case 6, 7 -> publish(function, now);
      case 8, 9 -> changeAlias(function, now);
      case 10 -> tag(function, now);
      case 11 -> untag(function, now);
      case 12 -> changePolicy(function, now);
      case 13 -> changeConcurrency(function, now);
      case 14 -> changeRetries(function, now);
      case 15 -> deleteVersion(function, now);
      default -> delete(function);
    }
  }

  private void attempt(String subject, Seen after, Request request) throws IOException {
    pending = new Pending(subject, states.get(subject), after);
    Answer answer = request.send();
    if (!answer.done()) {
      throw new IllegalStateException(
          subject
              + ": "
              + answer.text()
              + " from "
              + Seen.of(pending.before())
              + " to "
              + Seen.of(after));
    }
    put(subject, after);
    pending = null;
    acknowledged = acknowledged + 1;
  }

  private void put(String subject, Seen state) {
    if (state == null) {
      states.remove(subject);
    } else {
      states.put(subject, state);
    }
  }

  private Upload nextPackage() {
    Upload made = Upload.of(name + "-" + random.nextInt(1 << 30) + "-" + counter++, random);
    hashes.put(made.marker(), Hashes.base64(made.zip()));
    return made;
  }

  private String nextWord() {
    return "word-" + random.nextInt(1 << 30);
  }

  private void create(String function) throws IOException {
    Upload code = nextPackage();
    Map<String, String> tags = Map.of("made", nextWord());
    String description = nextWord();
    boolean publish = random.nextInt(3) == 0;
    Expected made = Expected.created(code.marker(), description, tags);
    Map<String, Object> body =
        Map.of(
            "FunctionName", function,
            "Runtime", "python3.13",
            "Role", ROLE,
            "Handler", "app.handler",
            "Timeout", 20,
            "Description", description,
            "Tags", tags,
            "Publish", publish,
            "Code", Map.of("ZipFile", code.base64()));
    attempt(function, publish ? made.published() : made, () -> api.create(body));
  }

  private void updateCode(String function, Expected now) throws IOException {
    Upload code = nextPackage();
    boolean publish = now.versions().size() < VERSIONS_MAX && random.nextInt(3) == 0;
    Expected changed = now.withCode(code.marker());
    Map<String, Object> body = Map.of("ZipFile", code.base64(), "Publish", publish);
    attempt(
        function,
        publish ? changed.published() : changed,
        () -> api.function("PUT", function, "/code", body));
  }

  private void updateDescription(String function, Expected now) throws IOException {
    String word = nextWord();
    attempt(
        function,
        now.withDescription(word),
        () -> api.function("PUT", function, "/configuration", Map.of("Description", word)));
  }

  private void publish(String function, Expected now) throws IOException {
    if (now.changed() && now.versions().size() < VERSIONS_MAX) {
      attempt(
          function, now.published(), () -> api.function("POST", function, "/versions", Map.of()));
    }
  }

  private void changeAlias(String function, Expected now) throws IOException {
    String alias = "a" + random.nextInt(2);
    Map<String, Integer> aliases = new TreeMap<>(now.aliases());
    if (now.aliases().containsKey(alias) && random.nextInt(3) == 0) {
      aliases.remove(alias);
      attempt(
          function,
          now.withAliases(aliases),
          () -> api.function("DELETE", function, "/aliases/" + alias, null));
      return;
    }
    if (now.versions().isEmpty()) {
      return;
    }
    List<Integer> versions = new ArrayList<>(now.versions().keySet());
    int version = versions.get(random.nextInt(versions.size()));
    boolean there = aliases.put(alias, version) != null;
    Map<String, Object> body =
        there
            ? Map.of("FunctionVersion", "" + version)
            : Map.of("FunctionVersion", "" + version, "Name", alias);
    attempt(
        function,
        now.withAliases(aliases),
        () ->
            there
                ? api.function("PUT", function, "/aliases/" + alias, body)
                : api.function("POST", function, "/aliases", body));
  }

  static String tags(String function) {
    return "/2017-03-31/tags/"
        + Api.encode("arn:aws:lambda:us-east-1:123456789012:function:" + function);
  }

  private void tag(String function, Expected now) throws IOException {
    Map<String, String> tags = new TreeMap<>(now.tags());
    String key = "k" + random.nextInt(5);
    String value = nextWord();
    tags.put(key, value);
    Map<String, Object> body = Map.of("Tags", Map.of(key, value));
    attempt(function, now.withTags(tags), () -> api.send("POST", tags(function), body));
  }

  private void untag(String function, Expected now) throws IOException {
    Map<String, String> tags = new TreeMap<>(now.tags());
    String key = "k" + random.nextInt(5);
    tags.remove(key);
    attempt(
        function,
        now.withTags(tags),
        () -> api.send("DELETE", tags(function) + "?tagKeys=" + key, null));
  }

  private void changePolicy(String function, Expected now) throws IOException {
    String id = "s" + random.nextInt(3);
    Set<String> statements = new HashSet<>(now.statements());
    if (statements.remove(id)) {
      attempt(
          function,
          now.withStatements(statements),
          () -> api.function("DELETE", function, "/policy/" + id, null));
      return;
    }
    statements.add(id);
    Map<String, Object> body =
        Map.of(
            "StatementId", id,
            "Action", "lambda:InvokeFunction",
            "Principal", "s3.amazonaws.com");
    attempt(
        function,
        now.withStatements(statements),
        () -> api.function("POST", function, "/policy", body));
  }

  private void changeConcurrency(String function, Expected now) throws IOException {
    String path = "/2017-10-31/functions/" + function + "/concurrency";
    if (now.reserved() >= 0 && random.nextBoolean()) {
      attempt(function, now.withReserved(-1), () -> api.send("DELETE", path, null));
      return;
    }
    int reserved = 1 + random.nextInt(5);
    Map<String, Object> body = Map.of("ReservedConcurrentExecutions", reserved);
    attempt(function, now.withReserved(reserved), () -> api.send("PUT", path, body));
  }

  private void changeRetries(String function, Expected now) throws IOException {
    String path = "/2019-09-25/functions/" + function + "/event-invoke-config";
    if (now.retries() >= 0 && random.nextBoolean()) {
      attempt(function, now.withRetries(-1), () -> api.send("DELETE", path, null));
      return;
    }
    int retries = random.nextInt(3);
    Map<String, Object> body = Map.of("MaximumRetryAttempts", retries);
    attempt(function, now.withRetries(retries), () -> api.send("PUT", path, body));
  }

  /** One that no alias names. */
  private void deleteVersion(String function, Expected now) throws IOException {
    Map<Integer, String> versions = new TreeMap<>(now.versions());
    versions.keySet().removeAll(now.aliases().values());
    if (versions.isEmpty()) {
      return;
    }
    int version = versions.keySet().iterator().next();
    Map<Integer, String> left = new TreeMap<>(now.versions());
    left.remove(version);
    attempt(
        function,
        now.withVersions(left),
        () -> api.function("DELETE", function, "?Qualifier=" + version, null));
  }

  private void delete(String function) throws IOException {
    attempt(function, null, () -> api.function("DELETE", function, "", null));
  }

  private void actOnLayer() throws IOException {
    String layer = name + "-layer";
    String path = "/2018-10-31/layers/" + layer + "/versions";
    LayerStack now = (LayerStack) states.getOrDefault(layer, new LayerStack(Map.of(), 0));
    if (now.hashes().size() > 3 || !now.hashes().isEmpty() && random.nextInt(3) == 0) {
      long version = now.hashes().keySet().stream().min(Long::compare).orElseThrow();
      attempt(layer, now.without(version), () -> api.send("DELETE", path + "/" + version, null));
      return;
    }
    Upload content = nextPackage();
    Map<String, Object> body = Map.of("Content", Map.of("ZipFile", content.base64()));
    attempt(layer, now.published(Hashes.base64(content.zip())), () -> api.send("POST", path, body));
  }
}
