package io.ringmaster.bench;

import io.ringmaster.api.EngineConfig.LogSink;
import io.ringmaster.bench.Benchmark.Bout;
import io.ringmaster.bench.floor.BareLoopsFloor;
import io.ringmaster.bench.floor.BareNettyFloor;
import io.ringmaster.bench.floor.ColdFloor;
import io.ringmaster.bench.floor.DisruptorFloor;
import io.ringmaster.bench.floor.IdleFloor;
import io.ringmaster.bench.floor.PlainStart;
import io.ringmaster.bench.floor.RawEchoFloor;
import io.ringmaster.bench.product.AllocationProbe;
import io.ringmaster.bench.product.ChannelProbe;
import io.ringmaster.bench.product.ColdProbe;
import io.ringmaster.bench.product.IdleProbe;
import io.ringmaster.bench.product.InJvmProbe;
import io.ringmaster.bench.product.Processors;
import io.ringmaster.bench.product.RuntimeApiProbe;
import io.ringmaster.bench.product.SaturatedProbe;
import io.ringmaster.bench.product.TurnProbe;
import java.util.ArrayList;
import java.util.List;

/**
 * The benchmarks, one row each: identifier, unit, floor, target. What an identifier means is
 * written in the page on benchmarks; identifiers are never renamed.
 */
final class Suite {
  /** As many as one handler agent has slots, so that the product too is one chain of three. */
  private static final int IN_FLIGHT = 256;

  private static final String IDLE_FLOOR = "eventfd+python.bare.pingpong+unpark";

  /** Environments of the saturated engines whose log sinks are compared. */
  private static final int STORING = 8;

  private static final double ALLOCATED_MAX = 64 * 1024;

  static final List<Benchmark> ALL =
      List.of(
          new Benchmark(
              "dispatch.injvm",
              "1/s",
              "disruptor.1p1c1c",
              Target.atLeast(0.5),
              1,
              at ->
                  Bout.open(() -> new InJvmProbe(IN_FLIGHT), () -> new DisruptorFloor(IN_FLIGHT))),
          new Benchmark(
              "dispatch.turn", "ns", null, null, 1, at -> Bout.open(TurnProbe::new, null)),
          channel("channel.python.same", 1, 1.5),
          channel("channel.python.cross", 2, 1.1),
          idle("invoke.idle.python.same", 1),
          idle("invoke.idle.python.cross", 2),
          new Benchmark(
              "invoke.idle.python",
              "us",
              IDLE_FLOOR,
              Target.atMost(1.1),
              1,
              at ->
                  Bout.open(
                      () -> new IdleProbe(at.runtime(), null),
                      () -> new IdleFloor(at.python(), -1))),
          saturated(1),
          saturated(8),
          new Benchmark(
              "logs.store",
              "1/s",
              "logs.memory",
              Target.atLeast(0.7),
              1,
              at ->
                  Bout.open(
                      () -> new SaturatedProbe(at.runtime(), STORING, LogSink.STORE),
                      () -> new SaturatedProbe(at.runtime(), STORING, LogSink.MEMORY))),
          new Benchmark(
              "cold.python",
              "us",
              "python.started.load+call",
              Target.atMost(2.0),
              1,
              at -> Bout.open(() -> new ColdProbe(at.runtime()), () -> new ColdFloor(at.python()))),
          new Benchmark(
              "cold.process.python",
              "us",
              "cold.python",
              Target.atLeast(10),
              1,
              at ->
                  Bout.open(() -> new PlainStart(at.python()), () -> new ColdProbe(at.runtime()))),
          new Benchmark(
              "runtime-api.roundtrip",
              "1/s",
              "netty.bare.16",
              Target.atLeast(0.8),
              1,
              at ->
                  Bout.open(
                      RuntimeApiProbe::new,
                      () -> new BareNettyFloor(RuntimeApiProbe.LOOPS, RuntimeApiProbe.event()))),
          new Benchmark(
              "warm.allocation",
              "B/1M",
              null,
              Target.valueBelow(ALLOCATED_MAX),
              1,
              at -> Bout.open(() -> new AllocationProbe(at.runtime()), null)));

  private Suite() {}

  private static Benchmark channel(String id, int processors, double target) {
    return new Benchmark(
        id,
        "us",
        "python.raw.echo",
        Target.atMost(target),
        processors,
        at -> {
          Processors placed = Processors.pin(processors == 2);
          return Bout.open(
              () -> new ChannelProbe(at.runtime(), placed.function()),
              () -> new RawEchoFloor(at.python(), placed.function()));
        });
  }

  private static Benchmark idle(String id, int processors) {
    return new Benchmark(
        id,
        "us",
        IDLE_FLOOR,
        Target.atMost(1.1),
        processors,
        at -> {
          Processors placed = Processors.pin(processors == 2);
          return Bout.open(
              () -> new IdleProbe(at.runtime(), placed),
              () -> new IdleFloor(at.python(), placed.function()));
        });
  }

  private static Benchmark saturated(int count) {
    return new Benchmark(
        "invoke.saturated.python." + count,
        "1/s",
        "python.bare.loops." + count,
        Target.atLeast(0.9),
        1,
        at ->
            Bout.open(
                () -> new SaturatedProbe(at.runtime(), count),
                () -> new BareLoopsFloor(at.python(), count)));
  }

  static List<String> ids() {
    return ALL.stream().map(Benchmark::id).toList();
  }

  /**
   * The rows with these ids; what is no id means the rows whose ids begin with it up to a dot. All
   * if there are none.
   *
   * @throws UnknownBenchmarkException one of them means nothing
   */
  static List<Benchmark> select(List<String> only) {
    if (only.isEmpty()) {
      return ALL;
    }
    List<Benchmark> selected = new ArrayList<>();
    for (Benchmark benchmark : ALL) {
      if (only.stream().anyMatch(wanted -> means(wanted, benchmark.id()))) {
        selected.add(benchmark);
      }
    }
    for (String wanted : only) {
      if (selected.stream().noneMatch(benchmark -> means(wanted, benchmark.id()))) {
        throw new UnknownBenchmarkException(wanted);
      }
    }
    return selected;
  }

  private static boolean means(String wanted, String id) {
    String prefix = wanted.replaceFirst("\\.\\*?$", "");
    if (ids().contains(wanted)) {
      return id.equals(wanted);
    }
    return !prefix.isEmpty() && (id.equals(prefix) || id.startsWith(prefix + "."));
  }
}
