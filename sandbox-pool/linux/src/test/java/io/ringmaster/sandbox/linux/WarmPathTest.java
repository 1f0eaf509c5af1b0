package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Slots;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a warm invocation costs the dispatcher. */
class WarmPathTest {
  @TempDir Path folder;

  /**
   * When the compiler is through with it. Also: one sleep for each invocation, so one write, one
   * wait, one read.
   */
  @Test
  void aWarmInvocationAllocatesNothing() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    try (Bench bench =
        new Bench(folder, new ProcessPoolConfig(data, 8, 1, 1, List.of(), Bench.SETTINGS))) {
      allocateNothing(bench);
    }
  }

  private static void allocateNothing(Bench bench) throws Exception {
    int sandbox = bench.ready(bench.function("def handler(e):\n  return e\n", Map.of(), true));
    int slot = Slots.slot(sandbox, 0);
    OfferedInvocation invocation = new OfferedInvocation(1_000_000, new byte[64]);
    invocation.traceHeader = "Root=1-5759e988-bd862e3fe1be46a994272793";
    Answers answers = new Answers();
    BooleanSupplier hasEvents = bench.driver::hasEvents;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 60 && least > 0; round++) {
      long sleepsBefore = bench.sleeper.sleeps();
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 2_000; i++) {
        invocation.sequence++;
        invocation.responseBuffer().clear();
        bench.driver.offer(slot, invocation);
        int wanted = answers.count + 1;
        while (answers.count != wanted) {
          if (bench.driver.poll(answers, 16) == 0) {
            bench.sleeper.await(System.nanoTime(), Long.MAX_VALUE, hasEvents);
          }
        }
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      assertTrue(bench.sleeper.sleeps() - sleepsBefore <= 2_000 + 200, "sleeps");
    }
    assertTrue(least < 2_000 / 16, least + " bytes for 2,000 invocations");
  }

  private static final class Answers implements DriverEvents {
    int count;

    @Override
    public void response(int slot, long sequence, boolean error, long mark, int memoryKb) {
      count++;
    }

    @Override
    public void ready(int sandbox, int slots, long bindNs, long initNs) {
      throw new AssertionError();
    }

    @Override
    public void initFailed(int sandbox, byte[] error, long initNs) {
      throw new AssertionError();
    }

    @Override
    public void initRefused(int sandbox, String errorType, String text, long initNs) {
      throw new AssertionError();
    }

    @Override
    public void taken(int slot, long sequence) {
      throw new AssertionError();
    }

    @Override
    public void skipped(int slot, long sequence) {
      throw new AssertionError();
    }

    @Override
    public void chunk(int slot, long sequence, int bytes) {
      throw new AssertionError();
    }

    @Override
    public void exited(int sandbox, int status, int maxMemoryKb) {
      throw new AssertionError();
    }

    @Override
    public void failed(int sandbox, Fault fault, String detail) {
      throw new AssertionError(detail);
    }
  }
}
