package io.ringmaster.conformance.crash;

import io.ringmaster.conformance.crash.Api.Answer;
import io.ringmaster.conformance.powerloss.Ext4Image;
import io.ringmaster.persistence.chronicle.ShortCycles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server whose data lie on a file system of their own, the ledger of its events outside of that,
 * and what is asked of it. One thread.
 */
final class FaultyDisk implements AutoCloseable {
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

  /** Something to wait for. */
  interface Condition {
    boolean holds() throws IOException;
  }

  private final Path log;
  private final Path stops;
  private final Ext4Image image;
  private final List<String> violations = new ArrayList<>();
  private final EventLedger ledger;
  private final EventLoad events;
  private ServerProcess server;
  private Api api;

  FaultyDisk(Path folder, String name) throws IOException {
    log = folder.resolve(name + ".log");
    stops = Files.createDirectories(folder.resolve(name + "-stops"));
    ShortCycles.install(stops);
    image = Ext4Image.create(folder, name);
    ledger = new EventLedger(folder.resolve(name + "-ledger"), violations);
    Path slow = folder.resolve(name + "-slow");
    events = new EventLoad(ledger, slow, new Random(), violations);
  }

  Ext4Image image() {
    return image;
  }

  Path data() {
    return image.root().resolve("data");
  }

  Api api() {
    return api;
  }

  /** Events that were acknowledged and did not run. */
  int inFlight() throws IOException {
    ledger.read();
    return ledger.inFlight();
  }

  /** Events that ran. */
  int ran() throws IOException {
    ledger.read();
    return ledger.ran();
  }

  List<String> violations() {
    return violations;
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  void start() throws IOException {
    server = ServerProcess.start(data(), log, stops, ledger.nextLife(), "disk");
    api = new Api(server.endpoint());
  }

  /** Starts it for the first time. */
  void startNew() throws IOException {
    start();
    events.create(api);
    ledger.settled();
  }

  void kill() {
    server.kill();
    api.close();
  }

  /** Whatever was acknowledged has run, or runs now, and is where it belongs. */
  void verify() throws IOException {
    events.verify(api);
  }

  /** Sends an event; whether it was accepted. */
  boolean send(Object event) throws IOException {
    Answer answer = api.event(EventKind.SOUND.function(), event);
    if (answer.status() == 202) {
      ledger.acknowledge(answer.requestId());
      return true;
    }
    refusal("an event", answer);
    return false;
  }

  /** Events that a function takes its time for. */
  void sendSlowly(int count) throws IOException {
    events.slowDown("0.5");
    for (int i = 0; i < count; i++) {
      expect("event " + i + " is accepted", send(Map.of("n", i)));
    }
  }

  /** That it was refused for the server's own sake, and clearly. */
  void refusal(String what, Answer answer) {
    boolean clear = answer.status() == 500 && answer.text().contains("\"Type\":\"Service\"");
    expect(what + " is refused clearly: " + answer.text(), clear);
  }

  void expect(String what, boolean holds) {
    if (!holds) {
      violations.add("not so: " + what);
    }
  }

  void await(String what, Condition condition) throws IOException {
    long endNs = System.nanoTime() + PATIENCE_NS;
    while (!condition.holds()) {
      if (System.nanoTime() - endNs > 0) {
        throw new IOException("in vain: " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  /** Why the journal cannot be written; empty: it can. */
  String degraded() throws IOException {
    return api.send("GET", "/_ringmaster/status", null).json().at("/events/degraded").asText("");
  }

  /** Whether the server is alive, runs functions that it has, and says so. */
  void serves() throws IOException {
    expect("it is alive", server.isAlive());
    expect("it is healthy", api.send("GET", "/_ringmaster/health/live", null).done());
    Answer answer = api.invoke(EventKind.SOUND.function(), "$LATEST");
    expect("a synchronous invocation goes on: " + answer.text(), answer.done());
  }

  /** Changes a description; null: it is done, else the refusal. */
  Answer describe(String text) throws IOException {
    Map<String, Object> body = Map.of("Description", text);
    Answer answer = api.function("PUT", EventKind.SOUND.function(), "/configuration", body);
    return answer.done() ? null : answer;
  }

  String description() throws IOException {
    return api.function("GET", EventKind.SOUND.function(), "/configuration", null)
        .json()
        .path("Description")
        .asText();
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      kill();
    }
    image.close();
  }
}
