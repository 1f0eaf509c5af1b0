package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.config;
import static io.ringmaster.journeys.Engines.python;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Call;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.InvocationCallback;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
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
import org.junit.jupiter.api.Test;

/**
 * Crashes, hangs, killed sandboxes and bursts: a ledger kept here holds exactly one terminal answer
 * for each request, each answer is that of its own event, and /proc is afterwards as it was before.
 */
class ExactlyOnceTest {
  private static final int IN_FLIGHT = 64;

  @Test
  void aHundredThousandMixedInvocations() throws Exception {
    run(100_000, 20);
  }

  private static void run(int invocations, int hangs) throws Exception {
    warmUpTheTestItself();
    Map<Long, String> processes = ProcessCensus.below(ProcessHandle.current());
    Map<String, Long> descriptors = ProcessCensus.descriptors();
    Set<String> threads = ProcessCensus.engineThreads();
    Set<String> files = ProcessCensus.temporaryFiles();
    long seed = System.nanoTime();
    System.err.println("exactly-once: seed " + seed);
    try (Engine engine = Engine.open(config().environmentsMax(12).build())) {
      deploy(engine);
      new Load(engine, invocations, hangs, new SplittableRandom(seed)).run();
      EngineStatus status = engine.status();
      assertEquals(0, status.concurrentInvocations(), "no unit of the ledger is leaked");
      assertEquals(0L, status.counters().get("inFlight"));
      assertTrue(status.counters().get("timeouts") > 0, status.counters()::toString);
      assertTrue(status.counters().get("exits") > 0, status.counters()::toString);
      assertEquals(0L, status.counters().get("lateAnswers"));
    }
    Map<Long, String> left = ProcessCensus.below(ProcessHandle.current());
    left.keySet().removeAll(processes.keySet());
    assertEquals(Map.of(), left, "processes");
    assertEquals(descriptors, ProcessCensus.descriptors(), "descriptors");
    assertEquals(threads, ProcessCensus.engineThreads(), "threads");
    assertEquals(files, ProcessCensus.temporaryFiles(), "files");
  }

  private static void warmUpTheTestItself() throws IOException {
    ProcessCensus.below(ProcessHandle.current());
    ProcessCensus.descriptors();
  }

  private static void deploy(Engine engine) {
    for (int i = 0; i < 3; i++) {
      engine
          .functions()
          .create(
              python(
                      "mixed" + i,
                      "import os, time",
                      "def handler(event, context):",
                      "    mode = event['mode']",
                      "    if mode == 'raise': raise RuntimeError(str(event['n']))",
                      "    if mode == 'exit': os._exit(event['n'] % 3)",
                      "    if mode == 'hang': time.sleep(3600)",
                      "    if mode == 'big': return {'n': event['n'], 'pad': 'x' * 100000}",
                      "    return {'n': event['n']}")
                  .timeoutSeconds(1)
                  .build());
    }
    engine
        .functions()
        .create(
            FunctionSpec.named("injvm")
                .code(
                    FunctionCode.inJvm(
                        (event, response) ->
                            response.write(event.bytes(), event.offset(), event.length())))
                .timeoutSeconds(1)
                .build());
  }

  /** Submits, counts what comes back, and kills a sandbox now and then. */
  private static final class Load implements InvocationCallback {
    private final Engine engine;
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

    Load(Engine engine, int invocations, int hangs, SplittableRandom random) {
      this.engine = engine;
      this.invocations = invocations;
      this.random = random;
      this.hangEvery = invocations / hangs;
      this.answers = new AtomicIntegerArray(invocations);
      this.left = new CountDownLatch(invocations);
    }

    void run() throws InterruptedException {
      Thread killer = Thread.ofPlatform().daemon().start(this::killNowAndThen);
      int burstAt = invocations / 2;
      for (int n = 0; n < invocations; n++) {
        boolean burst = n >= burstAt && n < burstAt + 1000;
        if (!burst) {
          places.acquire();
        }
        submit(n, burst);
      }
      assertTrue(left.await(120, TimeUnit.SECONDS), () -> left.getCount() + " never answered");
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
      boolean inJvm = dice >= 900;
      String function = inJvm ? "injvm" : "mixed" + random.nextInt(3);
      byte[] event =
          ("{\"n\":" + n + ",\"mode\":\"" + (inJvm ? "ok" : mode) + "\"}")
              .getBytes(StandardCharsets.UTF_8);
      engine
          .newCall()
          .function(function)
          .payload(event, 0, event.length)
          .attachment(new Expected(n, inJvm ? "ok" : mode, burst))
          .submit(this);
    }

    private record Expected(int n, String mode, boolean burst) {}

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
              case "raise" -> body.contains("\"errorMessage\": \"" + expected.n + "\"");
              case "exit" -> false; // that is a Runtime.ExitError, see above
              default ->
                  body.startsWith("{\"n\": " + expected.n)
                      || body.startsWith("{\"n\":" + expected.n);
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
}
