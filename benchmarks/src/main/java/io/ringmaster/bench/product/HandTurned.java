package io.ringmaster.bench.product;

import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.dispatch.Dispatcher;
import io.ringmaster.core.dispatch.DispatcherConfig;
import io.ringmaster.core.dispatch.StreamLimits;
import io.ringmaster.core.model.InvocationRecorder;
import io.ringmaster.core.place.PlacementLimits;
import io.ringmaster.core.registry.RegistrySettings;
import io.ringmaster.core.resolve.FunctionDefinition;
import io.ringmaster.core.resolve.VersionDefinition;
import io.ringmaster.core.settle.Completions;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Sleeper;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A dispatcher without a thread: whoever calls turns it. One function, {@value #FUNCTION}, and
 * those that are published later. Belongs to one thread.
 */
final class HandTurned {
  static final String FUNCTION = "echo";

  private static final String ACCOUNT = "123456789012";
  private static final String REGION = "us-east-1";
  private static final int RING = 8192;

  final Dispatcher dispatcher;
  private int settled;
  private long versions;

  /** Counts. */
  final InvocationCallback callback =
      new InvocationCallback() {
        @Override
        public void settled(Call call) {
          settled++;
        }

        @Override
        public boolean nonBlocking() {
          return true;
        }
      };

  /**
   * @param environmentsMax environments that the function may have
   * @param code folder of its code; null with a simulated driver
   * @param runtime its runtime; null with a simulated driver
   */
  HandTurned(
      SandboxDriver driver,
      SandboxDriver none,
      Sleeper sleeper,
      int environmentsMax,
      Path code,
      BenchRuntime runtime) {
    Counters counters = new Counters();
    PlacementLimits limits =
        new PlacementLimits(
            environmentsMax,
            TimeUnit.SECONDS.toNanos(30),
            TimeUnit.MINUTES.toNanos(10),
            TimeUnit.HOURS.toNanos(4),
            TimeUnit.SECONDS.toNanos(10));
    dispatcher =
        new Dispatcher(
            new DispatcherConfig(ACCOUNT, REGION, RING, RING, limits, StreamLimits.DEFAULT, 1),
            driver,
            none,
            sleeper,
            new Completions(counters, (thread, thrown) -> thrown.printStackTrace(System.err)),
            InvocationRecorder.NONE,
            counters,
            System.nanoTime());
    publish(FUNCTION, code, runtime);
  }

  /**
   * One more function.
   *
   * @param code folder of its code; null with a simulated driver
   * @param runtime its runtime; null with a simulated driver
   */
  void publish(String function, Path code, BenchRuntime runtime) {
    String arn = "arn:aws:lambda:" + REGION + ":" + ACCOUNT + ":function:" + function;
    SandboxSpec spec =
        new SandboxSpec(
            runtime == null ? "simulated" : runtime.identifier(),
            runtime == null ? "simulated" : runtime.language().rawHandler(),
            code,
            null,
            RegistrySettings.machineArchitecture(),
            Map.of(),
            new SandboxSpec.Identity(
                ACCOUNT,
                REGION,
                function,
                "$LATEST",
                arn,
                "/aws/lambda/" + function,
                "Text",
                "",
                ""),
            Echo.MEMORY_MB,
            TimeUnit.SECONDS.toNanos(Echo.TIMEOUT_S),
            512,
            true);
    long id = ++versions;
    VersionDefinition version =
        new VersionDefinition(id, "$LATEST", new PoolKey(ACCOUNT, id, "", ""), spec, false);
    dispatcher.publish(
        new FunctionDefinition(
            ACCOUNT,
            REGION,
            function,
            -1,
            Map.of(),
            FunctionDefinition.SCALING_RATE,
            Map.of("$LATEST", version),
            Map.of()));
  }

  Call call() {
    return call(FUNCTION);
  }

  Call call(String function) {
    return dispatcher.newCall().function(function).payload(Echo.EVENT, 0, Echo.EVENT.length);
  }

  /** Settled since the last {@link #forgetSettled}. */
  int settled() {
    return settled;
  }

  void forgetSettled() {
    settled = 0;
  }

  int turn() {
    return dispatcher.turn(System.nanoTime(), System.currentTimeMillis());
  }

  /** Turns until that many have settled, sleeping as the engine's dispatcher does. */
  void turnUntilSettled(int count) {
    while (settled < count) {
      if (turn() == 0) {
        dispatcher.sleep(Long.MAX_VALUE);
      }
    }
  }
}
