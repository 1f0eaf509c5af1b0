package io.ringmaster.sandbox.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.keeper.TestEngine.Answer;
import io.ringmaster.sandbox.keeper.TestEngine.Held;
import io.ringmaster.sandbox.keeper.TestEngine.Mode;
import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.Op;
import io.ringmaster.sandbox.system.Pidfds;
import io.ringmaster.sandbox.system.SpawnCommand;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the kernel refuses the keeper, and who would keep it busy. */
class KeeperFaultTest {
  private static final int ZYGOTE = 1;
  private static final int SIGSTOP = 19;
  private static final int SIGCONT = 18;

  private static void limitFiles(TestEngine engine, boolean toNone) {
    long[] own = new long[2];
    engine.linux.getLimit(Linux.RLIMIT_NOFILE, own);
    int keeper = Pidfds.pid(engine.hello.descriptors()[0]);
    long soft = toNone ? 3 : own[0];
    assertEquals(0, engine.linux.setLimit(keeper, Linux.RLIMIT_NOFILE, soft, own[1]));
  }

  private static void ping(TestEngine engine) {
    engine.keeper.send(Op.PING, 7, 0, 0, "");
    engine.await(Op.PONG, 7);
  }

  /** The process is there, but there is no descriptor for it: it goes, and nothing else does. */
  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"NAMESPACE", "SUBREAPER"})
  void aProcessWithoutDescriptorNeverWas(Mode mode) {
    try (TestEngine engine = new TestEngine(mode)) {
      engine.zygote(ZYGOTE);
      Held other = engine.fork(ZYGOTE);
      Held first = engine.fork(ZYGOTE);
      engine.tell(first, "exit 0");
      engine.await(Op.EXIT, first.id()); // all classes that a sandbox's life needs are loaded
      engine.forget(first);
      Set<Integer> before = engine.below();
      List<Integer> zygotes = before.stream().filter(pid -> isZygote(pid, other)).toList();
      zygotes.forEach(pid -> engine.linux.kill(pid, SIGSTOP));
      Held asked = engine.askFork(ZYGOTE);
      ping(engine); // so the zygote has been asked
      limitFiles(engine, true);
      zygotes.forEach(pid -> engine.linux.kill(pid, SIGCONT));
      Answer refused = engine.await(Op.ERROR, asked.id());
      assertEquals(Errno.EMFILE, refused.a());
      assertEquals(Op.FORK, refused.b());
      limitFiles(engine, false);
      assertEquals("", engine.read(asked.responses()), "nobody has the pipe any more");
      engine.forget(asked);
      ping(engine);
      Held next = engine.fork(ZYGOTE);
      for (Held held : List.of(other, next)) {
        engine.tell(held, "exit 7");
        assertEquals(7 << 8, engine.await(Op.EXIT, held.id()).a());
        engine.forget(held);
      }
    }
  }

  private static boolean isZygote(int pid, Held sandbox) {
    boolean itsProgram =
        ProcessHandle.of(pid)
            .flatMap(process -> process.info().commandLine())
            .orElse("")
            .contains("zygote.py");
    int parent =
        ProcessHandle.of(pid).flatMap(ProcessHandle::parent).map(p -> (int) p.pid()).orElse(0);
    int own = Pidfds.pid(sandbox.pidfd());
    return itsProgram && pid != own && parent != own;
  }

  /** A small program's peak does not rise above what it began with, but it can be looked at. */
  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"NAMESPACE", "PLAIN"})
  void memoryOfAProgramThatIsKilledIsKnown(Mode mode) {
    try (TestEngine engine = new TestEngine(mode)) {
      SpawnCommand command =
          new SpawnCommand(
              engine.folder.toString(),
              List.of("/bin/sh", "-c", "echo there; sleep 8763"),
              List.of("PATH=/usr/bin:/bin"));
      Held held = engine.forked(engine.askSpawn(command, false));
      assertEquals("there\n", engine.read(held.log()));
      engine.keeper.send(Op.KILL, held.id(), 0, 0, "");
      long peak = engine.await(Op.EXIT, held.id()).b();
      assertTrue(peak > 200 && peak < 20_000, () -> peak + " KiB");
      engine.forget(held);
    }
  }

  /** It is never the process that a walk found: its child has taken its place. */
  @Test
  void whatReplacesItselfForEverHoldsTheKeeperForAMomentOnly() {
    try (TestEngine engine = new TestEngine(Mode.PLAIN)) {
      String program =
          "import os, time\n"
              + "if os.fork() == 0:\n"
              + "  for _ in range(100000):\n"
              + "    if os.fork(): os._exit(0)\n"
              + "  os._exit(0)\n"
              + "print('there', flush=True)\n"
              + "time.sleep(8763)";
      SpawnCommand command =
          new SpawnCommand(
              engine.folder.toString(),
              List.of(TestEngine.pythons().get(0).toString(), "-c", program),
              List.of("PATH=/usr/bin:/bin"));
      Held held = engine.forked(engine.askSpawn(command, false));
      assertEquals("there\n", engine.read(held.log()));
      long beganNs = System.nanoTime();
      engine.keeper.send(Op.KILL, held.id(), 0, 0, "");
      ping(engine);
      engine.await(Op.EXIT, held.id());
      long tookNs = System.nanoTime() - beganNs;
      assertTrue(tookNs < TimeUnit.SECONDS.toNanos(10), () -> tookNs + " ns");
      engine.forget(held);
    }
  }

  @Test
  void aWalkThatHasNoTimeGoesOnLater() throws IOException, InterruptedException {
    Process shell =
        new ProcessBuilder(
                "/bin/sh", "-c", "for i in 1 2 3 4 5 6 7 8; do sleep 8763 & done; echo; wait")
            .start();
    try {
      assertEquals('\n', shell.getInputStream().read());
      assertEquals(8, shell.children().count());
      ProcessTree hasty = new ProcessTree(new Linux(), 0);
      long deadlineNs = System.nanoTime() + TestEngine.DEADLINE_NS;
      while (!hasty.killBelow((int) shell.pid(), child -> true)) {
        assertTrue(System.nanoTime() < deadlineNs, "they live on");
        new Linux().poll(0, 0, 1_000_000);
      }
      assertTrue(shell.waitFor(20, TimeUnit.SECONDS), "its children are gone");
    } finally {
      shell.destroyForcibly().waitFor();
    }
  }
}
