package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.system.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of generic sandboxes that die before a function is bound to them. */
class GenericSandboxTest {
  @TempDir Path folder;

  @Test
  void noFunctionIsBoundToOneThatIsDying() throws Exception {
    Linux linux = new Linux();
    try (Bench bench = new Bench(folder, 2)) {
      SandboxSpec echo = bench.function("def handler(e, c):\n  return e\n");
      int first = bench.ready(echo);
      bench.until(() -> generics(bench) == 2, "the pool is not refilled");
      List<ProcessHandle> dying = genericFunctionProcesses(bench);
      assertEquals(2, dying.size());
      // The keeper cannot tell their end now: that is known only by their pipes for a while.
      int keeper = (int) dying.getFirst().parent().orElseThrow().pid();
      linux.kill(keeper, Linux.SIGSTOP);
      int second;
      try {
        dying.forEach(process -> linux.kill((int) process.pid(), Linux.SIGKILL));
        bench.quiet(TimeUnit.MILLISECONDS.toNanos(100));
        second = bench.prepare(echo);
      } finally {
        linux.kill(keeper, Linux.SIGCONT);
      }
      bench.expect("ready", second);
      assertEquals("2", bench.invoke(second, "2"));
      assertEquals("1", bench.invoke(first, "1"));
    }
  }

  private static int generics(Bench bench) {
    return bench.pool.status().genericSandboxes().values().stream()
        .mapToInt(Integer::intValue)
        .sum();
  }

  /** The PID 2 of each sandbox that serves no function. */
  private static List<ProcessHandle> genericFunctionProcesses(Bench bench) {
    List<Long> bound =
        bench.pool.status().sandboxes().stream().map(sandbox -> (long) sandbox.pid()).toList();
    return ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().command().orElse("").contains("python"))
        .filter(GenericSandboxTest::isSecond)
        .filter(process -> !bound.contains(process.pid()))
        .toList();
  }

  /** Whether it is PID 2 of a namespace. */
  static boolean isSecond(ProcessHandle process) {
    try {
      return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
          .anyMatch(line -> line.startsWith("NSpid:") && line.endsWith("\t2"));
    } catch (IOException ended) {
      return false;
    }
  }
}
