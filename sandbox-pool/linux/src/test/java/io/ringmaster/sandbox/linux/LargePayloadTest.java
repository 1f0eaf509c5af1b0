package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.runtimes.ChannelChoice;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Slots;
import io.ringmaster.sandbox.system.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Payloads that the copier moves, to and from processes that stop, die or lie meanwhile. */
class LargePayloadTest {
  private static final int LARGE = 6_000_000;

  private static final String ECHO = "def handler(event):\n  return event\n";

  /** Writes what it is told to its response pipe, and ends or stops there. */
  private static final String HALF =
      """
      import os, signal, struct, sys
      def handler(event):
        sequence = sys._getframe(1).f_locals['fields'][4]
        channel = sys._getframe(1).f_locals['channel']
        half = struct.pack('<IBBHQQII', 5000016, 19, 0, 0, sequence, 0, 0, 0) + b'x' * 900000
        while half:
          half = half[os.write(channel.responses, half):]
        os.kill(os.getpid(), signal.SIGKILL if event == b'dies' else signal.SIGSTOP)
      """;

  /**
   * Answers by itself, and ends when it is told to; so does what lies behind it, if that is there.
   */
  private static final String LEAVES =
      """
      import os, struct, sys, time
      def answer(sequence, length):
        return struct.pack('<IBBHQQII', 16 + length, 19, 0, 0, sequence, 0, 0, 0) + b'y' * length
      def handler(event):
        sequence = sys._getframe(1).f_locals['fields'][4]
        channel = sys._getframe(1).f_locals['channel']
        folder, both = event.decode().split('|')
        data = answer(sequence, 3000000)
        first, rest = data[:500000], data[500000:]
        while first:
          first = first[os.write(channel.responses, first):]
        open(folder + '/begun', 'w').close()
        while not os.path.exists(folder + '/go'):
          time.sleep(0.001)
        if both:
          rest += answer(sequence + 1, 100)
        while rest:
          rest = rest[os.write(channel.responses, rest):]
        os._exit(3)
      """;

  @TempDir Path folder;
  private Bench bench;

  private void open(ChannelChoice channel) throws Exception {
    bench =
        new Bench(
            folder,
            new ProcessPoolConfig(
                Files.createDirectories(folder.resolve("data")),
                64,
                2,
                64,
                List.of(),
                RuntimeSettings.NONE.withChannel(channel)));
  }

