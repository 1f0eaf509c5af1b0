package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.system.Linux;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * {@code cold.process.*}: starting the interpreter with the handler for one event, as somebody does
 * who has no engine, from the spawn to the answer. What interpreters cache on disk is cached, as a
 * user's would be.
 */
public final class PlainStart implements Probe {
  private final Linux linux = new Linux();
  private final Programs programs;
  private final BenchRuntime runtime;
  private final MemorySegment event = linux.allocate(Frames.EVENT.length);
  private final MemorySegment response = linux.allocate(4096);
  private final Latencies latencies = new Latencies(4096);

  /** Opens it for the calling thread. */
  public PlainStart(BenchRuntime runtime) throws IOException {
    this.runtime = runtime;
    programs = Programs.unpack(runtime.language());
    event.copyFrom(MemorySegment.ofArray(Frames.EVENT));
  }

  @Override
  public double round(long durationNs) {
    long end = System.nanoTime() + durationNs;
    do {
      long begin = System.nanoTime();
      try (RuntimeProcess process =
          new RuntimeProcess(linux, runtime.executable(), programs.plainStart())) {
        process.send(linux, event);
        process.endRequests();
        if (process.receive(linux, response) < Frames.EVENT.length) {
          throw new IllegalStateException("the plain start answered too little");
        }
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
    programs.close();
  }
}
