package io.ringmaster.sandbox.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.Bench.Event;
import io.ringmaster.sandbox.linux.runtimes.ChannelChoice;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Slots;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real processes that share a segment with the engine, well-behaved and hostile ones. */
class SegmentTest {
  private static final String ECHO = "def handler(e, c):\n  return e\n";

  /** Gives a function the engine's own memory, as native code would find it. */
  private static final String HOSTILE =
      """
      import gc, mmap, os, struct, time
      memory = [o for o in gc.get_objects() if isinstance(o, mmap.mmap)][0]
      words = memoryview(memory)[:4096].cast('Q')
      def write(data):
        pipes = [f for f in range(5, 1024) if os.path.exists('/proc/self/fd/%d' % f)
                 and 'pipe' in os.readlink('/proc/self/fd/%d' % f)]
        for f in pipes:
          try: os.write(f, data)
          except OSError: pass # an end for reading
      def ring():
        write(struct.pack('<IBBHQ', 0, 22, 0, 0, 0))
        while True: time.sleep(1)
      def garbage(): memory[528384:1052672] = bytes(range(256)) * 2048
      def behind():
        while True:
          at = 4096 + (words[16] & 7) * 65536
          if memory[at + 5] == 4: return struct.unpack_from('<Q', memory, at + 8)[0]
      def answer(sequence, flags):
        return struct.pack('<IBBHQQQ', 22, 19, flags, 0, sequence, 0, 0) + b'"lies"'
      def put(data):
        at = 528384 + (words[32] + 1 & 7) * 65536
        memory[at:at + len(data)] = data
        words[32] += 1
      def answers_on():
        second = behind()
        write(answer(second - 1, 2))
        for i in range(100):
          write(answer(second, 0))
          time.sleep(0.001)
        put(answer(second, 0))
        time.sleep(60)
      def closes():
        put(answer(behind(), 0))
        words[34] = 2**63
        os.closerange(3, 1024)
        time.sleep(60)
      def handler(e, c):
        if e: exec(e, globals())
        return 'ok'
      """;

  @TempDir Path folder;
  private Bench bench;
  private OfferedInvocation second;

  @BeforeEach
  void open() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    bench =
        new Bench(
            folder,
            new ProcessPoolConfig(
                data,
                64,
                2,
                64,
                List.of(),
                RuntimeSettings.NONE.withChannel(ChannelChoice.SEGMENT)));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private long counter(String name) {
    return bench.pool.status().counters().get(name);
  }

  @Test
  void theFunctionFindsNoDescriptorOfIt() throws Exception {
    SandboxSpec spec =
        bench.function(
            """
            import os
            def handler(e, c):
              found = []
              for f in os.listdir('/proc/self/fd'):
                try: found.append(f + os.readlink('/proc/self/fd/' + f))
                except OSError: pass # the one that listed them
              return found
            """);
    int sandbox = bench.ready(spec);
    assertEquals(6, bench.driver.prefetches(sandbox));
    String open = bench.invoke(sandbox, "0");
    assertFalse(open.contains("memfd") || open.contains("\"3"), open);
  }

