package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.runtimes.ChannelChoice;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Slots;
import io.ringmaster.stress.SmallEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The litmus of wake-ups: the driver and real sandbox processes, Python's and Java's, over shared
 * memory, each with its own code for publishing and for going to sleep. In each round both sides
 * dawdle by chance, so that each finds the other awake, asleep, and about to sleep; now and then
 * several invocations lie behind the first of a round, and answer in one sleep of the driver.
 * {@code tests/run litmus} makes it long.
 */
@Timeout(value = 6, unit = TimeUnit.HOURS)
class ChannelLitmusTest implements DriverEvents {
  private static final long ROUNDS = Long.getLong("ringmaster.rounds", 50_000);
  private static final long SEED = Long.getLong("ringmaster.seed", 1);

  /** So long nothing takes: whoever sleeps for longer was not woken. */
  private static final long LOST_NS = TimeUnit.SECONDS.toNanos(30);

  /** So many lie behind another at most. */
  private static final int BEHIND = 6;

  private static final String PYTHON =
      """
      def handler(event):
          if event[8] == 255:
              with open("/proc/thread-self/status", "rb") as status, open("/proc/self/maps", "rb") as maps:
                  return status.read() + maps.read()
          for _ in range(event[8]):
              pass
          return event
      """;

  private static final String JAVA =
      """
      public class App {
        public static byte[] handler(byte[] event) throws java.io.IOException {
          int dawdles = event[8] & 255;
          if (dawdles == 255) {
            java.io.ByteArrayOutputStream facts = new java.io.ByteArrayOutputStream();
            facts.writeBytes(java.nio.file.Files.readAllBytes(java.nio.file.Path.of("/proc/thread-self/status")));
            facts.writeBytes(java.nio.file.Files.readAllBytes(java.nio.file.Path.of("/proc/self/maps")));
            return facts.toByteArray();
          }
          for (int i = 0; i < dawdles; i++) {
            Thread.onSpinWait();
          }
          return event;
        }
      }
      """;

  @TempDir Path folder;
  private int ready = -1;
  private long answered;

  @Test
  void noWakeUpIsLostBetweenJavaAndPython() throws Exception {
    Path code = Files.createDirectories(folder.resolve("code"));
    Files.writeString(code.resolve("app.py"), PYTHON);
    play("channel-python", "python3.11", "app.handler", code);
  }

  @Test
  void noWakeUpIsLostBetweenJavaAndJava() throws Exception {
    Path code = Files.createDirectories(folder.resolve("code"));
    Path source = Files.writeString(folder.resolve("App.java"), JAVA);
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", code.toString(), source.toString()));
    play("channel-java", "java25", "App::handler", code);
  }

