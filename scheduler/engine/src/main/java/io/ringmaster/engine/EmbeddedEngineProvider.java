package io.ringmaster.engine;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.EngineProvider;

/** How {@link Engine#open} finds {@link EmbeddedEngine}. */
public final class EmbeddedEngineProvider implements EngineProvider {
  @Override
  public Engine open(EngineConfig config) {
    return EmbeddedEngine.open(config);
  }
}
