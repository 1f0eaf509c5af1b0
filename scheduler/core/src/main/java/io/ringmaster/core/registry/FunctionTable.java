package io.ringmaster.core.registry;

import io.ringmaster.api.EngineException;
import io.ringmaster.api.LambdaException;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.core.resolve.FunctionPublisher;
import io.ringmaster.persistence.spi.RegistryStore;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The functions there are: in memory, in the store that outlives the engine, and known to the
 * dispatcher, all three changed together. Everything under the registry's lock.
 *
 * <p>A change is kept first and published then: what the dispatcher serves is never lost by a
 * crash. If the publication fails, the store gets back what it had.
 */
final class FunctionTable {
  private final RegistryStore store;
  private final InJvmHandlers handlers;
  private final FunctionPublisher publisher;
  private final PackageShelf packages;
  private final Consumer<Exception> failures;
  private boolean closed;
  private final TreeMap<String, FunctionState> functions = new TreeMap<>();

  FunctionTable(
      RegistryStore store,
      PackageShelf packages,
      InJvmHandlers handlers,
      FunctionPublisher publisher,
      Consumer<Exception> failures) {
    this.store = store;
    this.packages = packages;
    this.failures = failures;
    this.handlers = handlers;
    this.publisher = publisher;
  }

  /** Brings back what an earlier engine kept; see {@link Registry#restore}. */
  void restore(String account, String region, LongSupplier ids) throws IOException {
    boolean[] whole = {!store.wasDamaged()};
    store.forEach(
        (key, record) -> {
          if (!FunctionRecord.isKey(key)) {
            return;
          }
          try {
            FunctionState function = FunctionRecord.read(record, packages, ids);
            packages.retain(function); // also those that another engine on this folder serves
            if (FunctionRecord.isKey(key, account, region)) {
              publisher.publish(function.definition());
              functions.put(function.name().name(), function);
            }
          } catch (IllegalArgumentException | IllegalStateException | DateTimeException damaged) {
            whole[0] = false;
            failures.accept(
                new IOException(key + " cannot be served: " + damaged.getMessage(), damaged));
          }
        });
    if (whole[0]) {
      packages.forgetLeftovers();
    }
  }

  /** From now on nothing changes. */
  void close() {
    closed = true;
  }

  /** By name; null: there is none. */
  FunctionState get(String name) {
    return functions.get(name);
  }

  /** In the order of names. */
  Collection<FunctionState> all() {
    return Collections.unmodifiableCollection(functions.values());
  }

  /** Makes this the function's state. */
  void commit(FunctionState after) {
    FunctionState before = functions.get(after.name().name());
    keep(after.name(), after);
    boolean committed = false;
    try {
      publish(before, after);
      functions.put(after.name().name(), after);
      committed = true;
    } finally {
      if (!committed) {
        keepAgain(after.name(), before);
      }
    }
  }

  /** Removes a function that is there. */
  void remove(FunctionState function) {
    FunctionName.Parsed name = function.name();
    keep(name, null);
    boolean removed = false;
    try {
      publisher.withdraw(name.account(), name.name());
      removed = true;
    } finally {
      if (!removed) {
        keepAgain(name, function);
      }
    }
    functions.remove(name.name());
    inJvmIds(function).forEach(handlers::unregister);
  }

  /** Makes a state the one that a restart finds; null: none. Code in this JVM ends with it. */
  private void keep(FunctionName.Parsed name, FunctionState function) {
    if (closed) {
      throw new EngineException("the engine is closed");
    }
    boolean lasting = function != null && inJvmIds(function).isEmpty();
    byte[] record = lasting ? FunctionRecord.write(function) : null;
    try {
      store.commit(List.of(new RegistryStore.Change(FunctionRecord.key(name), record)));
    } catch (IOException failure) {
      throw Refusals.notKept(failure);
    }
  }

  /** Gives the store back what it had. If it does not take that, no package is removed any more. */
  private void keepAgain(FunctionName.Parsed name, FunctionState before) {
    try {
      keep(name, before);
    } catch (LambdaException failure) {
      packages.keepEverything();
      failures.accept(failure);
    }
  }

  private void publish(FunctionState before, FunctionState after) {
    List<Long> old = before == null ? List.of() : inJvmIds(before);
    List<Long> now = inJvmIds(after);
    after.versions().stream()
        .filter(version -> version.content().inJvm() != null && !old.contains(version.id()))
        .forEach(version -> handlers.register(version.id(), version.content().inJvm()));
    boolean published = false;
    try {
      publisher.publish(after.definition());
      published = true;
    } finally {
      List<Long> gone = new ArrayList<>(published ? old : now);
      gone.removeAll(published ? now : old);
      gone.forEach(handlers::unregister);
    }
  }

  private static List<Long> inJvmIds(FunctionState function) {
    return function.versions().stream()
        .filter(version -> version.content().inJvm() != null)
        .map(Version::id)
        .toList();
  }
}
