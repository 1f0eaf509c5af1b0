package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.system.Linux;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;

/**
 * Floor of {@code cold.*}: the handler loaded and called for the first time in an unsandboxed
 * interpreter that was started before and waits in a read. Each sample has an interpreter of its
 * own, started outside of the measured time; as many wait as the product keeps ready, and the one
 * that waited longest is taken, as there: an interpreter that has just started is still in the
 * processor's caches, and quicker than any that waits for work.
 */
public final class ColdFloor implements Probe {
  /** Kept ready, here and in the product. */
  public static final int READY = 2;

  private static final long ASLEEP_NS = 2_000_000;

  private final Linux linux = new Linux();
  private final Programs programs;
  private final BenchRuntime runtime;
  private final MemorySegment response = linux.allocate(4096);
  private final MemorySegment request;
  private final Latencies latencies = new Latencies(4096);
  private final ArrayDeque<RuntimeProcess> ready = new ArrayDeque<>();

  /** Opens it for the calling thread. */
  public ColdFloor(BenchRuntime runtime) throws IOException {
    this.runtime = runtime;
    programs = Programs.unpack(runtime.language());
    MemorySegment bind = Frames.bind(linux, programs.codeFolder(), runtime.language().handler());
    MemorySegment invoke = Frames.invoke(linux);
    request = linux.allocate(bind.byteSize() + invoke.byteSize());
    request.copyFrom(bind);
    request.asSlice(bind.byteSize()).copyFrom(invoke);
  }

  @Override
  public double round(long durationNs) {
    long end = System.nanoTime() + durationNs;
    do {
      while (ready.size() < READY) {
        ready.add(RuntimeProcess.started(linux, runtime, programs));
      }
      try (RuntimeProcess process = ready.remove()) {
        LockSupport.parkNanos(ASLEEP_NS);
        long begin = System.nanoTime();
        process.send(linux, request);
        Frames.checkResponse(response, process.receive(linux, response), 1);
        latencies.add(System.nanoTime() - begin);
      }
    } while (System.nanoTime() - end < 0 && !latencies.isFull());
    return latencies.medianUs();
  }

  @Override
  public long samples() {
    return latencies.samples();
  }

  @Override
  public void close() {
    ready.forEach(RuntimeProcess::close);
    programs.close();
  }
}
