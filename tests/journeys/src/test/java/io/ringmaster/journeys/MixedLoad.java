package io.ringmaster.journeys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Call;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.InvocationCallback;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;

/** Submits, counts what comes back, and kills a sandbox now and then. */
final class MixedLoad implements InvocationCallback {
  /** Whose answers the Runtime API takes. */
  private static final Set<String> OVER_HTTP = Set.of("python-client", "shell");

  private final Engine engine;
  private final List<String> functions;
  private final int invocations;
  private final SplittableRandom random;
  private final AtomicIntegerArray answers;
  private final Set<String> requestIds = ConcurrentHashMap.newKeySet();
  private final Semaphore places;
  private final CountDownLatch left;
  private final AtomicReference<String> wrong = new AtomicReference<>();
  private final Map<String, AtomicInteger> outcomes = new ConcurrentSkipListMap<>();
  private int killsDone;
  private long elapsedMs;

  /**
   * @param functions which to invoke, each in proportion to how often it stands there; one named
   *     {@code injvm} is only ever asked to answer
   * @param inFlight how many at once, but in the burst
   */
  MixedLoad(
      Engine engine,
      List<String> functions,
      int invocations,
      int inFlight,
      SplittableRandom random) {
    this.engine = engine;
    this.functions = functions;
    this.invocations = invocations;
    this.random = random;
    this.places = new Semaphore(inFlight);
    this.answers = new AtomicIntegerArray(invocations);
    this.left = new CountDownLatch(invocations);
  }

  /**
   * @param hangs how many of the invocations never end by themselves
   * @param kills how many times a sandbox is killed meanwhile
   */
  void run(int hangs, int kills) throws InterruptedException {
    long began = System.nanoTime();
    int hangEvery = invocations / hangs;
    int killEvery = invocations / kills;
    int burstAt = invocations / 2;
    int burstEnd = burstAt + Math.min(1000, invocations / 50);
    for (int n = 0; n < invocations; n++) {
      boolean burst = n >= burstAt && n < burstEnd;
      if (!burst) {
        places.acquire();
      }
      submit(n, burst, n % hangEvery == hangEvery - 1);
      if (n % killEvery == killEvery / 2) {
        killOne();
      }
    }
    assertTrue(left.await(240, TimeUnit.SECONDS), () -> left.getCount() + " never answered");
    elapsedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    assertNull(wrong.get());
    for (int n = 0; n < invocations; n++) {
      assertEquals(1, answers.get(n), "answers to " + n);
    }
    assertEquals(invocations, requestIds.size(), "each has a request id of its own");
    assertTrue(killsDone > 0, "the test killed sandboxes");
    int refused = outcomes.getOrDefault("refused", new AtomicInteger()).get();
    assertTrue(refused < invocations / 10, () -> outcomes + "");
  }

  /** What was done and what came of it, as one JSON document. */
  String report(long seed, Map<String, Long> counters) {
    StringJoiner counts = new StringJoiner(",");
    outcomes.forEach((outcome, count) -> counts.add("\"" + outcome + "\":" + count));
    return String.format(
        Locale.ROOT,
        "{\"schema\":\"ringmaster.mixed/1\",\"seed\":%d,\"invocations\":%d,\"sandboxesKilled\":%d,"
            + "\"coldStarts\":%d,\"evictions\":%d,\"outcomes\":{%s},\"seconds\":%.1f}",
        seed,
        invocations,
        killsDone,
        counters.get("coldStarts"),
        counters.get("evictions"),
        counts,
        elapsedMs / 1e3);
  }

  private void submit(int n, boolean burst, boolean hangs) {
    int dice = random.nextInt(1000);
    String mode =
        hangs ? "hang" : dice < 5 ? "exit" : dice < 30 ? "raise" : dice < 40 ? "big" : "ok";
    String function;
    boolean inJvm;
    do {
      function = functions.get(random.nextInt(functions.size()));
      inJvm = function.equals("injvm");
    } while (hangs && inJvm);
    byte[] event =
        ("{\"n\":" + n + ",\"mode\":\"" + (inJvm ? "ok" : mode) + "\"}")
            .getBytes(StandardCharsets.UTF_8);
    engine
        .newCall()
        .function(function)
        .payload(event, 0, event.length)
        .attachment(new Expected(n, function, inJvm ? "ok" : mode, burst))
        .submit(this);
  }

  private record Expected(int n, String function, String mode, boolean burst) {}

  @Override
  public void settled(Call call) {
    Expected expected = (Expected) call.attachment();
    check(call, expected);
    answers.incrementAndGet(expected.n);
    requestIds.add(call.requestIdHigh() + ":" + call.requestIdLow());
    if (!expected.burst) {
      places.release();
    }
    left.countDown();
  }

  private void check(Call call, Expected expected) {
    String body = new String(call.response(), 0, call.responseLength(), StandardCharsets.UTF_8);
    boolean fits;
    String outcome = expected.mode;
    if (call.refusal() != null) {
      outcome = "refused";
      fits = call.refusal().statusCode() == 429 || call.refusal().statusCode() == 500;
    } else if (body.contains("Runtime.TruncatedResponse")) {
      outcome = "killed"; // in the middle of its answer
      fits = OVER_HTTP.contains(expected.function);
    } else if (body.contains("Runtime.ExitError")) {
      outcome = body.contains("signal: killed") ? "killed" : "exit";
      fits = expected.mode.equals("exit") || outcome.equals("killed");
    } else {
      fits =
          switch (expected.mode) {
            case "hang" -> body.contains("Sandbox.Timedout");
            case "raise" ->
                body.replace("\": \"", "\":\"").contains("\"errorMessage\":\"" + expected.n + "\"");
            case "exit" -> false; // that is a Runtime.ExitError, see above
            default ->
                body.startsWith("{\"n\": " + expected.n) || body.startsWith("{\"n\":" + expected.n);
          };
    }
    outcomes.computeIfAbsent(outcome, any -> new AtomicInteger()).incrementAndGet();
    if (!fits) {
      wrong.compareAndSet(null, expected + " was answered " + call.refusal() + " " + body);
    }
  }

  private void killOne() {
    List<EngineStatus.SandboxStatus> sandboxes =
        engine.status().sandboxes().stream().filter(s -> s.pid() > 0).toList();
    if (!sandboxes.isEmpty()) {
      long pid = sandboxes.get(random.nextInt(sandboxes.size())).pid();
      if (ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(false)) {
        killsDone++;
      }
    }
  }
}
