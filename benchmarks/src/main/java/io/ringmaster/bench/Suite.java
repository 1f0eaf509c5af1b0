package io.ringmaster.bench;

import io.ringmaster.api.EngineConfig.LogSink;
import io.ringmaster.bench.Benchmark.Bout;
import io.ringmaster.bench.floor.AppendedFile;
import io.ringmaster.bench.floor.BareLoopsFloor;
import io.ringmaster.bench.floor.BareNettyFloor;
import io.ringmaster.bench.floor.BareSlotsFloor;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.BurstFloor;
import io.ringmaster.bench.floor.ColdFloor;
import io.ringmaster.bench.floor.DisruptorFloor;
import io.ringmaster.bench.floor.ForksFloor;
import io.ringmaster.bench.floor.HttpEchoFloor;
import io.ringmaster.bench.floor.HttpPipesFloor;
import io.ringmaster.bench.floor.IdleFloor;
import io.ringmaster.bench.floor.Language;
import io.ringmaster.bench.floor.PlainStart;
import io.ringmaster.bench.floor.PrototypeFloor;
import io.ringmaster.bench.floor.ProvidedIdleFloor;
import io.ringmaster.bench.floor.RawEchoFloor;
import io.ringmaster.bench.floor.SpawnsFloor;
import io.ringmaster.bench.floor.TailedCycle;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.bench.product.AllocationProbe;
import io.ringmaster.bench.product.ChannelProbe;
import io.ringmaster.bench.product.ChannelSaturatedProbe;
import io.ringmaster.bench.product.ColdProbe;
import io.ringmaster.bench.product.ColdRateProbe;
import io.ringmaster.bench.product.FunctionsProbe;
import io.ringmaster.bench.product.HttpBurstProbe;
import io.ringmaster.bench.product.HttpInvokeProbe;
import io.ringmaster.bench.product.IdleMemoryProbe;
import io.ringmaster.bench.product.IdleProbe;
import io.ringmaster.bench.product.InJvmProbe;
import io.ringmaster.bench.product.JournalProbe;
import io.ringmaster.bench.product.NeighbourProbe;
import io.ringmaster.bench.product.Processors;
import io.ringmaster.bench.product.RecoveryProbe;
import io.ringmaster.bench.product.RuntimeApiProbe;
import io.ringmaster.bench.product.SaturatedProbe;
import io.ringmaster.bench.product.ServeReadyProbe;
import io.ringmaster.bench.product.TurnProbe;
import io.ringmaster.bench.product.WakeupsProbe;
import io.ringmaster.bench.queue.JetStream;
import io.ringmaster.bench.queue.RedisStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The benchmarks, one row each: identifier, unit, floor, target. What an identifier means is
 * written in the page on benchmarks; identifiers are never renamed.
 */
final class Suite {
  /** As many as one handler agent has slots, so that the product too is one chain of three. */
  private static final int IN_FLIGHT = 256;

  /** Environments of saturated engines. */
  private static final int[] SATURATED = {1, 2, 8, 64};

  /** Environments of the saturated engines whose log sinks are compared. */
  private static final int STORING = 8;

  /** Connections of a loaded HTTP server, and calls in flight at a loaded gRPC server. */
  static final int CONNECTIONS = 64;

  /** First requests at once. */
  private static final int BURST = 100;

  /** Many functions, and few. */
  private static final int FUNCTIONS = 10_000;

  private static final int FUNCTIONS_FEW = 100;

  private static final double ALLOCATED_MAX = 64 * 1024;

  /** Sandbox processes that are busy among many. */
  private static final int BUSY = 8;

  /** Sandbox processes that do nothing. */
  private static final int IDLE = 1_000;

  /** What a sandbox process takes, twice what it should. */
  private static final long IDLE_BYTES = 4 << 20;

  /** KiB of an idle generic sandbox. */
  private static final double IDLE_KIB_MAX = 2048;

  /** Sizes of events, the largest the most that Lambda takes. */
  private static final Map<String, Integer> PAYLOADS = payloads();

  /** Producers of events that wait each for its acceptance. */
  private static final int[] PRODUCERS = {1, 16, 256};

  /** Producers where the journal is compared with real queues. */
  private static final int QUEUED = 256;

  /** Events that are owed when a journal is opened, and settled ones written after them. */
  private static final int RECOVERED = 1_000_000;

  private static final int RECOVERED_BESIDE = 1_000_000;

  /** The languages that have a bootstrap of the product's. */
  private static final List<Language> BOOTSTRAPPED =
      List.of(Language.PYTHON, Language.NODE, Language.JAVA);

