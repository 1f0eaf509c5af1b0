package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.Bench.Event;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random requests of a dispatcher to real processes that answer, raise, exit, crash, hang, print
 * and write garbage: each sandbox follows the life that the interface promises, each invocation
 * ends once, and nothing is left in the end.
 */
class DriverChurnTest {
  private static final String SOURCE =
      """
      import os, signal, sys, time
      def handler(e, c):
        if e == 'exit': os._exit(3)
        if e == 'crash': os.kill(os.getpid(), signal.SIGSEGV)
        if e == 'raise': raise RuntimeError('no')
        if e == 'hang': time.sleep(100)
        if e == 'print': sys.stdout.write('y' * 200000)
        if e == 'large': return 'z' * 1000000
        if e == 'later':
          if os.fork() == 0:
            time.sleep(100)
        return e
      """;
  private static final String[] EVENTS = {
    "ok", "ok", "ok", "exit", "crash", "raise", "hang", "print", "large", "later"
  };

  @TempDir Path folder;

  /** What a dispatcher knows of a sandbox. */
  private enum Known {
    COMING,
    IDLE,
    BUSY,
    RESTARTING,
    ENDING,
    VACANT
  }

  private final Map<Integer, Known> sandboxes = new HashMap<>();
  private final Map<Integer, String> asked = new HashMap<>();
  private int answers;
  private int exits;

  @Test
  void everyLifeIsAsPromised() throws Exception {
    boolean full = "full".equals(System.getProperty("ringmaster.tests"));
    Path data = Files.createDirectories(folder.resolve("data"));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    ProcessPoolConfig config = new ProcessPoolConfig(data, 12, 2, 8, List.of(), Bench.SETTINGS);
    try (Bench bench = new Bench(folder, config)) {
      SandboxSpec good = bench.function(SOURCE);
      SandboxSpec bad = bench.function("raise ValueError('init')\n");
      int steps = full ? 20_000 : 1_000;
      for (int step = 0; step < steps; step++) {
        act(bench, random, random.nextInt(10) == 0 ? bad : good);
        bench.turn();
        while (!bench.events.isEmpty()) {
          happened(bench.events.remove(), seed);
        }
        bench.output.clear();
      }
      settle(bench, seed);
      assertTrue(answers > 10 && exits > 10, answers + " answers, " + exits + " exits");
      assertEquals(0L, bench.pool.status().counters().get("protocolViolations"), "seed " + seed);
    }
    assertEquals(0, ProcessHandle.current().descendants().count());
    try (Stream<Path> left = Files.list(data)) {
      assertEquals(
          List.of("bootstraps", "keeper.log"),
          left.map(p -> p.getFileName().toString()).sorted().toList());
    }
  }

  private void act(Bench bench, Random random, SandboxSpec spec) {
    List<Integer> ids = new ArrayList<>(sandboxes.keySet());
    int choice = random.nextInt(20);
    if (ids.isEmpty() || choice == 0) {
      int id = bench.prepare(spec);
      if (id >= 0) {
        assertEquals(null, sandboxes.put(id, Known.COMING), "an id in use");
      } else {
        assertEquals(12, ids.size());
      }
      return;
    }
    int id = ids.get(random.nextInt(ids.size()));
    Known known = sandboxes.get(id);
    if (choice == 1) {
      bench.driver.discard(id, Fault.EVICTED);
      sandboxes.remove(id);
      asked.remove(id);
    } else if (choice < 5 && known != Known.IDLE && known != Known.VACANT) {
      bench.driver.reset(id, Fault.TIMEOUT);
      sandboxes.put(id, Known.ENDING);
      asked.remove(id);
    } else if (known == Known.IDLE || known == Known.VACANT) {
      String event = EVENTS[random.nextInt(EVENTS.length)];
      bench.offer(id, "\"" + event + "\"");
      asked.put(id, event);
      sandboxes.put(id, known == Known.IDLE ? Known.BUSY : Known.RESTARTING);
    }
  }

  private void happened(Event event, long seed) {
    int id = event.sandbox();
    Known known = sandboxes.get(id);
    String told = "seed " + seed + ": " + event + " of one that is " + known + ", " + asked.get(id);
    switch (event.kind()) {
      case "ready" -> {
        assertTrue(known == Known.COMING || known == Known.RESTARTING, told);
        sandboxes.put(id, known == Known.COMING ? Known.IDLE : Known.BUSY);
      }
      case "initFailed" -> {
        assertTrue(known == Known.COMING || known == Known.RESTARTING, told);
        asked.remove(id);
        sandboxes.put(id, Known.ENDING);
      }
      case "response", "error" -> {
        assertEquals(Known.BUSY, known, told);
        assertEquals(event.kind().equals("error"), asked.remove(id).equals("raise"), told);
        sandboxes.put(id, Known.IDLE);
        answers++;
      }
      case "exited" -> {
        if (known == Known.BUSY) {
          String what = asked.remove(id);
          assertTrue(what.equals("exit") || what.equals("crash"), told);
          assertEquals(what.equals("exit") ? 3 << 8 : 11, event.number() & 0xff7f, told);
        } else {
          assertEquals(Known.ENDING, known, told);
        }
        sandboxes.put(id, Known.VACANT);
        exits++;
      }
      default -> throw new AssertionError(told);
    }
  }

  /** Everything that is under way comes to its end, but what hangs. */
  private void settle(Bench bench, long seed) {
    bench.until(
        () -> {
          while (!bench.events.isEmpty()) {
            happened(bench.events.remove(), seed);
          }
          bench.output.clear();
          return sandboxes.entrySet().stream()
              .allMatch(
                  entry ->
                      switch (entry.getValue()) {
                        case IDLE, VACANT -> true;
                        case BUSY -> asked.get(entry.getKey()).equals("hang");
                        default -> false;
                      });
        },
        "seed " + seed + ": " + sandboxes + asked);
  }
}
