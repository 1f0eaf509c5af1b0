package io.ringmaster.sandbox.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.keeper.TestEngine.Answer;
import io.ringmaster.sandbox.keeper.TestEngine.Held;
import io.ringmaster.sandbox.keeper.TestEngine.Mode;
import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.Op;
import io.ringmaster.sandbox.system.Pidfds;
import io.ringmaster.sandbox.system.WaitStatus;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Real keepers, zygotes and sandboxes; each test leaves no process and no descriptor. */
class KeeperTest extends LeavesNothing {
  private static final int ZYGOTE = 1;

  static List<Path> pythons() {
    return TestEngine.pythons();
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void functionProcessHasWhatItShallHave(Mode mode) {
    try (TestEngine engine = new TestEngine(mode)) {
      boolean keeperNamespace = mode != Mode.PLAIN && mode != Mode.SUBREAPER;
      assertEquals(keeperNamespace, engine.hello.a() == 1);
      Answer ready = engine.zygote(ZYGOTE);
      boolean namespaces = mode != Mode.PLAIN;
      assertEquals(namespaces ? 1 : 0, ready.b());
      Held held = engine.fork(ZYGOTE);
      String[] seen = engine.call(held, "look").split(" ");
      assertEquals(namespaces, seen[0].equals("2"));
      assertEquals("True", seen[1], "its own process group");
      assertEquals("True", seen[2], "preload ran");
      assertEquals("0000000000000000", seen[3], "no signal is blocked");
      assertEquals("1", seen[4], "threads");
      assertEquals("0=/dev/null,1=pipe,2=pipe,3=pipe,4=pipe", seen[5]);
      assertTrue(engine.below().contains(Pidfds.pid(held.pidfd())));
      engine.forget(held);
      assertEquals(0, engine.await(Op.EXIT, held.id()).a());
    }
  }

  /**
   * The small program has nothing of Python's. It is where the keeper is PID 1 itself, where files
   * in memory may be run, and where the C library has no restartable sequences.
   */
  @ParameterizedTest
  @EnumSource(Mode.class)
  void firstProcessIsTheSmallProgramOrAFork(Mode mode) throws IOException {
    boolean can = mode != Mode.PLAIN && mode != Mode.SUBREAPER && memoryCanBeRun();
    try (TestEngine engine = new TestEngine(mode)) {
      engine.zygote(ZYGOTE);
      engine.zygote(2, "GLIBC_TUNABLES=glibc.pthread.rseq=1");
      engine.zygote(3, "TEST_OLD_LIBRARY=1");
      for (int zygote : List.of(ZYGOTE, 2, 3)) {
        Held held = engine.fork(zygote);
        // The C library learns of the processor as it thinks that the kernel tells it.
        assertEquals("done processors", engine.call(held, "processors"));
        boolean small = can && engine.call(held, "sequences").equals("False");
        String status = Files.readString(Path.of("/proc/" + Pidfds.pid(held.pidfd()) + "/status"));
        assertEquals(small, rssKib(status) < 1_000, status);
        engine.tell(held, "exit 9");
        assertEquals("exit status 9", WaitStatus.describe(engine.await(Op.EXIT, held.id()).a()));
        engine.forget(held);
      }
    }
  }

  private static boolean memoryCanBeRun() throws IOException {
    Path setting = Path.of("/proc/sys/vm/memfd_noexec");
    return !Files.exists(setting) || !Files.readString(setting).strip().equals("2");
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"NAMESPACE", "PLAIN"})
  void aFunctionProcessKnowsWhetherItIsAwaited(Mode mode) {
    try (TestEngine engine = new TestEngine(mode)) {
      engine.zygote(ZYGOTE);
      for (boolean awaited : new boolean[] {false, true}) {
        Held held = engine.forked(engine.askFork(ZYGOTE, awaited));
        assertEquals(awaited ? "True" : "False", engine.call(held, "awaited"));
        engine.forget(held);
      }
    }
  }

