package io.ringmaster.bench.jmh;

import io.ringmaster.bench.Bench;
import io.ringmaster.bench.harness.Probe;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * The benchmarks whose figure is a rate, in turns of 100 ms; {@code invocations} is the rate that
 * counts. Any id with the unit 1/s may be given: {@code -p id=invoke.saturated.python.8}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Rates {
  private static final long ROUND_NS = 100_000_000L;

  /** Which one. */
  @Param({
    "dispatch.injvm",
    "channel.saturated.python.8",
    "channel.saturated.node.8",
    "channel.saturated.java.1",
    "runtime-api.roundtrip"
  })
  public String id;

  private Probe probe;

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

  /** Opens both sides, of which a fork measures one. */
  @Setup
  public void open(BenchmarkParams params) {
    probe = Bench.open(id, Micro.isFloor(params.getBenchmark()));
  }

  /** The engine. */
  @Benchmark
  public double product(Count count) throws Exception {
    return round(count);
  }

  /** The least that it costs. */
  @Benchmark
  public double floor(Count count) throws Exception {
    return round(count);
  }

  private double round(Count count) throws Exception {
    long before = probe.samples();
    double rate = probe.round(ROUND_NS);
    count.invocations += probe.samples() - before;
    return rate;
  }

  /** Closes both sides. */
  @TearDown
  public void close() throws IOException {
    probe.close();
  }
}
