package io.ringmaster.engine;

import io.ringmaster.api.AccountSettings;
import io.ringmaster.api.Call;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.Events;
import io.ringmaster.api.Functions;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.Layers;
import io.ringmaster.api.Logs;
import io.ringmaster.api.Owner;
import io.ringmaster.api.ResponseStream;
import io.ringmaster.api.ResponseSubscriber;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** The engine in an embedder's JVM; made by {@link Assembly}. Any thread. */
final class EmbeddedEngine implements Engine {
  private final EngineConfig config;
  private final Assembly assembly;
  private final Calls calls;
  private final AtomicBoolean closing = new AtomicBoolean();

  /**
   * An embedder's JVM that ends without closing the engine: nothing is drained, and nothing is
   * left.
   */
  private final Thread atExit = Thread.ofPlatform().name("ringmaster-exit").unstarted(this::exit);

  private EmbeddedEngine(EngineConfig config, Assembly assembly) {
    this.config = config;
    this.assembly = assembly;
    this.calls = new Calls(assembly.dispatcher()::newCall);
  }

  static EmbeddedEngine open(EngineConfig config) {
    JvmFlags.require();
    EmbeddedEngine engine = new EmbeddedEngine(config, Assembly.start(config));
    Runtime.getRuntime().addShutdownHook(engine.atExit);
    return engine;
  }

  @Override
  public Functions functions() {
    assembly.requireMayWait();
    return assembly.registry().functions();
  }

  @Override
  public Functions functions(Owner owner) {
    assembly.requireMayWait();
    return assembly.registry().functions(owner);
  }

  @Override
  public Layers layers() {
    return layers(assembly.owner());
  }

  @Override
  public Layers layers(Owner owner) {
    assembly.requireMayWait();
    return assembly.registry().layers(owner);
  }

  @Override
  public Events events() {
    assembly.requireMayWait();
    return assembly.events();
  }

  @Override
  public Logs logs() {
    assembly.requireMayWait();
    return assembly.logs();
  }

  @Override
  public AccountSettings accountSettings(Owner owner) {
    return assembly.registry().accountSettings(owner);
  }

  @Override
  public void backup(Path target) {
    assembly.requireMayWait();
    assembly.backup(target);
  }

  @Override
  public InvocationResult invoke(InvokeRequest request) {
    if (assembly.ownsCurrentThread()) {
      throw new IllegalStateException("a callback must not wait for an invocation");
    }
    return calls.invoke(request);
  }

  @Override
  public CompletableFuture<InvocationResult> invokeAsync(InvokeRequest request) {
    return calls.invokeAsync(request);
  }

  @Override
  public CompletableFuture<InvocationResult> invokeStreaming(
      InvokeRequest request, ResponseSubscriber subscriber) {
    return calls.invokeStreaming(request, subscriber);
  }

  @Override
  public ResponseStream openStream(InvokeRequest request) {
    if (assembly.ownsCurrentThread()) {
      throw new IllegalStateException("a callback must not wait for an invocation");
    }
    return calls.openStream(request);
  }

  @Override
  public Call newCall() {
    return assembly.dispatcher().newCall();
  }

  @Override
  public EngineStatus status() {
    return assembly.status();
  }

  @Override
  public String recentLogs(String functionName) {
    return recentLogs(assembly.owner(), functionName);
  }

  @Override
  public String recentLogs(Owner owner, String functionName) {
    String name = functions(owner).get(functionName).functionName();
    return assembly.recentLogs(owner, name);
  }

  @Override
  public void close() {
    assembly.requireMayWait();
    if (closing.compareAndSet(false, true)) {
      try {
        Runtime.getRuntime().removeShutdownHook(atExit);
      } catch (IllegalStateException exiting) {
        // the JVM ends already, and waits for this close
      }
      assembly.close(config.drainNs());
    } else {
      assembly.awaitClosed();
    }
  }

  private void exit() {
    if (closing.compareAndSet(false, true)) {
      assembly.close(0);
    } else {
      assembly.awaitClosed();
    }
  }
}