  /** What the zygote once needed, and gave back, is no sandbox's. */
  @Test
  void thePeakOfTheZygoteIsNotItsSandboxes() {
    try (TestEngine engine = new TestEngine(Mode.NAMESPACE)) {
      engine.zygote(ZYGOTE, "TEST_PEAK=1");
      for (String how : new String[] {"exit 0", "kill 9", null}) {
        Held held = engine.fork(ZYGOTE);
        engine.call(held, "orphan");
        if (how == null) {
          engine.keeper.send(Op.KILL, held.id(), 0, 0, "");
        } else {
          engine.tell(held, how);
        }
        long peak = engine.await(Op.EXIT, held.id()).b();
        assertTrue(peak > 4_000 && peak < 40_000, () -> how + ": " + peak + " KiB");
        engine.forget(held);
      }
    }
  }

  private static long rssKib(String status) {
    String[] words = status.substring(status.indexOf("VmRSS:")).split("\\s+", 3);
    return Long.parseLong(words[1]);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void endsAreToldApart(Mode mode) {
    try (TestEngine engine = new TestEngine(mode)) {
      engine.zygote(ZYGOTE);
      assertEquals("exit status 0", end(engine, "exit 0"));
      assertEquals("exit status 7", end(engine, "exit 7"));
      assertEquals("exit status 137", end(engine, "exit 137"));
      assertEquals("exit status 255", end(engine, "exit 255"));
      assertEquals("exit status 3", end(engine, "return 3"));
      assertEquals("signal: killed", end(engine, "kill 9"));
      assertEquals("signal: terminated", end(engine, "kill 15"));
      assertEquals("signal: segmentation fault", end(engine, "kill 11"));
      assertEquals("signal: aborted", end(engine, "abort").replace(" (core dumped)", ""));
      assertEquals("signal: killed", end(engine, null));
    }
  }

  /** How a sandbox ends that was told this, or killed by the keeper. */
  private static String end(TestEngine engine, String line) {
    Held held = engine.fork(ZYGOTE);
    if (line == null) {
      assertEquals("done orphan", engine.call(held, "orphan"));
      engine.keeper.send(Op.KILL, held.id(), 0, 0, "");
    } else {
      engine.tell(held, line);
    }
    Answer exit = engine.await(Op.EXIT, held.id());
    assertTrue(engine.linux.pollOne(held.pidfd(), Linux.POLLIN, 0) > 0, "the pidfd tells it");
    assertEquals("", engine.read(held.responses()), "nobody has the pipe any more");
    assertTrue(exit.b() > 4_000 && exit.b() < 100_000, () -> exit.b() + " KiB");
    engine.forget(held);
    return WaitStatus.describe(exit.a());
  }

  @Test
  void peakMemoryIsThatOfTheFunction() {
    try (TestEngine engine = new TestEngine(Mode.NAMESPACE)) {
      engine.zygote(ZYGOTE);
      for (String how : new String[] {"exit 0", null}) {
        Held held = engine.fork(ZYGOTE);
        engine.call(held, "fill 100");
        if (how == null) {
          engine.keeper.send(Op.KILL, held.id(), 0, 0, "");
        } else {
          engine.tell(held, how);
        }
        long peak = engine.await(Op.EXIT, held.id()).b();
        assertTrue(peak > 100 * 1024 && peak < 300 * 1024, () -> peak + " KiB");
        engine.forget(held);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void killTakesWhatDetachedItself(Mode mode) {
    try (TestEngine engine = new TestEngine(mode)) {
      engine.zygote(ZYGOTE);
      Held other = engine.fork(ZYGOTE);
      engine.call(other, "orphan"); // its PID 2 is there
      Set<Integer> before = engine.below();
      Held held = engine.fork(ZYGOTE);
      Set<Integer> its = engine.detached(held, before);
      assertTrue(its.size() >= 5, () -> "PID 1, PID 2 and three that detached themselves: " + its);
      engine.keeper.send(Op.KILL, held.id(), 0, 0, "");
      engine.await(Op.EXIT, held.id());
      assertEquals(Set.of(), TestEngine.alive(its));
      assertEquals("done orphan", engine.call(other, "orphan"), "the other sandbox goes on");
      engine.forget(held);
      engine.forget(other);
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void exitTakesWhatDetachedItself(Mode mode) {
    try (TestEngine engine = new TestEngine(mode)) {
      engine.zygote(ZYGOTE);
      Set<Integer> before = engine.below();
      Held held = engine.fork(ZYGOTE);
      Set<Integer> its = engine.detached(held, before);
      engine.tell(held, "exit 4");
      assertEquals("exit status 4", WaitStatus.describe(engine.await(Op.EXIT, held.id()).a()));
      assertEquals(Set.of(), TestEngine.alive(its));
      engine.forget(held);
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void killOfTheKeeperTakesAll(Mode mode) {
    TestEngine engine = new TestEngine(mode);
    engine.zygote(ZYGOTE);
    List<Held> held = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      held.add(engine.fork(ZYGOTE));
    }
    engine.call(held.get(0), "detach");
    engine.call(held.get(1), "detach");
    Set<Integer> all = engine.below();
    assertTrue(all.size() >= 4 * 2 + 6 + 2);
    assertEquals(0, engine.linux.pidfdSendSignal(engine.hello.descriptors()[0], Linux.SIGKILL));
    assertEquals(Set.of(), TestEngine.awaitGone(all, 1_000_000_000), "within a second");
    held.forEach(engine::forget);
    engine.end(all);
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"NAMESPACE", "USER_NAMESPACE", "UNPRIVILEGED"})
  void killOfWhatStartedTheKeeperTakesAll(Mode mode) {
    TestEngine engine = new TestEngine(mode);
    engine.zygote(ZYGOTE);
    Held held = engine.fork(ZYGOTE);
    engine.call(held, "detach");
    Set<Integer> all = engine.below();
    assertEquals(0, engine.linux.kill(engine.started, Linux.SIGKILL));
    assertEquals(Set.of(), TestEngine.awaitGone(all, 1_000_000_000), "within a second");
    engine.forget(held);
    engine.end(all);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void endOfTheEngineTakesAll(Mode mode) {
    TestEngine engine = new TestEngine(mode);
    engine.zygote(ZYGOTE);
    List<Held> held = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      held.add(engine.fork(ZYGOTE));
    }
    engine.call(held.get(0), "detach");
    Set<Integer> all = engine.below();
    engine.keeper.close();
    assertEquals(Set.of(), TestEngine.awaitGone(all, 1_000_000_000), "within a second");
    held.forEach(engine::forget);
    engine.end(all);
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"NAMESPACE", "PLAIN"})
  void twoHundredForksLeaveNothing(Mode mode) {
    try (TestEngine engine = new TestEngine(mode)) {
      engine.zygote(ZYGOTE);
      engine.forget(round(engine, 3).get(0));
      engine.keeper.send(Op.PING, 1, 0, 0, "");
      engine.await(Op.PONG, 1);
      Set<Integer> before = TestEngine.alive(engine.below());
      int openHere = open();
      List<Integer> descriptors = descriptors(before);
      for (int i = 0; i < 20; i++) {
        round(engine, 10);
      }
      assertEquals(before, TestEngine.alive(engine.below()));
      assertEquals(openHere, open());
      assertEquals(descriptors, descriptors(before));
    }
  }

  /** Forks at once, and ends each in another way; all gone and forgotten when it returns. */
  private static List<Held> round(TestEngine engine, int count) {
    List<Held> asked = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      asked.add(engine.askFork(ZYGOTE));
      if (i % 5 == 4) {
        engine.keeper.send(Op.KILL, asked.get(i).id(), 0, 0, ""); // most likely before it is named
      }
    }
    List<Held> held = asked.stream().map(engine::forked).toList();
    for (int i = 0; i < count; i++) {
      switch (i % 5) {
        case 0 -> engine.tell(held.get(i), "exit 1");
        case 1 -> engine.tell(held.get(i), "kill 9");
        case 2, 3 -> engine.keeper.send(Op.KILL, held.get(i).id(), 0, 0, "");
        default -> {} // killed above
      }
    }
    for (int i = 0; i < count; i++) {
      String expected = i % 5 == 0 ? "exit status 1" : "signal: killed";
      int status = engine.await(Op.EXIT, held.get(i).id()).a();
      assertEquals(expected, WaitStatus.describe(status));
      engine.forget(held.get(i));
    }
    return List.of(new Held(0, 0, -1, -1, -1, -1));
  }

  private static List<Integer> descriptors(Set<Integer> pids) {
    return pids.stream().sorted().map(p -> new File("/proc/" + p + "/fd").list().length).toList();
  }

  @Test
  void functionCannotKillItsInit() {
    try (TestEngine engine = new TestEngine(Mode.NAMESPACE)) {
      engine.zygote(ZYGOTE);
      Held held = engine.fork(ZYGOTE);
      assertEquals("done killinit", engine.call(held, "killinit"));
      assertEquals("done killinit", engine.call(held, "killinit 9"));
      assertEquals("done orphan", engine.call(held, "orphan"));
      engine.tell(held, "exit 5");
      assertEquals("exit status 5", WaitStatus.describe(engine.await(Op.EXIT, held.id()).a()));
      engine.forget(held);
    }
  }

  @Test
  void withoutNamespaceKillingItsInitGainsNothing() {
    try (TestEngine engine = new TestEngine(Mode.PLAIN)) {
      engine.zygote(ZYGOTE);
      Set<Integer> before = engine.below();
      Held held = engine.fork(ZYGOTE);
      Set<Integer> its = engine.detached(held, before);
      engine.tell(held, "killinit 9");
      assertEquals("signal: killed", WaitStatus.describe(engine.await(Op.EXIT, held.id()).a()));
      assertEquals(Set.of(), TestEngine.alive(its));
      engine.forget(held);
    }
  }

  @ParameterizedTest
  @MethodSource("pythons")
  void noTwoSandboxesDrawTheSame(Path python) {
    try (TestEngine engine = new TestEngine(Mode.NAMESPACE)) {
      assertTrue(engine.zygote(ZYGOTE, python).text().startsWith("3."));
      Set<String> drawn = new HashSet<>();
      boolean many =
          "full".equals(System.getProperty("ringmaster.tests")) && python.equals(pythons().get(0));
      int sandboxes = many ? 1_000 : 40;
      for (int i = 0; i < sandboxes; i++) {
        Held held = engine.fork(ZYGOTE);
        String[] words = engine.call(held, "random").split(" ");
        assertEquals(5, words.length);
        drawn.addAll(List.of(words));
        drawn.add("node " + words[3].substring(24));
        engine.keeper.send(Op.KILL, held.id(), 0, 0, "");
        engine.forget(held);
      }
      assertEquals(sandboxes * 6, drawn.size());
    }
  }

  @Test
  void deathOfTheZygoteIsToldAndItsSandboxesLiveOn() {
    try (TestEngine engine = new TestEngine(Mode.NAMESPACE)) {
      Answer ready = engine.zygote(ZYGOTE);
      Held held = engine.fork(ZYGOTE);
      engine.call(held, "orphan"); // it has been let go by the zygote
      engine.keeper.send(Op.ZYGOTE_END, ZYGOTE, 0, 0, "");
      Held refused = engine.askFork(ZYGOTE);
      Answer error = engine.await(Op.ERROR, refused.id());
      assertEquals(Errno.ESRCH, error.a());
      assertEquals(Op.FORK, error.b());
      engine.forget(refused);
      assertEquals(Linux.SIGKILL, engine.await(Op.ZYGOTE_GONE, ZYGOTE).a());
      assertEquals("done orphan", engine.call(held, "orphan"));
      assertNotEquals(ready.a(), engine.zygote(ZYGOTE).a());
      Held second = engine.fork(ZYGOTE);
      engine.tell(held, "exit 6");
      assertEquals("exit status 6", WaitStatus.describe(engine.await(Op.EXIT, held.id()).a()));
      engine.forget(held);
      engine.forget(second);
    }
  }

  @Test
  void forksThatAZygoteDiedOverAreAnswered() {
    try (TestEngine engine = new TestEngine(Mode.NAMESPACE)) {
      for (int round = 0; round < 5; round++) {
        engine.zygote(ZYGOTE);
        List<Held> asked = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
          asked.add(engine.askFork(ZYGOTE));
        }
        engine.forget(engine.forked(asked.removeFirst()));
        engine.keeper.send(Op.ZYGOTE_END, ZYGOTE, 0, 0, "");
        engine.await(Op.ZYGOTE_GONE, ZYGOTE);
        asked.forEach(engine::forget);
        Set<Integer> answered = engine.answeredForks();
        asked.forEach(held -> assertTrue(answered.contains(held.id()), () -> "fork " + held.id()));
      }
      // Function processes end when their request pipe does; keeper, unshare and nothing else
      // remains.
      Set<Integer> all = engine.below();
      long deadline = System.nanoTime() + TestEngine.DEADLINE_NS;
      while (all.size() > 2 && System.nanoTime() < deadline) {
        all = engine.below();
      }
      assertEquals(2, all.size());
    }
  }

  @Test
  void zygoteThatCannotStartOrForkIsTold() {
    try (TestEngine engine = new TestEngine(Mode.NAMESPACE)) {
      engine.startZygote(2, Path.of("/no/such/python"));
      Answer error = engine.await(Op.ERROR, 2);
      assertEquals(Errno.ENOENT, error.a());
      assertEquals(Op.ZYGOTE, error.b());
      engine.startZygote(3, Path.of("/bin/false"));
      assertEquals("exit status 1", WaitStatus.describe(engine.await(Op.ZYGOTE_GONE, 3).a()));
      engine.zygote(4, "TEST_THREAD=1");
      Held held = engine.askFork(4);
      error = engine.await(Op.ERROR, held.id());
      assertEquals(Errno.EBUSY, error.a());
      assertTrue(error.text().contains("thread"));
      engine.forget(held);
    }
  }

  @Test
  void wrongCommandsAreRefusedOneByOne() {
    try (TestEngine engine = new TestEngine(Mode.NAMESPACE)) {
      engine.keeper.send(99, 1, 0, 0, "");
      assertEquals(Errno.ENOSYS, engine.await(Op.ERROR, 1).a());
      engine.keeper.send(Op.ZYGOTE, 2, 0, 0, "nonsense");
      assertEquals(Errno.EINVAL, engine.await(Op.ERROR, 2).a());
      engine.keeper.send(Op.FORK, 3, 77, 0, "");
      assertEquals(Errno.ESRCH, engine.await(Op.ERROR, 3).a());
      engine.zygote(ZYGOTE);
      engine.keeper.send(Op.ZYGOTE, ZYGOTE, 0, 0, "nonsense");
      assertEquals(Errno.EEXIST, engine.await(Op.ERROR, ZYGOTE).a());
      engine.keeper.send(Op.FORK, 4, ZYGOTE, 0, "", engine.keeper.fd());
      assertEquals(Errno.EINVAL, engine.await(Op.ERROR, 4).a());
      engine.keeper.send(Op.KILL, 5, 0, 0, "");
      engine.keeper.send(Op.PING, 6, 0, 0, "");
      engine.await(Op.PONG, 6);
      assertFalse(engine.below().isEmpty());
    }
  }

  @Test
  void aSlowEngineBlocksNobodyAndMissesNothing() {
    try (TestEngine engine = new TestEngine(Mode.NAMESPACE)) {
      int sent = 0;
      while (sent < 3_000) { // more than the wire holds in either direction
        if (engine.keeper.trySend(Op.PING, sent, 0, 0, "") == 0) {
          sent++;
        } else if (engine.linux.pollOne(engine.keeper.fd(), Linux.POLLOUT, 300_000_000) == 0) {
          break; // the keeper reads no more until we do
        }
      }
      assertTrue(sent > 300);
      for (int i = 0; i < sent; i++) {
        engine.await(Op.PONG, i);
      }
    }
  }
}
