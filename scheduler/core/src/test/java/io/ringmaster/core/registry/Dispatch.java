package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.Owner;
import io.ringmaster.core.resolve.FunctionDefinition;
import io.ringmaster.core.resolve.FunctionPublisher;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The dispatcher and the in-JVM driver as the registry sees them: what is in force, and which code
 * is known.
 */
final class Dispatch implements FunctionPublisher, InJvmHandlers {
  /** By name; those of another account or region than the tests' usual one by owner and name. */
  final Map<String, FunctionDefinition> inForce = new TreeMap<>();

  final Map<Long, FunctionCode.InJvm> handlers = new TreeMap<>();
  private final Set<Long> gone = new HashSet<>();
  RuntimeException failure;
  Runnable onFailure = () -> {};

  @Override
  public void publish(FunctionDefinition function) {
    if (failure != null) {
      onFailure.run();
      throw failure;
    }
    function
        .versions()
        .values()
        .forEach(
            version -> {
              if (version.inJvm() != handlers.containsKey(version.id())) {
                throw new AssertionError(
                    "handler of version " + version.id() + " is not as published");
              }
              if (gone.contains(version.id())) {
                throw new AssertionError("version " + version.id() + " came back");
              }
            });
    noteGone(inForce.put(key(function.owner(), function.name()), function), function);
  }

  private static String key(Owner owner, String name) {
    return owner.equals(World.OWN) ? name : owner + name;
  }

  private void noteGone(FunctionDefinition before, FunctionDefinition after) {
    if (before != null) {
      before.versions().values().forEach(version -> gone.add(version.id()));
    }
    if (after != null) {
      after.versions().values().forEach(version -> gone.remove(version.id()));
    }
  }

  @Override
  public void withdraw(Owner owner, String name) {
    if (failure != null) {
      onFailure.run();
      throw failure;
    }
    noteGone(inForce.remove(key(owner, name)), null);
  }

  @Override
  public void register(long versionId, FunctionCode.InJvm code) {
    if (handlers.put(versionId, code) != null) {
      throw new AssertionError("version " + versionId + " registered twice");
    }
  }

  @Override
  public void unregister(long versionId) {
    if (handlers.remove(versionId) == null) {
      throw new AssertionError("version " + versionId + " was not registered");
    }
  }
}
