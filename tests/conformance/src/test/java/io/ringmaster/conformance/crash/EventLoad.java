package io.ringmaster.conformance.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.ringmaster.conformance.crash.Api.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Events under way while a server is killed, and what has become of them afterwards. One thread.
 */
final class EventLoad {
  /** A kill meets more than so many, which were acknowledged and did not run. */
  static final int IN_FLIGHT = 1_000;

  /** While more are in flight no more are sent. */
  private static final int IN_FLIGHT_MAX = 1_800;

  private static final int CONNECTIONS = 24;
  private static final int PART = 1_000;
  private static final long SETTLED_NS = TimeUnit.SECONDS.toNanos(120);
  private static final String CONFIGURATION = "/event-invoke-config";

  private static final String SOURCE =
      """
      import os, time

      ledger = os.open(os.environ["LEDGER"], os.O_WRONLY | os.O_APPEND)
      life = os.environ["AWS_ENDPOINT_URL"].rpartition("/")[2]

      def handler(event, context):
          try:
              with open(os.environ["SLOW"]) as seconds:
                  time.sleep(float(seconds.read()))
          except FileNotFoundError:
              pass
          line = "%s %s %s\\n" % (life, os.environ["KIND"], context.aws_request_id)
          os.write(ledger, line.encode())
          if os.environ["KIND"] != "SOUND":
              raise ValueError("on purpose")
      """;

  private final EventLedger ledger;
  private final Path slow;
  private final Random random;
  private final List<String> violations;
  private volatile boolean enough;

  /**
   * @param slow a file that is there while functions are to take their time
   */
  EventLoad(EventLedger ledger, Path slow, Random random, List<String> violations) {
    this.ledger = ledger;
    this.slow = slow;
    this.random = random;
    this.violations = violations;
  }

  /** Makes the functions that events go to. */
  void create(Api api) throws IOException {
    byte[] zip = Upload.zip(Map.of("app.py", SOURCE.getBytes(UTF_8)));
    String code = Base64.getEncoder().encodeToString(zip);
    for (EventKind kind : EventKind.values()) {
      String name = kind.function();
      Map<String, String> variables =
          Map.of("LEDGER", ledger.file() + "", "SLOW", slow + "", "KIND", kind.name());
      Map<String, Object> function =
          Map.of(
              "FunctionName",
              name,
              "Runtime",
              "python3.13",
              "Role",
              Actor.ROLE,
              "Handler",
              "app.handler",
              "Timeout",
              20,
              "Environment",
              Map.of("Variables", variables),
              "Code",
              Map.of("ZipFile", code));
      must(api.create(function));
      Map<String, Object> retries = Map.of("MaximumRetryAttempts", kind.retries());
      must(api.send("PUT", "/2019-09-25/functions/" + name + CONFIGURATION, retries));
    }
  }

  private static JsonNode must(Answer answer) throws IOException {
    if (!answer.done()) {
      throw new IllegalStateException(answer.text());
    }
    return answer.json();
  }

  /** Functions take so many seconds, until {@link #verify}. */
  void slowDown(String seconds) throws IOException {
    Path coming = slow.resolveSibling(slow.getFileName() + ".new");
    Files.writeString(coming, seconds);
    Files.move(coming, slow, StandardCopyOption.ATOMIC_MOVE);
  }

  /** What sends, each on a thread of its own. */
  List<Callable<Void>> senders(URI server) throws IOException {
    slowDown("0.02");
    enough = false;
    List<Callable<Void>> senders = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      senders.add(new EventSender(server, ledger, random.nextLong(), () -> enough));
    }
    return senders;
  }

  /** Looks how many are in flight, and lets senders wait when they are too many. */
  int inFlight() throws IOException {
    ledger.read();
    enough = ledger.inFlight() > IN_FLIGHT_MAX;
    return ledger.inFlight();
  }

  /** The server was killed: whoever waits to send something finds it gone. */
  void killed() throws IOException {
    enough = false;
    ledger.killed();
  }

  /** Waits until nothing is to be run any more, and compares. */
  void verify(Api api) throws IOException {
    Files.deleteIfExists(slow);
    long endNs = System.nanoTime() + SETTLED_NS;
    while (!isSettled(api)) {
      if (System.nanoTime() - endNs > 0) {
        violations.add("events wait for long: " + figures(api));
        break;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    ledger.settled();
    ledger.checkRun();
    ledger.checkDead(deadLetters(api));
  }

  /** Those that wait for a retry are not run soon. */
  private boolean isSettled(Api api) throws IOException {
    int waiting = figures(api).path("waiting").asInt(-1);
    ledger.read();
    return waiting == ledger.ran(EventKind.PATIENT).size();
  }

  private static JsonNode figures(Api api) throws IOException {
    return must(api.send("GET", "/_ringmaster/status", null)).path("events");
  }

  private static Set<String> deadLetters(Api api) throws IOException {
    Set<String> ids = new HashSet<>();
    String after = "";
    while (after != null) {
      JsonNode part = must(api.send("GET", "/_ringmaster/dlq?max=" + PART + after, null));
      part.get("letters").forEach(letter -> ids.add(letter.get("requestId").asText()));
      JsonNode next = part.path("next");
      after = next.isTextual() ? "&after=" + Api.encode(next.asText()) : null;
    }
    return ids;
  }

  /** Throws all dead letters away, which must never come back. */
  void purge(Api api) throws IOException {
    Set<String> dead = deadLetters(api);
    int purged =
        must(api.send("POST", "/_ringmaster/dlq/purge?all=true", null)).at("/count").asInt();
    if (purged != dead.size()) {
      violations.add(purged + " dead letters were purged of " + dead.size());
    }
    ledger.purged(dead);
  }

  /** Deletes the functions; what is owed to them stays. */
  void delete(Api api) throws IOException {
    for (EventKind kind : EventKind.values()) {
      must(api.function("DELETE", kind.function(), "", null));
    }
  }
}
