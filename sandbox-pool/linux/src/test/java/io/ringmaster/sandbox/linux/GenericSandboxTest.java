package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.system.Linux;
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
      assertFalse(dying.isEmpty());
      for (ProcessHandle process : dying) {
        // Its PID 1 cannot tell its end now: that is known only by its pipe for a while.
        linux.kill((int) process.parent().orElseThrow().pid(), Linux.SIGSTOP);
        linux.kill((int) process.pid(), Linux.SIGKILL);
      }
      bench.quiet(TimeUnit.MILLISECONDS.toNanos(100));
      int second = bench.prepare(echo);
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

  /** The PID 2 of each sandbox that serves no function; a zygote's parent is the keeper. */
  private static List<ProcessHandle> genericFunctionProcesses(Bench bench) {
    List<Long> bound =
        bench.pool.status().sandboxes().stream().map(sandbox -> (long) sandbox.pid()).toList();
    return ProcessHandle.current()
        .descendants()
        .filter(process -> program(process).contains("python"))
        .filter(process -> process.parent().filter(p -> !program(p).endsWith("/java")).isPresent())
        .filter(process -> !bound.contains(process.parent().orElseThrow().pid()))
        .toList();
  }

  private static String program(ProcessHandle process) {
    return process.info().command().orElse("");
  }
}
