package io.ringmaster.api;

/** Found by {@link java.util.ServiceLoader}; implemented in {@code ringmaster-engine}. */
public interface EngineProvider {
  /** See {@link Engine#open}. */
  Engine open(EngineConfig config);
}