  /** Sizes around the slot's, sandboxes that are polled and that are not, up to seven at once. */
  @Test
  void everyAnswerIsItsOwn() throws Exception {
    Random random = new Random(3);
    SandboxSpec spec = bench.function(ECHO);
    int[] sandboxes = {bench.ready(spec), bench.ready(spec)};
    ArrayDeque<OfferedInvocation> inside = new ArrayDeque<>();
    for (int i = 0; i < 3_000; i++) {
      int sandbox = sandboxes[random.nextInt(10) == 0 ? 1 : 0];
      int count = 1 + random.nextInt(random.nextBoolean() ? 2 : 7);
      boolean large = false;
      for (int k = 0; k < count; k++) {
        int length =
            switch (random.nextInt(40)) {
              case 0 -> 65_000 + random.nextInt(1_000);
              case 1 -> random.nextInt(300_000);
              default -> random.nextInt(300);
            };
        String event = '"' + Integer.toString(i, 36).concat("x".repeat(length)) + '"';
        OfferedInvocation invocation =
            new OfferedInvocation(1_000_000 + 7L * i + k, event.getBytes(UTF_8));
        boolean taken = bench.driver.offer(Slots.slot(sandbox, 0), invocation);
        large |= event.length() > 60_000;
        assertTrue(taken || k > 0 && large, "offered " + k);
        if (taken) {
          inside.add(invocation);
        }
      }
      while (!inside.isEmpty()) {
        OfferedInvocation expected = inside.remove();
        Event event = bench.expect("response", sandbox);
        assertEquals(expected.sequence, event.number());
        assertEquals(new String(expected.payload, UTF_8), expected.answer());
      }
    }
    assertEquals(0, counter("doorbellRescued"));
    assertEquals(0, counter("protocolViolations"));
  }

  @Test
  void aSecondOneIsTakenBackOrAnswered() throws Exception {
    int sandbox =
        bench.ready(
            bench.function(
                """
                import os, time
                def handler(e, c):
                  while e and not os.path.exists(e):
                    time.sleep(0.001)
                  return 0
                """));
    int slot = Slots.slot(sandbox, 0);
    for (int i = 0; i < 200; i++) {
      boolean waits = i % 20 == 1;
      Path sign = folder.resolve("sign" + i);
      OfferedInvocation first = bench.offer(sandbox, '"' + (waits ? sign.toString() : "") + '"');
      OfferedInvocation second = new OfferedInvocation(1_000_000 + i, new byte[] {(byte) '0'});
      assertTrue(bench.driver.offer(slot, second));
      if (i % 3 == 0 && !waits) {
        assertEquals(first.sequence, bench.expect("response", sandbox).number());
      }
      boolean ours = bench.driver.revoke(slot, second.sequence);
      assertTrue(ours || !waits, "behind one that has not ended");
      if (waits) {
        Files.createFile(sign);
      }
      if (i % 3 != 0 || waits) {
        assertEquals(first.sequence, bench.expect("response", sandbox).number());
      }
      if (!ours) {
        Event event = bench.next();
        assertEquals(second.sequence, event.number());
        assertTrue(List.of("response", "skipped").contains(event.kind()), event.toString());
      }
    }
    assertEquals("0", bench.invoke(sandbox, "0"));
  }

