package io.ringmaster.engine;

import io.ringmaster.api.Owner;
import io.ringmaster.core.resolve.FunctionDefinition;
import io.ringmaster.core.resolve.FunctionPublisher;
import io.ringmaster.core.resolve.VersionDefinition;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ObjLongConsumer;
import java.util.stream.Collectors;

/**
 * Announces versions to the process pool as they are published, each once: what their invocations
 * will need is made ready. Any thread; the registry publishes a function's changes one after the
 * other.
 */
final class Announcer implements FunctionPublisher {
  private record Name(Owner owner, String function) {}

  private final ObjLongConsumer<SandboxSpec> expect;
  private final FunctionPublisher next;

  /** Numbers of the versions that were announced and are still there. */
  private final Map<Name, Set<Long>> announced = new ConcurrentHashMap<>();

  /**
   * @param expect told each new version that runs in processes
   * @param next told everything
   */
  Announcer(ObjLongConsumer<SandboxSpec> expect, FunctionPublisher next) {
    this.expect = expect;
    this.next = next;
  }

  @Override
  public void publish(FunctionDefinition function) {
    Set<Long> versions =
        function.versions().values().stream()
            .filter(version -> !version.inJvm())
            .map(VersionDefinition::id)
            .collect(Collectors.toUnmodifiableSet());
    Set<Long> before = announced.put(new Name(function.owner(), function.name()), versions);
    for (VersionDefinition version : function.versions().values()) {
      if (!version.inJvm() && (before == null || !before.contains(version.id()))) {
        expect.accept(version.spec(), version.id());
      }
    }
    next.publish(function);
  }

  @Override
  public void withdraw(Owner owner, String name) {
    announced.remove(new Name(owner, name));
    next.withdraw(owner, name);
  }
}
