package io.ringmaster.bench.jmh;

import io.ringmaster.bench.floor.DisruptorFloor;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.bench.product.InJvmProbe;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * {@code dispatch.injvm} and its floor in turns of 100 ms; {@code invocations} is the rate that
 * counts.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DispatchInJvm {
  private static final int IN_FLIGHT = 256;
  private static final long ROUND_NS = 100_000_000L;

  private Probe engine;
  private Probe chain;

  /** Invocations, counted by JMH. */
  @AuxCounters
  @State(Scope.Thread)
  public static class Count {
    /** Of this iteration. */
    public long invocations;

    /** A new iteration begins. */
    @Setup(Level.Iteration)
    public void clear() {
      invocations = 0;
    }
  }

  /** Opens both sides. */
  @Setup
  public void open() {
    engine = new InJvmProbe(IN_FLIGHT);
    chain = new DisruptorFloor(IN_FLIGHT);
  }

  /** The engine. */
  @Benchmark
  public double invocation(Count count) throws Exception {
    return round(engine, count);
  }

  /** The bare chain. */
  @Benchmark
  public double floor(Count count) throws Exception {
    return round(chain, count);
  }

  private static double round(Probe probe, Count count) throws Exception {
    long before = probe.samples();
    double rate = probe.round(ROUND_NS);
    count.invocations += probe.samples() - before;
    return rate;
  }

  /** Closes both sides. */
  @TearDown
  public void close() throws IOException {
    engine.close();
    chain.close();
  }
}
