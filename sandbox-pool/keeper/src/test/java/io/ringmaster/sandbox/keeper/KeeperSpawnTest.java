package io.ringmaster.sandbox.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.keeper.TestEngine.Answer;
import io.ringmaster.sandbox.keeper.TestEngine.Held;
import io.ringmaster.sandbox.keeper.TestEngine.Mode;
import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.Op;
import io.ringmaster.sandbox.system.Pidfds;
import io.ringmaster.sandbox.system.SpawnCommand;
import io.ringmaster.sandbox.system.WaitStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sandboxes that are programs of their own; each test leaves no process and no descriptor. */
class KeeperSpawnTest extends LeavesNothing {
  private static boolean namespaces(Mode mode) {
    return mode != Mode.PLAIN;
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void functionProcessHasWhatItShallHave(Mode mode) {
    try (TestEngine engine = new TestEngine(mode)) {
      Held held = engine.spawn();
      String[] seen = engine.call(held, "look").split(" ");
      assertEquals(namespaces(mode), seen[0].equals("2"), seen[0]);
      assertEquals("True", seen[1], "its own process group");
      assertEquals("0000000000000000", seen[3], "no signal is blocked");
      assertEquals("0=/dev/null,1=pipe,2=pipe,3=pipe,4=pipe", seen[5]);
      assertTrue(engine.below().contains(Pidfds.pid(held.pidfd())));
      engine.forget(held);
      assertEquals(0, engine.await(Op.EXIT, held.id()).a());
    }
  }

  @Test
  void programHasItsFolderEnvironmentAndLimitsAndNothingElse() throws Exception {
    try (TestEngine engine = new TestEngine(Mode.NAMESPACE)) {
      String script =
          "until [ \"$(ulimit -Hn)\" = 1024 ]; do sleep 0.01; done;" // set right after the start
              + " pwd; ulimit -n; ulimit -Hn; ulimit -c; ulimit -Hl; trap; ls -m /proc/self/fd;"
              + " tr '\\0' ' ' </proc/self/environ";
      List<String> argv = List.of("/bin/sh", "-c", script);
      List<String> environment = List.of("PATH=/usr/bin:/bin", "WORD=a b", "EMPTY=");
      SpawnCommand command = new SpawnCommand(engine.folder.toString(), argv, environment);
      Held held = engine.forked(engine.askSpawn(command, false));
      assertEquals(0, engine.await(Op.EXIT, held.id()).a());
      List<String> seen = engine.read(held.log()).lines().toList();
      assertEquals(engine.folder.toString(), seen.get(0));
      assertEquals(List.of("1024", "1024"), seen.subList(1, 3));
      assertTrue(seen.get(3).matches("[01]"), "core: " + seen.get(3));
      assertEquals("64", seen.get(4));
      assertEquals("0, 1, 2, 3", seen.get(5), "3 is the folder that ls looks at");
      assertEquals("", seen.get(6).replaceFirst("PATH=/usr/bin:/bin WORD=a b EMPTY= $", ""));
      engine.forget(held);
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void endsAreToldApart(Mode mode) {
    try (TestEngine engine = new TestEngine(mode)) {
      Map<String, String> ends = new TreeMap<>();
      for (String line : List.of("exit 0", "exit 137", "kill 9", "kill 15", "kill 11", "abort")) {
        Held held = engine.spawn();
        engine.tell(held, line);
        Answer exit = engine.await(Op.EXIT, held.id());
        assertTrue(engine.linux.pollOne(held.pidfd(), Linux.POLLIN, 0) > 0, "the pidfd tells it");
        assertEquals("", engine.read(held.responses()), "nobody has the pipe any more");
        engine.forget(held);
        ends.put(line, WaitStatus.describe(exit.a()).replace(" (core dumped)", ""));
      }
      assertEquals(
          Map.of(
              "exit 0", "exit status 0",
              "exit 137", "exit status 137",
              "kill 9", "signal: killed",
              "kill 15", "signal: terminated",
              "kill 11", "signal: segmentation fault",
              "abort", "signal: aborted"),
          ends);
    }
  }

  @Test
  void peakMemoryIsThatOfTheFunction() {
    try (TestEngine engine = new TestEngine(Mode.NAMESPACE)) {
      Held held = engine.spawn();
      engine.call(held, "fill 100");
      engine.keeper.send(Op.KILL, held.id(), 0, 0, "");
      long peak = engine.await(Op.EXIT, held.id()).b();
      assertTrue(peak > 100 * 1024 && peak < 300 * 1024, () -> peak + " KiB");
      engine.forget(held);
      Held small = engine.forked(engine.askSpawn(command(engine, "/bin/true"), false));
      assertEquals(0, engine.await(Op.EXIT, small.id()).b(), "not the keeper's own");
      engine.forget(small);
    }
  }

  private static SpawnCommand command(TestEngine engine, String... argv) {
    return new SpawnCommand(engine.folder.toString(), List.of(argv), List.of("PATH=/usr/bin:/bin"));
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void killTakesWhatDetachedItself(Mode mode) {
    try (TestEngine engine = new TestEngine(mode)) {
      Held other = engine.spawn();
      engine.call(other, "orphan");
      Set<Integer> before = engine.below();
      Held held = engine.spawn();
      Set<Integer> its = engine.detached(held, before);
      assertTrue(its.size() >= 4, () -> "it and three that detached themselves: " + its);
      engine.keeper.send(Op.KILL, held.id(), 0, 0, "");
      assertEquals(Linux.SIGKILL, engine.await(Op.EXIT, held.id()).a());
      assertEquals(Set.of(), TestEngine.alive(its));
      assertEquals("done orphan", engine.call(other, "orphan"), "the other sandbox goes on");
      engine.forget(held);
      engine.forget(other);
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void exitTakesWhatDetachedItselfAndWithNamespacesNothingOfOthers(Mode mode) {
    try (TestEngine engine = new TestEngine(mode)) {
      Held other = engine.spawn();
      engine.call(other, "detach");
      Set<Integer> before = engine.below();
      Held held = engine.spawn();
      Set<Integer> its = engine.detached(held, before);
      engine.tell(held, "exit 4");
      assertEquals("exit status 4", WaitStatus.describe(engine.await(Op.EXIT, held.id()).a()));
      assertEquals(Set.of(), TestEngine.alive(its));
      if (namespaces(mode)) {
        assertEquals(before, TestEngine.alive(before), "what another one detached runs on");
      }
      assertEquals("done orphan", engine.call(other, "orphan"), "the other sandbox goes on");
      engine.forget(held);
      engine.forget(other);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"NAMESPACE", "USER_NAMESPACE", "UNPRIVILEGED", "SUBREAPER"})
  void killOfTheKeeperTakesAll(Mode mode) {
    TestEngine engine = new TestEngine(mode);
    Held held = engine.spawn();
    Held other = engine.spawn();
    engine.call(held, "detach");
    engine.call(other, "detach");
    Set<Integer> all = engine.below();
    assertTrue(all.size() >= 2 * 4 + 1, all::toString);
    assertEquals(0, engine.linux.pidfdSendSignal(engine.hello.descriptors()[0], Linux.SIGKILL));
    assertEquals(Set.of(), TestEngine.awaitGone(all, 2_000_000_000), "within two seconds");
    engine.forget(held);
    engine.forget(other);
    engine.end(all);
  }

  @Test
  void refusalsAreToldAndLeaveNothing() throws Exception {
    try (TestEngine engine = new TestEngine(Mode.NAMESPACE)) {
      Path noProgram = engine.folder.resolve("plain-text");
      Files.writeString(noProgram, "neither a program nor a script");
      Files.setPosixFilePermissions(noProgram, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path notExecutable = Files.writeString(engine.folder.resolve("not-executable"), "#!/bin/sh");
      assertEquals(Errno.ENOENT, refused(engine, command(engine, "/no/such/program")));
      assertEquals(Errno.ENOEXEC, refused(engine, command(engine, noProgram.toString())));
      assertEquals(Errno.EACCES, refused(engine, command(engine, notExecutable.toString())));
      SpawnCommand noFolder = new SpawnCommand("/no/folder", List.of("/bin/true"), List.of());
      assertEquals(Errno.ENOENT, refused(engine, noFolder));
      Held held = engine.spawn();
      assertNotEquals("", engine.call(held, "look"));
      engine.forget(held);
    }
  }

  private static int refused(TestEngine engine, SpawnCommand command) {
    Held asked = engine.askSpawn(command, true);
    AssertionError error =
        org.junit.jupiter.api.Assertions.assertThrows(
            AssertionError.class, () -> engine.await(Op.FORKED, asked.id()));
    engine.forget(asked);
    String told = error.getMessage();
    assertTrue(told.contains("b=" + Op.SPAWN + ","), told);
    return Integer.parseInt(told.replaceFirst("(?s).*\\ba=(\\d+),.*", "$1"));
  }
}
