package io.ringmaster.bench.jmh;

import io.ringmaster.bench.product.TurnProbe;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * {@code dispatch.turn} and {@code flat.*}: accept → resolve → admit → place → settle, nothing
 * behind it. JMH's own score has the submit in it; the figure is that of {@link Turned}, the turns
 * alone. {@code -prof gc} shows what {@code warm.allocation} is about.
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

  /** What the turns took, counted by JMH. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Turned {
    /** Nanoseconds. */
    public long turnsNs;

    /** Invocations that they settled. */
    public long invocations;

    /** A new iteration begins. */
    @Setup(Level.Iteration)
    public void clear() {
      turnsNs = 0;
      invocations = 0;
    }
  }

  /** Opens a dispatcher. */
  @Setup
  public void open(BenchmarkParams params) {
    probe = TurnProbe.of(id, Micro.isFloor(params.getBenchmark()));
  }

  /** Invocations as the id says. */
  @Benchmark
  @OperationsPerInvocation(TurnProbe.BATCH)
  public void product(Turned turned) {
    turn(turned);
  }

  /** With one function, or no idle sandbox; {@code dispatch.turn} has no floor. */
  @Benchmark
  @OperationsPerInvocation(TurnProbe.BATCH)
  public void floor(Turned turned) {
    turn(turned);
  }

  private void turn(Turned turned) {
    turned.turnsNs += probe.batches();
    turned.invocations += TurnProbe.BATCH;
  }
}
