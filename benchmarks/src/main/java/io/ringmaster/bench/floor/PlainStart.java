package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.system.Linux;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code cold.process.python}: starting the interpreter with the handler for one event, as somebody
 * does who has no engine, from the spawn to the answer. Its compiled modules are cached on disk, as
 * a user's would be.
 */
public final class PlainStart implements Probe {
  private final Linux linux = new Linux();
  private final PythonSources sources = PythonSources.unpack();
  private final Path interpreter;
  private final MemorySegment event = linux.allocate(Frames.EVENT.length);
  private final MemorySegment response = linux.allocate(4096);
  private final Latencies latencies = new Latencies(4096);

  /** Opens it for the calling thread. */
  public PlainStart(Path interpreter) throws IOException {
    this.interpreter = interpreter;
    event.copyFrom(MemorySegment.ofArray(Frames.EVENT));
  }

  @Override
  public double round(long durationNs) {
    long end = System.nanoTime() + durationNs;
    do {
      long begin = System.nanoTime();
      try (PythonProcess process =
          new PythonProcess(linux, interpreter, List.of(sources.script("plain/plain_start.py")))) {
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
  public void close() throws IOException {
    sources.close();
  }
}
