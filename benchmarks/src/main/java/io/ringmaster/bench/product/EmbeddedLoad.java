package io.ringmaster.bench.product;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.bench.floor.BenchRuntime;
import java.io.IOException;

/** An engine with the echo function, for the load generator. */
public final class EmbeddedLoad implements AutoCloseable {
  /** The function's name. */
  public static final String FUNCTION = "echo";

  private final MeasuredEngine opened;

  /**
   * Opens it.
   *
   * @param runtime null: an in-JVM handler
   * @param environmentsMax environments at once; 0: as many as the engine has by itself
   */
  public EmbeddedLoad(BenchRuntime runtime, int environmentsMax) throws IOException {
    EngineConfig.Builder config = EngineConfig.builder();
    if (environmentsMax > 0) {
      config.environmentsMax(environmentsMax);
    }
    opened = MeasuredEngine.open(runtime, config);
    try {
      opened
          .engine
          .functions()
          .create(runtime == null ? Echo.inJvm(FUNCTION) : Echo.of(FUNCTION, runtime));
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** The engine. */
  public Engine engine() {
    return opened.engine;
  }

  /** The event of benchmarks. */
  public static byte[] event() {
    return Echo.EVENT.clone();
  }

  @Override
  public void close() {
    opened.close();
  }
}
