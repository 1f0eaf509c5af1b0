package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.system.Linux;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Floor of {@code channel.*}: 64 bytes to a blocking echo and back, over two pipes. */
public final class RawEchoFloor implements Probe {
  private static final int PAYLOAD_BYTES = 64;

  private final Linux linux = new Linux();
  private final MemorySegment buffer = linux.allocate(PAYLOAD_BYTES);
  private final Latencies latencies = new Latencies(1 << 20);
  private final RuntimeProcess echo;
  private final Programs programs;

  /**
   * @param processor where the echo runs; the caller pins its own thread
   */
  public RawEchoFloor(BenchRuntime runtime, int processor) throws IOException {
    programs = Programs.unpack(runtime.language());
    try {
      echo = new RuntimeProcess(linux, runtime.executable(), programs.rawEcho());
    } catch (RuntimeException e) {
      programs.close();
      throw e;
    }
    roundTrip(); // it has all its threads now
    echo.pin(processor);
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
  public void close() {
    echo.close();
    programs.close();
  }
}
