package io.ringmaster.bench.product;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Programs;
import java.io.IOException;

/**
 * An engine for one runtime. Where the runtime's bootstraps and archive were made before, it finds
 * them in its data folder: what an engine makes at its first start is not measured.
 */
final class MeasuredEngine implements AutoCloseable {
  final Engine engine;
  private final Programs folder;

  private MeasuredEngine(Engine engine, Programs folder) {
    this.engine = engine;
    this.folder = folder;
  }

  /**
   * Opens one.
   *
   * @param runtime null: for in-JVM handlers only
   */
  static MeasuredEngine open(BenchRuntime runtime, EngineConfig.Builder config) throws IOException {
    if (runtime == null || runtime.bootstraps() == null) {
      return new MeasuredEngine(Engine.open(config.build()), null);
    }
    Programs folder = Programs.unpack(runtime.language());
    try {
      config.dataFolder(folder.dataFolder(runtime.bootstraps()));
      return new MeasuredEngine(Engine.open(config.build()), folder);
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      engine.close();
    } finally {
      if (folder != null) {
        folder.close();
      }
    }
  }
}
