package io.ringmaster.bench.jmh;

import io.ringmaster.bench.product.TurnProbe;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * {@code dispatch.turn} and {@code flat.*}, the submit included: accept → resolve → admit → place →
 * settle, nothing behind it. {@code -prof gc} shows what {@code warm.allocation} is about.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Turns {
  /** Which one. */
  @Param({"dispatch.turn", "flat.functions", "flat.sandboxes"})
  public String id;

  private TurnProbe probe;

  /** Opens a dispatcher. */
  @Setup
  public void open(BenchmarkParams params) {
    probe = TurnProbe.of(id, Micro.isFloor(params.getBenchmark()));
  }

  /** Invocations as the id says. */
  @Benchmark
  @OperationsPerInvocation(TurnProbe.BATCH)
  public long product() {
    return probe.batches();
  }

  /** With one function, or no idle sandbox; {@code dispatch.turn} has no floor. */
  @Benchmark
  @OperationsPerInvocation(TurnProbe.BATCH)
  public long floor() {
    return probe.batches();
  }
}