  /** Cold starts under way at once when their rate is measured. */
  private static final int COLD_STARTS = Runtime.getRuntime().availableProcessors();

  static final List<Benchmark> ALL = all();

  private Suite() {}

  private static List<Benchmark> all() {
    List<Benchmark> all = new ArrayList<>();
    all.add(
        row(
            "dispatch.injvm",
            "1/s",
            "disruptor.1p1c1c",
            Target.atLeast(0.5),
            null,
            at -> Bout.open(() -> new InJvmProbe(IN_FLIGHT), () -> new DisruptorFloor(IN_FLIGHT))));
    all.add(row("dispatch.turn", "ns", null, null, null, at -> Bout.open(TurnProbe::new, null)));
    all.add(flat("flat.functions", "flat.functions.1"));
    all.add(flat("flat.sandboxes", "flat.sandboxes.busy"));
    all.add(flatProcesses());
    for (Language language : BOOTSTRAPPED) {
      all.add(channel(language, 1, language == Language.JAVA ? 1.2 : 1.5));
      all.add(channel(language, 2, 1.1));
    }
    all.add(channelSaturated(Language.PYTHON, 8));
    all.add(channelSaturated(Language.NODE, 8));
    all.add(channelSaturated(Language.JAVA, 1));
    all.add(beside("channel.neighbour", "quiet.alone", at -> NeighbourProbe.ofHostile(at)));
    for (Language language : BOOTSTRAPPED) {
      all.add(idle(language, 1));
      all.add(idle(language, 2));
      all.add(idle(language, 0));
    }
    all.add(idleProvided());
    for (Language language : BOOTSTRAPPED) {
      for (int count : SATURATED) {
        all.add(saturated(language, count));
      }
    }
    all.add(
        row(
            "invoke.wakeups",
            "1",
            null,
            Target.valueAtMost(0.1),
            Language.PYTHON,
            at -> Bout.open(() -> new WakeupsProbe(at), null)));
    PAYLOADS.forEach(
        (size, bytes) ->
            all.add(
                beside(
                    "payload." + size, "small.alone", at -> NeighbourProbe.ofPayloads(at, bytes))));
    all.add(
        row(
            "logs.store",
            "1/s",
            "logs.memory",
            Target.atLeast(0.7),
            Language.PYTHON,
            at ->
                Bout.open(
                    () -> new SaturatedProbe(at, STORING, LogSink.STORE),
                    () -> new SaturatedProbe(at, STORING, LogSink.MEMORY))));
    for (Language language : BOOTSTRAPPED) {
      all.add(cold(language, language == Language.PYTHON ? 2.0 : 1.15));
      all.add(coldProcess(language));
      all.add(coldRate(language));
    }
    all.add(
        row(
            "cold.provided",
            "us",
            null,
            null,
            Language.PROVIDED,
            at -> Bout.open(() -> new ColdProbe(at), null)));
    all.add(
        row(
            "runtime-api.roundtrip",
            "1/s",
            "netty.bare.16",
            Target.atLeast(0.8),
            null,
            at ->
                Bout.open(
                    RuntimeApiProbe::new,
                    () -> new BareNettyFloor(RuntimeApiProbe.LOOPS, RuntimeApiProbe.event()))));
    all.add(httpNoop());
    for (Language language : List.of(Language.PYTHON, Language.NODE)) {
      all.add(httpInvoke(language, 1, 0.9));
      all.add(httpInvoke(language, CONNECTIONS, 1.5));
    }
    all.add(
        row(
            "http.burst.python",
            "us",
            "python.plain.starts." + BURST,
            Target.atMost(0.25),
            Language.PYTHON,
            at -> Bout.open(() -> new HttpBurstProbe(at, BURST), () -> new BurstFloor(at, BURST))));
    all.addAll(GrpcRows.all());
    for (FunctionsProbe.Asked asked : FunctionsProbe.Asked.values()) {
      all.add(functions(asked));
    }
    all.addAll(journal());
    all.add(
        row("serve.ready", "ms", null, null, null, at -> Bout.open(ServeReadyProbe::new, null)));
    all.add(
        new Benchmark(
            "idle.memory.python",
            "KiB",
            null,
            Target.valueAtMost(IDLE_KIB_MAX),
            () -> IdleMemoryProbe.obstacle(IdleMemoryProbe.SANDBOXES, IDLE_BYTES),
            Language.PYTHON,
            at -> Bout.open(() -> new IdleMemoryProbe(at), null)));
    all.add(
        row(
            "warm.allocation",
            "B/1M",
            null,
            Target.valueBelow(ALLOCATED_MAX),
            Language.PYTHON,
            at -> Bout.open(() -> new AllocationProbe(at), null)));
    return List.copyOf(all);
  }

