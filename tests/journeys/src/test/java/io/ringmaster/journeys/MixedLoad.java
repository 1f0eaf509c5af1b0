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
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Submits, counts what comes back, and kills a sandbox now and then. */
final class MixedLoad implements InvocationCallback {
  private static final int IN_FLIGHT = 64;

  private final Engine engine;
  private final List<String> functions;
  private final int invocations;
  private final SplittableRandom random;
  private final int hangEvery;
  private final AtomicIntegerArray answers;
  private final Set<String> requestIds = ConcurrentHashMap.newKeySet();
  private final Semaphore places = new Semaphore(IN_FLIGHT);
  private final CountDownLatch left;
  private final AtomicReference<String> wrong = new AtomicReference<>();
  private final AtomicInteger kills = new AtomicInteger();
  private final AtomicLong refused = new AtomicLong();

  /**
   * @param functions which to invoke, each in proportion to how often it stands there; one named
   *     {@code injvm} is only ever asked to answer
   * @param hangs how many of the invocations never end by themselves
   */
  MixedLoad(
      Engine engine, List<String> functions, int invocations, int hangs, SplittableRandom random) {
    this.engine = engine;
    this.functions = functions;
    this.invocations = invocations;
    this.random = random;
    this.hangEvery = invocations / hangs;
    this.answers = new AtomicIntegerArray(invocations);
    this.left = new CountDownLatch(invocations);
  }

  void run() throws InterruptedException {
    Thread killer = Thread.ofPlatform().daemon().start(this::killNowAndThen);
    int burstAt = invocations / 2;
    int burstEnd = burstAt + Math.min(1000, invocations / 50);
    for (int n = 0; n < invocations; n++) {
      boolean burst = n >= burstAt && n < burstEnd;
      if (!burst) {
        places.acquire();
      }
      submit(n, burst);
    }
    assertTrue(left.await(240, TimeUnit.SECONDS), () -> left.getCount() + " never answered");
    killer.interrupt();
    killer.join();
    assertNull(wrong.get());
    for (int n = 0; n < invocations; n++) {
      assertEquals(1, answers.get(n), "answers to " + n);
    }
    assertEquals(invocations, requestIds.size(), "each has a request id of its own");
    assertTrue(kills.get() > 0, "the test killed sandboxes");
    assertTrue(refused.get() < invocations / 10, () -> refused + " refused");
  }

  private void submit(int n, boolean burst) {
    int dice = random.nextInt(1000);
    String mode =
        n % hangEvery == hangEvery - 1
            ? "hang"
            : dice < 5 ? "exit" : dice < 30 ? "raise" : dice < 40 ? "big" : "ok";
    String function = functions.get(random.nextInt(functions.size()));
    boolean inJvm = function.equals("injvm");
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
    if (call.refusal() != null) {
      refused.incrementAndGet();
      fits = call.refusal().statusCode() == 429 || call.refusal().statusCode() == 500;
    } else if (body.contains("Runtime.ExitError")) {
      fits = expected.mode.equals("exit") || body.contains("signal: killed");
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
    if (!fits) {
      wrong.compareAndSet(null, expected + " was answered " + call.refusal() + " " + body);
    }
  }

  private void killNowAndThen() {
    SplittableRandom dice = new SplittableRandom(7);
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(200);
        List<EngineStatus.SandboxStatus> sandboxes =
            engine.status().sandboxes().stream().filter(s -> s.pid() > 0).toList();
        if (!sandboxes.isEmpty()) {
          long pid = sandboxes.get(dice.nextInt(sandboxes.size())).pid();
          if (ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(false)) {
            kills.incrementAndGet();
          }
        }
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }
}