  @AfterEach
  void close() {
    if (bench != null) {
      bench.close();
    }
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().equals("ringmaster-copier")));
  }

  private SandboxSpec raw(String source) throws Exception {
    return bench.function(source, Map.of(), true);
  }

  private static byte[] bytes(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static boolean answered(OfferedInvocation invocation) {
    return Arrays.equals(
        invocation.payload,
        0,
        invocation.payload.length,
        invocation.responseBuffer().array(),
        0,
        invocation.responseBuffer().length());
  }

  private void answers(int sandbox, int seed, int length) {
    OfferedInvocation invocation = bench.offer(sandbox, bytes(seed, length));
    Bench.Event event = bench.next();
    if (event.kind().equals("ready")) {
      event = bench.next();
    }
    assertEquals("response", event.kind(), event::toString);
    assertTrue(answered(invocation));
  }

  private static int pipes() throws IOException {
    int count = 0;
    try (var entries = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path entry : entries) {
        if (Files.isSymbolicLink(entry)
            && Files.readSymbolicLink(entry).toString().startsWith("pipe:")) {
          count++;
        }
      }
    }
    return count;
  }

  private int pid(int sandbox) {
    return bench.pool.status().sandboxes().stream()
        .filter(each -> each.sandbox() == sandbox)
        .findFirst()
        .orElseThrow()
        .pid();
  }

  /** Stops the function's process, as if it never read again. */
  private void stop(int sandbox) throws IOException {
    assertEquals(0, new Linux().kill(functionPid(pid(sandbox)), Linux.SIGSTOP));
    untilStopped(sandbox);
  }

  private void untilStopped(int sandbox) throws IOException {
    String stat = "/proc/" + functionPid(pid(sandbox)) + "/stat";
    bench.until(() -> isStopped(Path.of(stat)), "it does not stop");
    assertTrue(bench.events.isEmpty(), bench.events::toString);
  }

  private static boolean isStopped(Path stat) {
    try {
      String text = Files.readString(stat);
      return text.startsWith(") T", text.lastIndexOf(')'));
    } catch (IOException gone) {
      throw new AssertionError("it is gone", gone);
    }
  }

  /** The last one of a chain of processes. */
  private static int functionPid(int pid) throws IOException {
    String children = Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"));
    return children.isBlank() ? pid : functionPid(Integer.parseInt(children.strip().split(" ")[0]));
  }

  @ParameterizedTest
  @EnumSource(value = ChannelChoice.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
  void manyAtOnceEachItsOwn(ChannelChoice channel) throws Exception {
    open(channel);
    SandboxSpec spec = raw(ECHO);
    Map<Integer, OfferedInvocation> running = new HashMap<>();
    int[] sandboxes = new int[6];
    for (int i = 0; i < sandboxes.length; i++) {
      sandboxes[i] = bench.ready(spec);
    }
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < sandboxes.length; i++) {
        int length = (i + round) % 3 == 0 ? 50 : 1_000_000 * (1 + (i + round) % 4);
        running.put(sandboxes[i], bench.offer(sandboxes[i], bytes(10 * round + i, length)));
      }
      while (!running.isEmpty()) {
        Bench.Event event = bench.next();
        assertEquals("response", event.kind(), event::toString);
        assertTrue(answered(running.remove(event.sandbox())));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = ChannelChoice.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
  void oneThatStopsReadingIsResetKilledAndDiscarded(ChannelChoice channel) throws Exception {
    open(channel);
    int sandbox = bench.ready(raw(ECHO));
    int stopped = 0;
    for (int i = 0; stopped < 3; i++) {
      answers(sandbox, i, 100);
      stop(sandbox);
      OfferedInvocation stuck = bench.offer(sandbox, bytes(i, LARGE));
      bench.quiet(20_000_000);
      if (stopped == 1) {
        assertEquals(0, new Linux().kill(pid(sandbox), Linux.SIGKILL));
      } else {
        bench.driver.reset(sandbox, Fault.TIMEOUT);
      }
      bench.expect("exited", sandbox);
      stuck.payload = new byte[0];
      stopped++;
    }
    answers(sandbox, 7, LARGE);
    bench.driver.discard(sandbox, Fault.EVICTED);
    bench.until(() -> bench.pool.status().sandboxes().isEmpty(), "it is there still");
  }

  @ParameterizedTest
  @EnumSource(value = ChannelChoice.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
  void oneThatDiesOrStopsInTheMidstOfAnAnswer(ChannelChoice channel) throws Exception {
    open(channel);
    int sandbox = bench.ready(raw(HALF));
    bench.offer(sandbox, "dies");
    bench.expect("exited", sandbox);
    bench.offer(sandbox, "stops");
    bench.expect("ready", sandbox);
    untilStopped(sandbox);
    bench.driver.reset(sandbox, Fault.TIMEOUT);
    bench.expect("exited", sandbox);
    bench.offer(sandbox, "stops");
    bench.expect("ready", sandbox);
    untilStopped(sandbox);
    bench.driver.discard(sandbox, Fault.TIMEOUT);
    int other = bench.ready(raw(ECHO));
    answers(other, 1, LARGE);
  }

  /** The dispatcher finds the answer, and its process's exit, at once. */
  private OfferedInvocation left(int sandbox, boolean both) throws Exception {
    OfferedInvocation invocation = bench.offer(sandbox, folder + "|" + (both ? "both" : ""));
    bench.until(() -> Files.exists(folder.resolve("begun")), "it has not begun");
    Path process = Path.of("/proc/" + functionPid(pid(sandbox)));
    if (both) {
      OfferedInvocation behind = new OfferedInvocation(invocation.sequence + 1, new byte[1]);
      assertTrue(bench.driver.offer(Slots.slot(sandbox, 0), behind));
    }
    Files.createFile(folder.resolve("go"));
    long giveUpNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (Files.exists(process)) {
      assertTrue(System.nanoTime() < giveUpNs, "it does not end");
      Thread.onSpinWait();
    }
    return invocation;
  }

  @ParameterizedTest
  @EnumSource(value = ChannelChoice.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
  void anAnswerBeforeTheExitIsNotLost(ChannelChoice channel) throws Exception {
    open(channel);
    int sandbox = bench.ready(raw(LEAVES));
    OfferedInvocation invocation = left(sandbox, false);
    bench.expect("response", sandbox);
    assertEquals("y".repeat(3_000_000), invocation.answer());
    assertEquals(3 << 8, bench.expect("exited", sandbox).number());
  }

  @Test
  void norIsTheOneBehindIt() throws Exception {
    open(ChannelChoice.SEGMENT);
    int sandbox = bench.ready(raw(LEAVES));
    OfferedInvocation invocation = left(sandbox, true);
    assertEquals(invocation.sequence, bench.expect("response", sandbox).number());
    assertEquals(invocation.sequence + 1, bench.expect("response", sandbox).number());
    assertEquals(3 << 8, bench.expect("exited", sandbox).number());
  }

  @ParameterizedTest
  @EnumSource(value = ChannelChoice.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
  void descriptorsAreGivenBack(ChannelChoice channel) throws Exception {
    open(channel);
    int sandbox = bench.ready(raw(ECHO));
    answers(sandbox, 1, LARGE);
    bench.until(
        () -> bench.pool.status().genericSandboxes().values().stream().allMatch(n -> n >= 2),
        "pool");
    int before = pipes();
    for (int i = 0; i < 20; i++) {
      answers(sandbox, i, 200_000 * (i + 1));
    }
    assertEquals(before, pipes());
  }

  @ParameterizedTest
  @EnumSource(value = ChannelChoice.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
  void theEndOfAllInTheMidstOfIt(ChannelChoice channel) throws Exception {
    open(channel);
    int stopped = bench.ready(raw(ECHO));
    answers(stopped, 1, 100);
    int half = bench.ready(raw(HALF));
    bench.offer(half, "stops");
    untilStopped(half);
    stop(stopped);
    bench.offer(stopped, bytes(1, LARGE));
    bench.quiet(20_000_000);
    bench.close();
    bench = null;
  }
}
