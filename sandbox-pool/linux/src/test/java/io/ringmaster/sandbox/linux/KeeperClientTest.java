package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.Bench.Event;
import io.ringmaster.sandbox.linux.runtimes.HangingProgram;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.spi.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The keeper's starts, its ways to run, and what happens when parts of it die. */
class KeeperClientTest {
  private static final String HANDLER = "def handler(e, c):\n  return e\n";

  @TempDir Path folder;

  private ProcessPoolConfig config(int generics, List<String> prepared) throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    return new ProcessPoolConfig(data, 8, generics, 8, prepared);
  }

  private static List<String> children() {
    return ProcessHandle.current().descendants().map(p -> p.pid() + " " + p.info()).toList();
  }

  private static Stream<ProcessHandle> ours(String word) {
    return ProcessHandle.current()
        .descendants()
        .filter(p -> p.info().commandLine().orElse("").contains(word));
  }

  @ParameterizedTest
  @EnumSource(KeeperMode.class)
  void eachWayToRunTheKeeper(KeeperMode mode) throws Exception {
    assertEquals(List.of(), children());
    try (Bench bench = new Bench(folder, config(1, List.of()), mode)) {
      int sandbox =
          bench.ready(
              bench.function(
                  """
                  import os, subprocess, time
                  def handler(e, c):
                    if e == 'exit': os._exit(5)
                    if e == 'stray':
                      subprocess.Popen(['setsid', 'sleep', '8765'])
                      time.sleep(60)
                    return e
                  """));
      assertEquals("[1]", bench.invoke(sandbox, "[1]"));
      assertEquals(mode.name(), bench.pool.status().keeper());
      bench.offer(sandbox, "\"exit\"");
      assertEquals(5 << 8, bench.expect("exited", sandbox).number());
      bench.offer(sandbox, "\"stray\"");
      bench.expect("ready", sandbox);
      bench.until(() -> ours("sleep 8765").count() == 1, "it runs");
      bench.driver.reset(sandbox, Fault.TIMEOUT);
      bench.expect("exited", sandbox);
      assertEquals(0, ours("sleep 8765").count());
      bench.offer(sandbox, "\"stray\"");
      bench.expect("ready", sandbox);
      bench.until(() -> ours("sleep 8765").count() == 1, "it runs");
    }
    assertEquals(List.of(), children(), "after close");
  }

  @Test
  void expectedRuntimesGetTheirGenericSandboxes() throws Exception {
    try (Bench bench = new Bench(folder, config(3, List.of()))) {
      bench.pool.expect(1, bench.function(HANDLER));
      bench.until(
          () -> bench.pool.status().genericSandboxes().getOrDefault("python3.11", 0) == 3,
          "three are ready");
      bench.quiet(50_000_000);
      assertEquals(3, bench.pool.status().genericSandboxes().get("python3.11"));
    }
  }

  /** A candidate that hangs is waited for by those alone who want it. */
  @Test
  void lookingForAnInterpreterHoldsNobodyUp() throws Exception {
    HangingProgram.write(folder.resolve("mine/bin/ruby"));
    Path data = Files.createDirectories(folder.resolve("data"));
    RuntimeSettings settings = RuntimeSettings.NONE.withInterpreters(folder, false);
    ProcessPoolConfig config = new ProcessPoolConfig(data, 8, 0, 8, List.of(), settings);
    try (Bench bench = new Bench(folder, config)) {
      bench.ready(bench.function(HANDLER));
      bench.pool.expect(9, Bench.spec("ruby3.3", folder, Map.of(), false));
      bench.until(() -> ours("mine/bin/ruby").count() == 1, "it is asked");
      int next = bench.ready(bench.function(HANDLER));
      bench.driver.discard(next, Fault.EVICTED);
      assertEquals(1, ours("mine/bin/ruby").count());
    }
    assertEquals(List.of(), children(), "after close");
  }

  @Test
  void whatNobodyWantsAnyMoreIsEnded() throws Exception {
    try (Bench bench = new Bench(folder, config(0, List.of()))) {
      bench.ready(bench.function(HANDLER));
      bench.driver.discard(bench.prepare(bench.function(HANDLER)), Fault.EVICTED);
      bench.until(
          () -> bench.pool.status().genericSandboxes().get("python3.11") == 1,
          "its process comes all the same");
      bench.until(
          () -> bench.pool.status().genericSandboxes().get("python3.11") == 0, "and is ended");
    }
  }

  @Test
  void aZygotesDeathIsSurvived() throws Exception {
    try (Bench bench = new Bench(folder, config(0, List.of()))) {
      bench.ready(bench.function(HANDLER));
      List<ProcessHandle> zygotes = ours("zygote.py").filter(p -> zygote(p)).toList();
      assertFalse(zygotes.isEmpty());
      zygotes.forEach(ProcessHandle::destroyForcibly);
      int next = bench.ready(bench.function(HANDLER));
      assertEquals("1", bench.invoke(next, "1"));
    }
  }

  /** Zygotes are children of the keeper that have no child of the same name. */
  private static boolean zygote(ProcessHandle process) {
    return process.parent().flatMap(p -> p.info().command()).orElse("").endsWith("/java")
        && process.children().findAny().isEmpty();
  }

  @Test
  void withoutItsFilesNothingStartsAndNothingHangs() throws Exception {
    ProcessPoolConfig config = config(2, List.of());
    Files.writeString(config.dataFolder().resolve("bootstraps"), "in the way");
    try (Bench bench = new Bench(folder, config)) {
      int sandbox = bench.prepare(bench.function(HANDLER));
      Event failed = bench.expect("failed", sandbox);
      assertTrue(failed.text().startsWith("PLATFORM"), failed.text());
    }
    assertEquals(List.of(), children());
  }

  @Test
  void aZygoteThatDoesNotStartIsAFaultOfThePlatform() throws Exception {
    ProcessPoolConfig config = config(1, List.of());
    try (Bench bench = new Bench(folder, config)) {
      bench.ready(bench.function(HANDLER));
      // From now on its program is another one.
      Path zygote;
      try (Stream<Path> files = Files.walk(config.dataFolder().resolve("bootstraps"))) {
        zygote = files.filter(p -> p.endsWith("zygote.py")).findFirst().orElseThrow();
      }
      Files.writeString(zygote, "raise SystemExit('broken on purpose')\n");
      ours("zygote.py").filter(p -> zygote(p)).forEach(ProcessHandle::destroyForcibly);
      bench.until(() -> ours("zygote.py").noneMatch(p -> zygote(p)), "the zygote is gone");
      Event event;
      do { // one more may have been ready
        int sandbox = bench.prepare(bench.function(HANDLER));
        event = bench.next();
        assertEquals(sandbox, event.sandbox());
      } while (event.kind().equals("ready"));
      assertTrue(event.text().contains("broken on purpose"), event.text());
    }
  }

  @Test
  void whatACrashedEngineLeftIsRemoved() throws Exception {
    ProcessPoolConfig config = config(0, List.of());
    Path left = config.environmentsFolder().resolve("left/deep");
    Files.createDirectories(left);
    Files.createSymbolicLink(left.resolve("link"), config.dataFolder());
    Files.writeString(config.dataFolder().resolve("kept"), "");
    try (Bench bench = new Bench(folder, config)) {
      bench.until(() -> !Files.exists(left.getParent()), "it is removed");
    }
    assertTrue(Files.exists(config.dataFolder().resolve("kept")));
    assertFalse(Files.exists(config.environmentsFolder()));
  }

  @Test
  void closingWhileTheKeeperStarts() throws Exception {
    new Bench(folder, config(4, List.of("python3.11"))).close();
    assertEquals(List.of(), children());
  }
}
