package io.ringmaster.journeys;

import static io.ringmaster.journeys.Engines.config;
import static io.ringmaster.journeys.Engines.python;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Crashes, hangs, killed sandboxes and bursts: a ledger kept here holds exactly one terminal answer
 * for each request, each answer is that of its own event, and /proc is afterwards as it was before.
 */
class ExactlyOnceTest {
  private static final List<String> FUNCTIONS =
      List.of(
          "mixed0", "mixed0", "mixed0", "mixed1", "mixed1", "mixed1", "mixed2", "mixed2", "mixed2",
          "injvm");

  private static final int INVOCATIONS = 100_000;
  private static final int IN_FLIGHT = 64;
  private static final int HANGS = 20;
  private static final int KILLS = 100;

  @Test
  void aHundredThousandMixedInvocations() throws Exception {
    Rest before = Rest.now();
    long seed = System.nanoTime();
    System.err.println("exactly-once: seed " + seed);
    try (Engine engine = Engine.open(config().environmentsMax(12).build())) {
      deploy(engine);
      new MixedLoad(engine, FUNCTIONS, INVOCATIONS, IN_FLIGHT, new SplittableRandom(seed))
          .run(HANGS, KILLS);
      EngineStatus status = engine.status();
      assertEquals(0, status.concurrentInvocations(), "no unit of the ledger is leaked");
      assertEquals(0L, status.counters().get("inFlight"));
      assertTrue(status.counters().get("timeouts") > 0, status.counters()::toString);
      assertTrue(status.counters().get("exits") > 0, status.counters()::toString);
      assertEquals(0L, status.counters().get("lateAnswers"));
    }
    before.assertNothingIsLeft();
  }

  /** The same with what lies behind a running one, and is taken back, or outlives its process. */
  @Test
  void whatLiesBehindARunningOneIsAnsweredOnceToo() throws Exception {
    Rest before = Rest.now();
    long seed = System.nanoTime();
    System.err.println("prefetched: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    try (Engine engine = Engine.open(config().environmentsMax(2).build())) {
      deploy(engine);
      Map<String, Long> counters;
      int rounds = 0;
      do {
        new MixedLoad(engine, List.of("mixed0"), 5_000, 16, random).run(3, 10);
        counters = engine.status().counters();
      } while (counters.get("prefetchRevoked") == 0 && ++rounds < 10);
      assertTrue(counters.get("prefetched") > 0, counters::toString);
      assertTrue(counters.get("prefetchRevoked") > 0, counters::toString);
      assertEquals(0L, counters.get("doorbellRescued"));
      assertEquals(0L, counters.get("protocolViolations"));
      assertEquals(0L, counters.get("inFlight"));
    }
    before.assertNothingIsLeft();
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
}
