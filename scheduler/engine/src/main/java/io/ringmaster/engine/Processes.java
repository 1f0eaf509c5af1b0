package io.ringmaster.engine;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.sandbox.linux.EpollSleeper;
import io.ringmaster.sandbox.linux.ProcessDriverStatus;
import io.ringmaster.sandbox.linux.ProcessPool;
import io.ringmaster.sandbox.linux.ProcessPoolConfig;
import io.ringmaster.sandbox.linux.runtimes.ChannelChoice;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSdk;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.spi.RuntimeApi;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxLogs;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;

/**
 * The process driver as the assembly sees it: a pool, or none.
 *
 * @param driver dispatcher thread only
 * @param status dispatcher thread only
 * @param logs log agent only
 * @param hasLogs log agent only
 * @param expect makes ready what the invocations of a version with this number will need; any
 *     thread
 * @param closeLogs gives the log pipes back, after the driver was closed
 */
record Processes(
    SandboxDriver driver,
    Supplier<ProcessDriverStatus> status,
    SandboxLogs logs,
    BooleanSupplier hasLogs,
    ObjLongConsumer<SandboxSpec> expect,
    Runnable closeLogs) {

  /** Generic sandboxes in a burst: this many times the floor. */
  private static final int GENERIC_BURST = 8;

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  /** What one forked sandbox takes while it waits: measured 1.7 MiB. */
  private static final long FORKED_BYTES = 2 << 20;

  private static final int FORKED_PIPES = 3;
  private static final int FORKED_MAX = 1000;

  /** What a pipe has of its user's, when there are not too many. */
  private static final int PIPE_PAGES = 16;

  private static final MachineLimits MACHINE = new MachineLimits(Path.of("/"));

  private static final ProcessDriverStatus NOTHING =
      new ProcessDriverStatus("none", "none", List.of(), Map.of(), Map.of());

  static Processes pool(
      EngineConfig config,
      Path dataFolder,
      EpollSleeper dispatcher,
      EpollSleeper logAgent,
      RuntimeApi runtimeApi) {
    int generic = config.genericSandboxes().orElse(Math.max(2, PROCESSORS));
    int forked =
        config
            .genericSandboxes()
            .orElseGet(() -> forkedSandboxes(generic, config.environmentsMax(), MACHINE));
    ProcessPool pool =
        ProcessPool.open(
            new ProcessPoolConfig(
                dataFolder,
                config.environmentsMax(),
                generic,
                forked,
                Math.max(generic, Math.min(generic * GENERIC_BURST, config.environmentsMax())),
                List.of(),
                new RuntimeSettings(
                    config.runtimesFolder(),
                    config.exactRuntimes(),
                    RuntimeSdk.find(config.sdkFolder(), config.dataFolder()),
                    config.awsEndpoint(),
                    config.lambdaEndpoint(),
                    ChannelChoice.valueOf(config.channel().name()))),
            dispatcher,
            logAgent,
            runtimeApi);
    return new Processes(
        pool.driver(),
        pool::status,
        pool.logs(),
        pool::hasLogs,
        (spec, version) -> pool.expect(version, spec),
        pool::closeLogs);
  }

  /**
   * A burst of first invocations is answered as fast as sandboxes lie ready: as many as there can
   * be environments, as long as they take no more than a hundredth of the memory and half of the
   * pages that the user's pipes may have, and are no more than a sixteenth of the files that may be
   * open.
   */
  static int forkedSandboxes(int least, int environmentsMax, MachineLimits limits) {
    long affordable = Math.min(FORKED_MAX, limits.memoryBytes() / 100 / FORKED_BYTES);
    affordable = Math.min(affordable, limits.openFiles() / 16);
    affordable = Math.min(affordable, limits.pipePages() / PIPE_PAGES / FORKED_PIPES / 2);
    return (int) Math.max(least, Math.min(affordable, environmentsMax));
  }

  /** In-JVM handlers only. */
  static Processes none() {
    return new Processes(
        new NoProcesses(),
        () -> NOTHING,
        (sink, limit) -> 0,
        () -> false,
        (runtime, memoryMb) -> {},
        () -> {});
  }
}
