package io.ringmaster.engine;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.EngineConfig.LogSink;
import io.ringmaster.api.EngineException;
import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.Events;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.Logs;
import io.ringmaster.api.Owner;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.core.dispatch.Dispatcher;
import io.ringmaster.core.dispatch.DispatcherConfig;
import io.ringmaster.core.dispatch.StreamLimits;
import io.ringmaster.core.event.Courier;
import io.ringmaster.core.model.InvocationRecorder;
import io.ringmaster.core.place.PlacementLimits;
import io.ringmaster.core.record.HandlerLines;
import io.ringmaster.core.registry.InJvmHandlers;
import io.ringmaster.core.registry.Registry;
import io.ringmaster.core.registry.RegistrySettings;
import io.ringmaster.core.resolve.FunctionDefinition;
import io.ringmaster.core.resolve.FunctionPublisher;
import io.ringmaster.core.settle.Completions;
import io.ringmaster.engine.destination.Destinations;
import io.ringmaster.engine.injvm.InJvmDriver;
import io.ringmaster.persistence.files.FileCodeStore;
import io.ringmaster.persistence.files.FileLogStore;
import io.ringmaster.persistence.files.FileRegistryStore;
import io.ringmaster.persistence.spi.LogStore;
import io.ringmaster.persistence.spi.RegistryStore;
import io.ringmaster.sandbox.linux.AwakeProcessors;
import io.ringmaster.sandbox.linux.EpollSleeper;
import io.ringmaster.sandbox.runtimeapi.NettyRuntimeApi;
import io.ringmaster.sandbox.spi.RuntimeApi;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Puts the parts of an embedded engine together, starts their threads, and takes everything apart
 * again in the opposite order, also when opening fails half-way.
 */
final class Assembly {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.engine");

  /**
   * A package stays this long after its last reference: longer than an invocation of its code may
   * run.
   */
  private static final long CODE_GRACE_NS = TimeUnit.MINUTES.toNanos(16);

  private static final String CODE = "code";
  private static final String REGISTRY = "registry";

  private final EngineConfig config;
  private final Owner owner;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Counters counters = new Counters();

  private EpollSleeper sleeper;
  private EpollSleeper logSleeper;
  private Completions completions;
  private LogThreads logs;
  private Processes processes;
  private InJvmDriver inJvm;
  private Dispatcher dispatcher;
  private DispatcherThread dispatcherThread;
  private AgentThread completionThread;
  private Registry registry;
  private EventsPart events;

  private Assembly(EngineConfig config) {
    this.config = config;
    owner = new Owner(config.account(), config.region());
  }

  static Assembly start(EngineConfig config) {
    Assembly assembly = new Assembly(config);
    try {
      assembly.open();
      return assembly;
    } catch (IOException | RuntimeException | Error failure) {
      assembly.closeParts();
      throw failure instanceof IOException io
          ? new EngineException("the engine cannot be opened: " + io.getMessage(), io)
          : sneaky(failure);
    }
  }

  private static RuntimeException sneaky(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return (RuntimeException) failure;
  }

  private void open() throws IOException {
    DataFolder data = part(DataFolder.open(config.dataFolder()));
    if (config.lowLatency()) {
      part(AwakeProcessors.hold());
    }
    FileCodeStore code =
        part(
            FileCodeStore.open(
                data.path().resolve(CODE),
                config.dataFolder() == null
                    ? FileCodeStore.Lifetime.UNTIL_CLOSE
                    : FileCodeStore.Lifetime.LASTING,
                CODE_GRACE_NS,
                System::nanoTime));
    RegistryStore functions = openRegistryStore(data);
    sleeper = part(EpollSleeper.open());
    logSleeper = part(EpollSleeper.open());
    completions = new Completions(counters, (thread, thrown) -> report("callback", thrown));
    HandlerLines handlerLines = new HandlerLines(counters);
    processes = openProcesses(data);
    part(() -> processes.closeLogs().run());
    part(processes.driver()); // should what follows fail; the second close of a driver does nothing
    inJvm = new InJvmDriver(sleeper, handlerLines::add);
    completionThread =
        part(
            new AgentThread(
                "ringmaster-completion",
                completions,
                completions::await,
                completions::wake,
                thrown -> report("completion agent", thrown)));
    completionThread.start();
    logs =
        part(
            new LogThreads(
                config.logSink(),
                logStore(data),
                owner,
                counters,
                logSleeper,
                completions,
                this::report));
    logs.start(processes, inJvm, handlerLines);
    part(inJvm);
    part(processes.driver());
    dispatcher = newDispatcher(logs.recorder());
    dispatcherThread =
        new DispatcherThread(dispatcher, sleeper::look, thrown -> report("dispatcher", thrown));
    dispatcherThread.start();
    part(() -> dispatcherThread.close(0)); // also when what follows fails
    registry = new Registry(registrySettings(), functions, code, handlers(), publisher());
    registry.restore();
    events =
        part(
            EventsPart.open(
                config,
                data.path(),
                owner,
                registry::functions,
                dispatcher::newCall,
                destinations(data),
                this::report));
    events.start();
  }