  private static List<Benchmark> journal() {
    List<Benchmark> all = new ArrayList<>();
    for (int producers : PRODUCERS) {
      all.add(
          row(
              "journal.accept." + producers,
              "1/s",
              "file.append+fdatasync." + producers,
              Target.atLeast(0.8),
              null,
              at ->
                  Bout.open(() -> new JournalProbe(producers), () -> new AppendedFile(producers))));
    }
    all.add(queue("redis", "redis.xadd+fsync.", RedisStream::obstacle, RedisStream::open));
    all.add(queue("jetstream", "nats.publish+fsync.", JetStream::obstacle, JetStream::open));
    all.add(
        row(
            "recovery.1M",
            "ms",
            "chronicle.tailer",
            Target.atMost(2),
            null,
            at -> {
              RecoveryProbe probe = new RecoveryProbe(RECOVERED, RECOVERED_BESIDE);
              return new Bout(probe, new TailedCycle(probe.newest()));
            }));
    return all;
  }

  /** The journal beside a real queue with the same load. */
  private static Benchmark queue(
      String name, String floorId, Benchmark.Obstacle obstacle, Queue opener) {
    return new Benchmark(
        "journal." + name,
        "1/s",
        floorId + QUEUED,
        Target.atLeast(1.0),
        obstacle,
        null,
        at -> Bout.open(() -> new JournalProbe(QUEUED), () -> opener.open(QUEUED)));
  }

  /** Starts a real queue. */
  @FunctionalInterface
  private interface Queue {
    Probe open(int producers) throws IOException;
  }

  private static Benchmark flatProcesses() {
    return new Benchmark(
        "flat.sandboxes.python",
        "ns",
        "flat.sandboxes.python.busy",
        Target.atMost(1.2),
        () -> IdleMemoryProbe.obstacle(IDLE, IDLE_BYTES),
        Language.PYTHON,
        at ->
            Bout.open(
                () -> ChannelSaturatedProbe.ofIdle(at, BUSY, IDLE),
                () -> ChannelSaturatedProbe.ofIdle(at, BUSY, 0)));
  }

  private static Benchmark flat(String id, String floorId) {
    return row(
        id,
        "ns",
        floorId,
        Target.atMost(1.2),
        null,
        at -> Bout.open(() -> TurnProbe.of(id, false), () -> TurnProbe.of(id, true)));
  }

  /** A quiet function's p99 beside something; its floor is the same one alone, of one engine. */
  private static Benchmark beside(String id, String floorId, Beside opener) {
    return row(
        id,
        "us",
        floorId,
        Target.atMost(2),
        Language.PYTHON,
        at -> {
          NeighbourProbe probe = opener.open(at);
          return new Bout(probe, probe.alone());
        });
  }

  /** Opens a quiet function's engine. */
  @FunctionalInterface
  private interface Beside {
    NeighbourProbe open(BenchRuntime runtime) throws IOException;
  }

  private static Benchmark httpNoop() {
    return row(
        "http.invoke.noop",
        "us",
        "netty.http.echo." + CONNECTIONS,
        Target.atMost(1.5),
        null,
        at ->
            Bout.open(
                () -> new HttpInvokeProbe(CONNECTIONS),
                () -> new HttpEchoFloor(HttpInvokeProbe.eventLoops(), CONNECTIONS)));
  }

  private static Benchmark httpInvoke(Language language, int connections, double target) {
    return row(
        "http.invoke." + language.id() + "." + connections,
        "1/s",
        "netty.http+" + language.id() + ".bare.loops.2",
        Target.atLeast(target),
        language,
        at ->
            Bout.open(
                () -> new HttpInvokeProbe(at, connections),
                () -> new HttpPipesFloor(at, connections)));
  }

  private static Benchmark functions(FunctionsProbe.Asked asked) {
    String id = "functions." + asked.name().toLowerCase(Locale.ROOT) + ".";
    return row(
        id + FUNCTIONS,
        "us",
        id + FUNCTIONS_FEW,
        Target.atMost(1.2),
        null,
        at ->
            Bout.open(
                () -> new FunctionsProbe(asked, FUNCTIONS),
                () -> new FunctionsProbe(asked, FUNCTIONS_FEW)));
  }

