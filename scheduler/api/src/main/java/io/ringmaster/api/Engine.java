package io.ringmaster.api;

import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;

/**
 * An open invocation engine.
 *
 * <pre>{@code
 * try (Engine engine = Engine.open(EngineConfig.defaults())) {
 *   engine.functions().create(FunctionSpec.named("hello")
 *       .runtime("python3.13").handler("app.handler")
 *       .code(FunctionCode.source("app.py", "def handler(event, context): return {'hello': event['name']}"))
 *       .build());
 *   InvocationResult result = engine.invoke(InvokeRequest.of("hello", "{\"name\": \"world\"}"));
 *   System.out.println(result.payloadText());
 * }
 * }</pre>
 *
 * <p>Threading: every method may be called from any thread, at once; what waits for the engine not
 * from a callback on the dispatcher ({@link InvocationCallback#nonBlocking}).
 */
public interface Engine extends AutoCloseable {

  /**
   * Opens an engine.
   *
   * @throws MissingJvmFlagsException the JVM was started without flags that the engine needs; the
   *     message names them
   * @throws IllegalArgumentException the configuration is not possible; the message says what and
   *     why
   * @throws DataFolderInUseException another engine uses the data folder
   * @throws EngineException the platform is not supported or refused something
   */
  static Engine open(EngineConfig config) {
    return ServiceLoader.load(EngineProvider.class, Engine.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () -> new EngineException("no engine on the class path: add ringmaster-engine"))
        .open(config);
  }

  /** Functions, versions, aliases, reserved concurrency of the engine's own account and region. */
  Functions functions();

  /** The same of another owner. */
  Functions functions(Owner owner);

  /** Layers of the engine's own account and region. */
  Layers layers();

  /** Layers of another owner. */
  Layers layers(Owner owner);

  /** Asynchronous invocation. */
  Events events();

  /** Logs in files. */
  Logs logs();

  /** Limits of an owner, and what it uses of them. */
  AccountSettings accountSettings(Owner owner);

  /**
   * Writes a copy of all functions, layers and packages, of one moment, while the engine runs: a
   * data folder that an engine can be opened on. Functions in this JVM's code are not in it. The
   * target is there when it is complete, not before; files of packages are hard links where the
   * file system has them.
   *
   * @param target must not exist
   * @throws EngineException the engine has no data folder, or the copy cannot be written
   */
  void backup(Path target);

  /**
   * Invokes and waits for the answer. An interrupt of the waiting thread does not cancel the
   * invocation; the thread's interrupt status is kept.
   *
   * @return the answer; a refusal (throttled, not found, invalid) is a value in it
   */
  InvocationResult invoke(InvokeRequest request);

  /**
   * Invokes; the future completes, on a completion thread, with the answer. It never completes
   * exceptionally.
   */
  CompletableFuture<InvocationResult> invokeAsync(InvokeRequest request);

  /**
   * Invokes, and hands the answer over in parts as they come: for functions that stream. Any other
   * answer is one part.
   *
   * @return completes like that of {@link #invokeAsync}, after the last part, and on the dispatcher
   *     if the subscriber is non-blocking; its payload is empty, or the error document (of a
   *     function that failed after its first part, too)
   */
  CompletableFuture<InvocationResult> invokeStreaming(
      InvokeRequest request, ResponseSubscriber subscriber);

  /** Invokes, and gives the answer to read as it comes. To be closed. */
  ResponseStream openStream(InvokeRequest request);

  /** A reusable invocation, for callers that want none allocated per call. */
  Call newCall();

  /** Counters and what the engine holds at this moment. */
  EngineStatus status();

  /**
   * The last log lines of a function, oldest first, as far as the memory sink keeps them (64 KiB a
   * function).
   *
   * @throws LambdaException not found
   */
  String recentLogs(String functionName);

  /** The same of an owner's function. */
  String recentLogs(Owner owner, String functionName);

  /**
   * Accepts nothing more, lets running invocations end for at most {@link EngineConfig#drainNs()},
   * then stops everything. When it returns no process, thread or file of the engine is left.
   * Calling it again does nothing.
   */
  @Override
  void close();
}
