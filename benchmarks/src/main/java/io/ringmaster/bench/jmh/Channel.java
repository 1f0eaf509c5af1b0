package io.ringmaster.bench.jmh;

import io.ringmaster.bench.Bench;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Language;
import io.ringmaster.bench.floor.RawEchoFloor;
import io.ringmaster.bench.product.ChannelProbe;
import io.ringmaster.bench.product.Processors;
import java.io.IOException;
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

/** {@code channel.*.same} and {@code .cross}, and their floor. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Channel {
  /** Whose channel. */
  @Param({"PYTHON", "NODE", "JAVA"})
  public Language language;

  /** Where the sandbox process runs. */
  @Param({"same", "cross"})
  public String placement;

  private ChannelProbe engine;
  private RawEchoFloor echo;

  /** Pins this thread, and opens both sides. */
  @Setup
  public void open() throws IOException {
    BenchRuntime runtime = Bench.runtime(language);
    if (runtime == null) {
      throw new IllegalStateException(BenchRuntime.absence(language));
    }
    Processors placed = Processors.pin(placement.equals("cross"));
    engine = new ChannelProbe(runtime, placed.function());
    echo = new RawEchoFloor(runtime, placed.function());
  }

  /** Publish → settle. */
  @Benchmark
  public void roundTrip() {
    engine.roundTrip();
  }

  /** Write → read. */
  @Benchmark
  public void floor() {
    echo.roundTrip();
  }

  /** Ends both processes. */
  @TearDown
  public void close() throws IOException {
    engine.close();
    echo.close();
  }
}
