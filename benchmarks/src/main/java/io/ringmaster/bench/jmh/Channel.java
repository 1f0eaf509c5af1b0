package io.ringmaster.bench.jmh;

import io.ringmaster.bench.Bench;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Language;
import io.ringmaster.bench.floor.RawEchoFloor;
import io.ringmaster.bench.product.ChannelProbe;
import io.ringmaster.bench.product.Processors;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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

/** {@code channel.*.same} and {@code .cross}, and their floor. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Channel {
  /** Which one. */
  @Param({
    "channel.python.same",
    "channel.python.cross",
    "channel.node.same",
    "channel.node.cross",
    "channel.java.same",
    "channel.java.cross"
  })
  public String id;

  private ChannelProbe engine;
  private RawEchoFloor echo;

  /** Pins this thread, and opens one side. */
  @Setup
  public void open(BenchmarkParams params) throws IOException {
    String[] words = id.split("\\.");
    Language language = Language.valueOf(words[1].toUpperCase(Locale.ROOT));
    BenchRuntime runtime = Bench.runtime(language);
    if (runtime == null) {
      throw new IllegalStateException(BenchRuntime.absence(language));
    }
    Processors placed = Processors.pin(words[2].equals("cross"));
    if (Micro.isFloor(params.getBenchmark())) {
      echo = new RawEchoFloor(runtime, placed.function());
    } else {
      engine = new ChannelProbe(runtime, placed.function());
    }
  }

  /** Publish → settle. */
  @Benchmark
  public void product() {
    engine.roundTrip();
  }

  /** Write → read. */
  @Benchmark
  public void floor() {
    echo.roundTrip();
  }

  /** Ends the process. */
  @TearDown
  public void close() throws IOException {
    if (engine != null) {
      engine.close();
    }
    if (echo != null) {
      echo.close();
    }
  }
}
