package io.ringmaster.bench.product;

import io.ringmaster.bench.floor.Threads;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;

/**
 * Where a benchmark's two sides run.
 *
 * @param engine processor of the thread that turns the dispatcher
 * @param function processor of the sandbox process
 */
public record Processors(int engine, int function) {

  /**
   * Chooses and pins the calling thread. The first and the last processor that it may use are the
   * two: neighbours in number are often the two halves of one core.
   *
   * @param cross whether the function runs elsewhere; needs two processors
   */
  public static Processors pin(boolean cross) {
    Linux linux = new Linux();
    int[] allowed = linux.schedGetAffinity(0);
    if (cross && allowed.length < 2) {
      throw new IllegalStateException("two processors are needed");
    }
    int engine = allowed[0];
    LinuxException.check("sched_setaffinity", linux.schedSetAffinity(0, engine));
    return new Processors(engine, cross ? allowed[allowed.length - 1] : engine);
  }

  /**
   * Pins a process and everything below it.
   *
   * @param pid as this process sees it
   */
  static void pinTree(long pid, int processor) {
    Linux linux = new Linux();
    ProcessHandle root = ProcessHandle.of(pid).orElseThrow();
    root.descendants().forEach(process -> Threads.pin(linux, process.pid(), processor));
    Threads.pin(linux, pid, processor);
  }
}