  static Benchmark row(
      String id,
      String unit,
      String floorId,
      Target target,
      Language language,
      Benchmark.Opener opener) {
    return new Benchmark(id, unit, floorId, target, Benchmark.Obstacle.NONE, language, opener);
  }

  private static Benchmark channel(Language language, int processors, double target) {
    return new Benchmark(
        "channel." + language.id() + placement(processors),
        "us",
        language.id() + ".raw.echo",
        Target.atMost(target),
        Benchmark.Obstacle.processors(processors),
        language,
        at -> {
          Processors placed = Processors.pin(processors == 2);
          return Bout.open(
              () -> new ChannelProbe(at, placed.function()),
              () -> new RawEchoFloor(at, placed.function()));
        });
  }

  /** A single sandbox shares this thread's processor, where taking turns is fastest. */
  private static Benchmark channelSaturated(Language language, int count) {
    return row(
        "channel.saturated." + language.id() + "." + count,
        "1/s",
        language.id() + ".raw.prototype." + count,
        Target.atLeast(1.0),
        language,
        at -> {
          int processor = count == 1 ? Processors.pin(false).function() : -1;
          return Bout.open(
              () -> new ChannelSaturatedProbe(at, count, processor),
              () -> new PrototypeFloor(at, count, processor));
        });
  }

  /**
   * @param processors that the two sides share; 0: anywhere
   */
  private static Benchmark idle(Language language, int processors) {
    return new Benchmark(
        "invoke.idle." + language.id() + placement(processors),
        "us",
        "eventfd+" + language.id() + ".bare.pingpong+unpark",
        Target.atMost(1.1),
        Benchmark.Obstacle.processors(processors),
        language,
        at -> {
          if (processors == 0) {
            return Bout.open(() -> new IdleProbe(at, null), () -> new IdleFloor(at, -1));
          }
          Processors placed = Processors.pin(processors == 2);
          return Bout.open(
              () -> new IdleProbe(at, placed), () -> new IdleFloor(at, placed.function()));
        });
  }

  private static String placement(int processors) {
    return switch (processors) {
      case 0 -> "";
      case 1 -> ".same";
      default -> ".cross";
    };
  }

  private static Benchmark idleProvided() {
    return row(
        "invoke.idle.provided",
        "us",
        "eventfd+http.bare.pingpong+unpark",
        Target.atMost(1.1),
        Language.PROVIDED,
        at -> Bout.open(() -> new IdleProbe(at, null), () -> new ProvidedIdleFloor(at)));
  }

  private static Benchmark saturated(Language language, int count) {
    boolean memory = count == 1 && BareSlotsFloor.serves(language);
    return row(
        "invoke.saturated." + language.id() + "." + count,
        "1/s",
        language.id() + (memory ? ".bare.slots." : ".bare.loops.") + count,
        Target.atLeast(0.9),
        language,
        at ->
            Bout.open(
                () -> new SaturatedProbe(at, count),
                () -> memory ? new BareSlotsFloor(at) : new BareLoopsFloor(at, count)));
  }

  private static Benchmark cold(Language language, double target) {
    return row(
        "cold." + language.id(),
        "us",
        language.id() + ".started.load+call",
        Target.atMost(target),
        language,
        at -> Bout.open(() -> new ColdProbe(at), () -> new ColdFloor(at)));
  }

  private static Benchmark coldProcess(Language language) {
    return row(
        "cold.process." + language.id(),
        "us",
        "cold." + language.id(),
        Target.atLeast(10),
        language,
        at -> Bout.open(() -> new PlainStart(at), () -> new ColdProbe(at)));
  }

  private static Benchmark coldRate(Language language) {
    boolean forks = language == Language.PYTHON;
    return row(
        "cold.rate." + language.id(),
        "1/s",
        language.id() + (forks ? ".fork+load." : ".spawn+load.") + COLD_STARTS,
        Target.atLeast(0.6),
        language,
        at ->
            Bout.open(
                () -> new ColdRateProbe(at, COLD_STARTS),
                () -> forks ? new ForksFloor(at, COLD_STARTS) : new SpawnsFloor(at, COLD_STARTS)));
  }

  private static Map<String, Integer> payloads() {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    sizes.put("4k", 4 << 10);
    sizes.put("1m", 1 << 20);
    sizes.put("6m", 6 << 20);
    return sizes;
  }

  /**
   * The row with this id.
   *
   * @throws UnknownBenchmarkException there is none
   */
  static Benchmark one(String id) {
    return ALL.stream()
        .filter(benchmark -> benchmark.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new UnknownBenchmarkException(id));
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
