package io.ringmaster.core.resolve;

import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxSpec;

/**
 * One immutable function version, or one state of {@code $LATEST}. Immutable.
 *
 * @param id unique in the engine; another one whenever the code or configuration of {@code $LATEST}
 *     changes
 * @param label {@code $LATEST} or a number
 * @param key which sandboxes may serve it
 * @param spec how a sandbox is bound to it
 * @param inJvm whether the in-JVM driver serves it
 * @param pendingUntilEpochMs until then it takes no invocations; 0: it takes them
 */
public record VersionDefinition(
    long id, String label, PoolKey key, SandboxSpec spec, boolean inJvm, long pendingUntilEpochMs) {

  /** A version that takes invocations at once. */
  public VersionDefinition(long id, String label, PoolKey key, SandboxSpec spec, boolean inJvm) {
    this(id, label, key, spec, inJvm, 0);
  }
}
