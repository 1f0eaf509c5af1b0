package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.channel.ChannelBuffers;
import io.ringmaster.sandbox.linux.channel.InlineChannel;
import io.ringmaster.sandbox.linux.runtimes.ChannelChoice;
import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.system.Linux;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pools ask for; the keeper's client does not run. */
class RuntimePoolsTest {
  private static final int FLOOR = 2;
  private static final int FORKED = 7;
  private static final int MEMORY_MB = 128;

  @TempDir static Path folder;

  private final EpollSleeper sleeper = EpollSleeper.open();
  private final ProcessPoolConfig config =
      new ProcessPoolConfig(folder, 8, FLOOR, FORKED, 8, List.of(), RuntimeSettings.NONE);
  private final FolderRemover remover = new FolderRemover();
  private final KeeperClient client =
      new KeeperClient(
          config,
          KeeperMode.SUBREAPER,
          new ConcurrentLinkedQueue<>(),
          sleeper,
          new PipeLogs(sleeper),
          new ProcessParts(new Linux(), folder, null, ChannelChoice.AUTO, process -> {}));
  private final RuntimePools pools =
      new RuntimePools(
          config,
          client,
          new SandboxProcesses(
              new Linux(),
              sleeper,
              client,
              remover,
              new PolledChannels(new ChannelBuffers(new Linux()), new DriverCounters())));

  @AfterEach
  void close() {
    remover.close();
    client.release();
    sleeper.close();
  }

  private GenericPool announced(String runtime, String family) {
    Interpreter interpreter = new Interpreter(family, Path.of("/usr/bin/" + runtime), 3, 9, "3.9");
    pools.expect(runtime, MEMORY_MB);
    pools.resolved(new RuntimeMatch(runtime, interpreter, RuntimeMatch.EXACT, ""));
    return pools.pool(interpreter, MEMORY_MB);
  }

  /** All that were asked for are generic. */
  private static List<SandboxProcess> filled(GenericPool pool) {
    for (int number = 1; pool.coming > 0; number++) {
      SandboxProcess process = SandboxProcess.generic(number, pool, false);
      process.channel = new InlineChannel(-1, -1, number);
      process.state = process.state.to(ProcessState.STARTING).to(ProcessState.GENERIC);
      pool.ready.add(process);
      pool.coming--;
    }
    return List.copyOf(pool.ready);
  }

  @Test
  void aPoolThatNobodyWantsIsEmptiedAndMadeAgain() {
    GenericPool java = announced("java21", "java");
    assertEquals(FLOOR, java.coming);
    List<SandboxProcess> processes = filled(java);
    long idleNs = System.nanoTime() + GenericPool.IDLE_NS;
    pools.trim(idleNs - GenericPool.IDLE_NS / 2);
    assertEquals(processes, List.copyOf(java.ready));
    pools.trim(idleNs);
    assertTrue(java.ready.isEmpty());
    assertEquals(0, java.coming);
    processes.forEach(process -> assertEquals(ProcessState.ENDING, process.state));
    assertEquals(0, pools.ready().get("java21"));
    pools.expect("java21", MEMORY_MB);
    GenericPool next = pools.pool(java.interpreter, MEMORY_MB);
    assertNotSame(java, next);
    assertNotEquals(java.zygote, next.zygote);
    assertEquals(FLOOR, next.coming);
  }

  @Test
  void aPoolWithAZygoteStays() {
    GenericPool python = announced("python3.9", "python");
    assertEquals(FORKED, python.coming);
    List<SandboxProcess> processes = filled(python);
    pools.trim(System.nanoTime() + 2 * GenericPool.IDLE_NS);
    assertEquals(processes, List.copyOf(python.ready));
    assertSame(python, pools.pool(python.interpreter, MEMORY_MB));
  }

  /** What lies ready is one number for all that fork, but each has what others have at least. */
  @Test
  void poolsWithZygotesShare() {
    GenericPool first = announced("python3.9", "python");
    filled(first);
    GenericPool java = announced("java21", "java");
    assertEquals(FORKED, first.floor());
    GenericPool second = announced("python3.10", "python");
    assertEquals(FORKED / 2, second.coming);
    pools.trim(System.nanoTime());
    assertEquals(FORKED / 2, first.ready.size());
    for (int minor = 11; minor < 15; minor++) {
      announced("python3." + minor, "python");
    }
    assertEquals(FLOOR, first.floor());
    assertEquals(FLOOR, java.floor());
    assertEquals(FLOOR, announced("python3.15", "python").coming);
  }
}
