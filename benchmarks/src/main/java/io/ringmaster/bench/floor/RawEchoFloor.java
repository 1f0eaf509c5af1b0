package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/** Floor of {@code channel.python.*}: 64 bytes to a blocking echo and back, over two pipes. */
public final class RawEchoFloor implements Probe {
  private static final int PAYLOAD_BYTES = 64;

  private final Linux linux = new Linux();
  private final MemorySegment buffer = linux.allocate(PAYLOAD_BYTES);
  private final Latencies latencies = new Latencies(1 << 20);
  private final PythonProcess echo;
  private final PythonSources sources;

  /**
   * @param processor where the echo runs; the caller pins its own thread
   */
  public RawEchoFloor(Path interpreter, int processor) throws IOException {
    sources = PythonSources.unpack();
    try {
      echo = new PythonProcess(linux, interpreter, List.of("-I", sources.script("raw_echo.py")));
    } catch (RuntimeException e) {
      sources.close();
      throw e;
    }
    LinuxException.check("sched_setaffinity", linux.schedSetAffinity(echo.pid, processor));
  }

  @Override
  public double round(long durationNs) {
    long now = System.nanoTime();
    long end = now + durationNs;
    do {
      roundTrip();
      long then = System.nanoTime();
      latencies.add(then - now);
      now = then;
    } while (now - end < 0 && !latencies.isFull());
    return latencies.medianUs();
  }

  /** One exchange. */
  public void roundTrip() {
    echo.send(linux, buffer);
    if (echo.receive(linux, buffer) != PAYLOAD_BYTES) {
      throw new IllegalStateException("the echo answered in pieces");
    }
  }

  @Override
  public long samples() {
    return latencies.samples();
  }

  @Override
  public void close() throws IOException {
    echo.close();
    sources.close();
  }
}