  private void play(String name, String runtime, String handler, Path code) throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    ProcessPoolConfig config =
        new ProcessPoolConfig(
            data, 4, 1, 4, List.of(), RuntimeSettings.NONE.withChannel(ChannelChoice.SEGMENT));
    EpollSleeper sleeper = EpollSleeper.open();
    EpollSleeper logSleeper = EpollSleeper.open();
    ProcessPool pool = ProcessPool.open(config, sleeper, logSleeper, null);
    try {
      SandboxDriver driver = pool.driver();
      int sandbox =
          driver.prepare(new PoolKey("123456789012", 1, "", ""), spec(runtime, handler, code));
      turnUntilReady(driver, sleeper);
      assertEquals(sandbox, ready);
      Rounds rounds = new Rounds(driver, sleeper, Slots.slot(sandbox, 0));
      long beganNs = System.nanoTime();
      long sleeps = sleeper.sleeps();
      rounds.play();
      long engineSleeps = sleeper.sleeps() - sleeps;
      long sandboxSleeps = rounds.sandboxSleeps();
      long rescued = pool.status().counters().get("doorbellRescued");
      Files.createDirectories(Path.of("target"));
      Files.writeString(
          Path.of("target", "litmus-" + name + ".json"),
          ("{\"litmus\":\"%s\",\"rounds\":%d,\"seconds\":%d,\"engineSleeps\":%d,"
                  + "\"sandboxSleeps\":%d,\"doorbellRescued\":%d}%n")
              .formatted(
                  name,
                  ROUNDS,
                  TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNs),
                  engineSleeps,
                  sandboxSleeps,
                  rescued));
      assertEquals(0, rescued, "doorbells rescued");
      assertTrue(engineSleeps > 0 && engineSleeps < ROUNDS, engineSleeps + " sleeps");
      assertTrue(sandboxSleeps > 0 && sandboxSleeps < ROUNDS, sandboxSleeps + " sleeps");
      driver.discard(sandbox, Fault.PLATFORM);
    } finally {
      pool.driver().close();
      pool.closeLogs();
      sleeper.close();
      logSleeper.close();
    }
  }

  private static SandboxSpec spec(String runtime, String handler, Path code) {
    return new SandboxSpec(
        runtime,
        handler,
        code,
        null,
        "x86_64",
        Map.of(),
        new SandboxSpec.Identity(
            "123456789012",
            "us-east-1",
            "f",
            "$LATEST",
            "arn:aws:lambda:us-east-1:123456789012:function:f",
            "/aws/lambda/f",
            "Text",
            "",
            ""),
        128,
        TimeUnit.SECONDS.toNanos(30),
        512,
        true);
  }

  private void turnUntilReady(SandboxDriver driver, EpollSleeper sleeper) {
    long beganNs = System.nanoTime();
    while (ready < 0) {
      if (driver.poll(this, 8) == 0) {
        long nowNs = System.nanoTime();
        assertTrue(nowNs - beganNs < 2 * LOST_NS, "not ready");
        sleeper.await(nowNs, nowNs + TimeUnit.MILLISECONDS.toNanos(10), driver::hasEvents);
      }
    }
  }

  /** The dispatcher's side of them. */
  private final class Rounds {
    private final SandboxDriver driver;
    private final EpollSleeper sleeper;
    private final int slot;
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final ResponseBuffer[] answers = new ResponseBuffer[1 + BEHIND];
    private long number;

    Rounds(SandboxDriver driver, EpollSleeper sleeper, int slot) {
      this.driver = driver;
      this.sleeper = sleeper;
      this.slot = slot;
      Arrays.setAll(answers, at -> new ResponseBuffer());
    }

    void play() {
      while (number < ROUNDS) {
        int count = random.nextInt(4) > 0 ? 1 : random.nextInt(2, answers.length + 1);
        round(count, random.nextInt(4) > 0 ? 0 : random.nextInt(random.nextInt(1, 255)));
        for (int i = 0; i < count; i++) {
          assertEquals(9, answers[i].length(), "round " + number);
          assertEquals(
              number - count + 1 + i,
              ByteBuffer.wrap(answers[i].array()).getLong(),
              "an answer of its invocation");
        }
      }
    }

    /** Often none; about as long as the other side looks before it sleeps; sometimes longer. */
    private int some() {
      int kind = random.nextInt(64);
      return kind < 24 ? 0 : random.nextInt(kind < 48 ? 40 : kind < 63 ? 600 : 4_000);
    }

    private void round(int count, int dawdles) {
      for (int spins = some(); spins > 0; spins--) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < count; i++) {
        byte[] payload = ByteBuffer.allocate(9).putLong(++number).put((byte) dawdles).array();
        answers[i].clear();
        assertTrue(driver.offer(slot, new SmallEvent(number, payload, answers[i])));
      }
      int looks = some() / 8;
      while (answered != number) {
        if (driver.poll(ChannelLitmusTest.this, 8) == 0 && --looks < 0) {
          long nowNs = System.nanoTime();
          sleeper.await(nowNs, nowNs + LOST_NS, driver::hasEvents);
          assertTrue(System.nanoTime() - nowNs < LOST_NS, "round " + number + " was slept through");
        }
      }
    }

    /** How often the process gave its processor away to wait, as the kernel counted. */
    long sandboxSleeps() {
      round(1, 255);
      String facts = new String(answers[0].array(), 0, answers[0].length(), StandardCharsets.UTF_8);
      assertTrue(facts.contains("memfd:ringmaster-segment"), "it shares memory with the engine");
      Matcher line = Pattern.compile("voluntary_ctxt_switches:\\s+(\\d+)").matcher(facts);
      assertTrue(line.find());
      return Long.parseLong(line.group(1));
    }
  }

  // ---- what the driver tells ----

  @Override
  public void ready(int sandbox, int slots, long bindNs, long initNs) {
    ready = sandbox;
  }

  @Override
  public void response(int slot, long sequence, boolean error, long mark, int memoryKb) {
    assertEquals(answered + 1, sequence);
    answered = sequence;
  }

  @Override
  public void initFailed(int sandbox, byte[] error, long initNs) {
    throw new AssertionError(new String(error, StandardCharsets.UTF_8));
  }

  @Override
  public void initRefused(int sandbox, String errorType, String text, long initNs) {
    throw new AssertionError(errorType + ": " + text);
  }

  @Override
  public void taken(int slot, long sequence) {
    throw new AssertionError("taken");
  }

  @Override
  public void skipped(int slot, long sequence) {
    throw new AssertionError("skipped");
  }

  @Override
  public void chunk(int slot, long sequence, int bytes) {
    throw new AssertionError("chunk");
  }

  @Override
  public void exited(int sandbox, int status, int maxMemoryKb) {
    throw new AssertionError("exited with " + status);
  }

  @Override
  public void failed(int sandbox, Fault fault, String detail) {
    throw new AssertionError(fault + ": " + detail);
  }
}
