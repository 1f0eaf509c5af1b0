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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * {@code dispatch.turn} with the submit included: accept → resolve → admit → place → settle,
 * nothing behind it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DispatchTurn {
  private TurnProbe probe;

  /** Opens a dispatcher. */
  @Setup
  public void open() {
    probe = new TurnProbe();
  }

  /** A batch. */
  @Benchmark
  @OperationsPerInvocation(TurnProbe.BATCH)
  public long invocation() {
    return probe.batch();
  }
}