  private Courier destinations(DataFolder data) {
    return new Destinations(
        config.awsEndpoint(),
        config.region(),
        config.httpDestinations(),
        config.dataFolder() == null ? null : data.path().resolve("destinations"),
        System.getenv(),
        InstantSource.system());
  }

  private RegistryStore openRegistryStore(DataFolder data) throws IOException {
    return config.dataFolder() == null
        ? RegistryStore.NONE
        : part(FileRegistryStore.open(data.path().resolve(REGISTRY), config.synced()));
  }

  /** Null: lines are not stored. */
  private LogStore logStore(DataFolder data) throws IOException {
    return config.logSink() == LogSink.STORE
        ? FileLogStore.open(
            data.path().resolve("logs"),
            FileLogStore.Limits.of(config.logBytesMax(), config.logRetentionDays()))
        : null;
  }

  private Processes openProcesses(DataFolder data) {
    if (!config.sandboxProcesses()) {
      return Processes.none();
    }
    RuntimeApi runtimeApi = part(new NettyRuntimeApi());
    return Processes.pool(config, data.path(), sleeper, logSleeper, runtimeApi);
  }

  private Dispatcher newDispatcher(InvocationRecorder recorder) {
    return new Dispatcher(
        new DispatcherConfig(
            config.account(),
            config.region(),
            config.accountConcurrency(),
            config.acceptRingSize(),
            new PlacementLimits(
                config.environmentsMax(),
                config.capacityWaitNs(),
                config.keepAliveNs(),
                config.maximumLifeNs(),
                config.initTimeoutNs()),
            new StreamLimits(
                config.streamWindowBytes(),
                config.streamedResponseMaxBytes(),
                StreamLimits.DEFAULT.freeBytes(),
                config.streamBytesPerSecond()),
            new SecureRandom().nextLong()),
        processes.driver(),
        inJvm,
        sleeper,
        completions,
        recorder,
        counters,
        System.nanoTime());
  }

  private RegistrySettings registrySettings() {
    return new RegistrySettings(
        config.account(),
        config.region(),
        config.accountConcurrency(),
        config.codeBytesMax(),
        RegistrySettings.machineArchitecture(),
        config.strictArchitecture(),
        config.allowDeprecated(),
        Duration.ofNanos(config.statePendingMinNs()),
        InstantSource.system(),
        failure -> report("registry", failure));
  }

  private InJvmHandlers handlers() {
    return new InJvmHandlers() {
      @Override
      public void register(long versionId, FunctionCode.InJvm code) {
        inJvm.register(versionId, code);
      }

      @Override
      public void unregister(long versionId) {
        inJvm.unregister(versionId);
      }
    };
  }

  private FunctionPublisher publisher() {
    return new Announcer(
        processes.expect(),
        new FunctionPublisher() {
          @Override
          public void publish(FunctionDefinition function) {
            dispatcherThread.ask(
                d -> {
                  d.publish(function);
                  return null;
                });
          }

          @Override
          public void withdraw(Owner owner, String name) {
            dispatcherThread.ask(
                d -> {
                  d.withdraw(owner, name);
                  return null;
                });
          }
        });
  }

  private <T extends AutoCloseable> T part(T part) {
    parts.push(part);
    return part;
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  Registry registry() {
    return registry;
  }

  Events events() {
    return events.events();
  }

  /** The engine's own account and region. */
  Owner owner() {
    return owner;
  }

  /** Copies functions, layers and packages; see {@link io.ringmaster.api.Engine#backup}. */
  void backup(Path target) {
    if (config.dataFolder() == null) {
      throw new EngineException("an engine without a data folder keeps nothing to back up");
    }
    try {
      DataFolder.fill(
          target, folder -> registry.copyTo(folder.resolve(REGISTRY), folder.resolve(CODE)));
    } catch (IOException failure) {
      throw new EngineException("the backup was not written: " + failure.getMessage(), failure);
    }
  }

  boolean ownsCurrentThread() {
    return dispatcherThread.isCurrent() || completionThread.isCurrent();
  }

  /** Throws where the wait would never end. */
  void requireMayWait() {
    dispatcherThread.requireOther();
  }

  Logs logs() {
    return logs.stored();
  }

  String recentLogs(Owner of, String function) {
    return logs.recent(of.lambdaArn("function:" + function));
  }

  EngineStatus status() {
    return dispatcherThread.ask(
        d -> StatusReport.of(d, owner, config.accountConcurrency(), processes.status().get()));
  }

  /** Drains, then stops everything. */
  void close(long drainNs) {
    try {
      long endNs = System.nanoTime() + drainNs;
      events.stop(endNs);
      registry.close();
      dispatcherThread.close(Math.max(0, endNs - System.nanoTime()));
      closeParts();
    } finally {
      closed.countDown();
    }
  }

  void awaitClosed() {
    boolean interrupted = false;
    while (closed.getCount() > 0) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeParts() {
    AutoCloseable part;
    while ((part = parts.poll()) != null) {
      try {
        part.close();
      } catch (Exception failure) {
        report("closing", failure);
      }
    }
  }

  private void report(String where, Throwable failure) {
    LOG.log(Level.ERROR, where + ": " + failure, failure);
  }
}