  /**
   * Six behind one; those that are taken back are not run, in whatever order, and the others are.
   */
  @Test
  void anyOfAChainAreTakenBackOrAnswered() throws Exception {
    Random random = new Random(11);
    int sandbox =
        bench.ready(
            bench.function(
                """
                import os, time
                ran = []
                def handler(e, c):
                  if e == 'ran': return ran
                  while isinstance(e, str) and not os.path.exists(e):
                    time.sleep(0.001)
                  if isinstance(e, int): ran.append(e)
                  return e
                """));
    int slot = Slots.slot(sandbox, 0);
    List<Long> ran = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Path sign = folder.resolve("sign" + i);
      boolean waits = i % 10 == 1;
      OfferedInvocation first =
          new OfferedInvocation(
              1 + 7L * i, (waits ? '"' + sign.toString() + '"' : "null").getBytes(UTF_8));
      bench.until(() -> bench.driver.offer(slot, first), "no room");
      List<Long> inside = new ArrayList<>(List.of(first.sequence));
      for (long number = 1; number <= 6; number++) {
        OfferedInvocation behind = event(first.sequence + number);
        bench.until(() -> bench.driver.offer(slot, behind), "no room behind " + first.sequence);
        inside.add(behind.sequence);
      }
      List<Long> shuffled = new ArrayList<>(inside.subList(1, 7));
      Collections.shuffle(shuffled, random);
      for (long sequence : shuffled.subList(0, random.nextInt(7))) {
        boolean ours = bench.driver.revoke(slot, sequence);
        assertTrue(ours || !waits, "behind one that has not ended");
        if (ours) {
          inside.remove(sequence);
        }
      }
      if (waits) {
        Files.createFile(sign);
      }
      for (long sequence : inside) {
        Event event = bench.next();
        assertEquals(sequence, event.number());
        assertTrue(List.of("response", "skipped").contains(event.kind()), event.toString());
        if (event.kind().equals("response") && sequence != first.sequence) {
          ran.add(sequence);
        }
      }
    }
    assertEquals(ran.toString(), bench.invoke(sandbox, "\"ran\""));
    assertEquals(0, counter("doorbellRescued"));
    assertEquals(0, counter("protocolViolations"));
  }

  private static OfferedInvocation event(long sequence) {
    return new OfferedInvocation(sequence, Long.toString(sequence).getBytes(UTF_8));
  }

  /** A sandbox that has answered one invocation, and does something else than to take the next. */
  private int answeredOne(String insteadOfTaking) throws Exception {
    int sandbox =
        bench.ready(
            bench.function(
                """
                import os, time
                from ringmaster_runtime import segment
                def other(self, served): %s
                def handler(e, c):
                  segment.Segment.take = other
                  time.sleep(0.01)
                  return e
                """
                    .formatted(insteadOfTaking)));
    OfferedInvocation first = bench.offer(sandbox, "1");
    second = bench.offer(sandbox, "2");
    for (int i = 0; i < 5; i++) {
      bench.offer(sandbox, "3");
    }
    assertEquals(first.sequence, bench.expect("response", sandbox).number());
    return sandbox;
  }

  @Test
  void whatWasNotBegunWhenItsProcessDiedIsGivenBack() throws Exception {
    int sandbox = answeredOne("os._exit(3)");
    assertEquals(second.sequence, bench.expect("skipped", sandbox).number());
    assertEquals(3 << 8, bench.expect("exited", sandbox).number());
  }

  @Test
  void theDispatcherDiscardsOneWhoseExitIsBeingTold() throws Exception {
    bench.whenSkipped = sandbox -> bench.driver.discard(sandbox, Fault.PLATFORM);
    int sandbox = answeredOne("os._exit(3)");
    assertEquals(second.sequence, bench.expect("skipped", sandbox).number());
    int next = bench.ready(bench.function(ECHO));
    assertEquals("[1]", bench.invoke(next, "[1]"));
    assertTrue(
        bench.pool.status().sandboxes().stream().noneMatch(found -> found.sandbox() == sandbox));
  }

  private static void killKeeper() throws Exception {
    long keeper =
        ProcessHandle.current()
            .descendants()
            .filter(p -> p.info().command().orElse("").endsWith("/java"))
            .mapToLong(ProcessHandle::pid)
            .findFirst()
            .orElseThrow();
    new ProcessBuilder("kill", "-9", Long.toString(keeper)).start().waitFor();
  }

  /** Many may be lost at once; the dispatcher is told of a few at a time, and goes on meanwhile. */
  @Test
  void oneThatIsLostAndNotYetToldTakesAnInvocation() throws Exception {
    SandboxSpec spec = bench.function(ECHO);
    int[] sandboxes = {bench.ready(spec), bench.ready(spec)};
    killKeeper();
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (bench.events.isEmpty()) {
      bench.driver.poll(bench, 1);
      assertTrue(System.nanoTime() < deadlineNs, "nothing came");
    }
    int told = bench.next().sandbox();
    int other = told == sandboxes[0] ? sandboxes[1] : sandboxes[0];
    bench.offer(other, "1");
    bench.expect("failed", other);
  }

  @Test
  void whatWasNotBegunWhenTheKeeperDiedIsGivenBack() throws Exception {
    int sandbox = answeredOne("time.sleep(60)");
    killKeeper();
    assertEquals(second.sequence, bench.expect("skipped", sandbox).number());
    assertTrue(bench.expect("failed", sandbox).text().startsWith(Fault.PLATFORM.toString()));
  }

  /** It lies, and answers on; nobody listens any more. */
  @Test
  void whatComesAfterTheLastAnswerIsNotHeard() throws Exception {
    int quiet = bench.ready(bench.function(ECHO));
    int hostile = bench.ready(bench.function(HOSTILE));
    for (int i = 0; i < 50; i++) {
      assertEquals("\"ok\"", bench.invoke(hostile, "\"\""));
    }
    OfferedInvocation first = bench.offer(hostile, "\"answers_on()\"");
    OfferedInvocation behind = bench.offer(hostile, "\"\"");
    assertEquals(first.sequence, bench.expect("response", hostile).number());
    assertEquals("exited", bench.expect("exited", hostile).kind());
    assertEquals(0, behind.responseBuffer().length());
    assertEquals("[1]", bench.invoke(quiet, "[1]"));
  }

  @Test
  void oneThatClosesItsPipeIsKilled() throws Exception {
    int quiet = bench.ready(bench.function(ECHO));
    int hostile = bench.ready(bench.function(HOSTILE));
    for (int i = 0; i < 50; i++) {
      assertEquals("\"ok\"", bench.invoke(hostile, "\"\""));
    }
    bench.offer(hostile, "\"closes()\"");
    bench.offer(hostile, "\"\"");
    Event event = bench.expect("failed", hostile);
    assertTrue(event.text().startsWith(Fault.VIOLATION.toString()), event.toString());
    assertEquals("[1]", bench.invoke(quiet, "[1]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "words[32] += 3; ring()", // a count that cannot be
        "words[32] += 8; ring()",
        "words[32] = 2**64 - 1; ring()",
        "garbage(); words[32] += 1; ring()",
        "[write(struct.pack('<IBBHQ', 0, 22, 0, 0, 0)) for i in range(1000)]; time.sleep(60)",
        "write(b'x' * 64); time.sleep(60)", // an answer in a slot could be seen before these
      })
  void aHostileOneIsKilledAlone(String deed) throws Exception {
    int quiet = bench.ready(bench.function(ECHO));
    int hostile = bench.ready(bench.function(HOSTILE));
    for (int i = 0; i < 50; i++) {
      assertEquals("\"ok\"", bench.invoke(hostile, "\"\""));
    }
    bench.offer(hostile, '"' + deed + '"');
    Event event = bench.expect("failed", hostile);
    assertTrue(event.text().startsWith(Fault.VIOLATION.toString()), event.toString());
    assertEquals(1, counter("protocolViolations"));
    assertEquals("[1]", bench.invoke(quiet, "[1]"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "words[33] = 1", // it looks, it says: the engine's timer rings, or nothing happens
        "words[33] = 77",
        "words[34] = 2**63",
        "words[17] = 77", // as if the engine slept
        "words[16] = words[17] = 0; [words.__setitem__(i, 2**60) for i in range(64, 80)]", // its
        // own
        "garbage()",
      })
  void whatOnlyHurtsItselfHurtsNobodyElse(String deed) throws Exception {
    int quiet = bench.ready(bench.function(ECHO));
    int hostile = bench.ready(bench.function(HOSTILE));
    for (int i = 0; i < 50; i++) {
      assertEquals("\"ok\"", bench.invoke(hostile, "\"\""));
    }
    bench.offer(hostile, '"' + deed + '"');
    for (int i = 0; i < 200; i++) {
      OfferedInvocation invocation = bench.offer(quiet, "[" + i + "]");
      Event event = bench.next();
      while (event.sandbox() != quiet) {
        event = bench.next();
      }
      assertEquals("response", event.kind());
      assertEquals("[" + i + "]", invocation.answer());
    }
    assertEquals(0, counter("protocolViolations"));
  }
}
