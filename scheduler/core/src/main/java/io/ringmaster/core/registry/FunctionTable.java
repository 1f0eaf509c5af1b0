package io.ringmaster.core.registry;

import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Owner;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.core.resolve.FunctionPublisher;
import io.ringmaster.persistence.spi.StoredCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/**
 * The functions there are: in memory, in the store that outlives the engine, and known to the
 * dispatcher, all three changed together, under the registry's lock. Read by any thread, without
 * it.
 *
 * <p>A change is kept first and published then: what the dispatcher serves is never lost by a
 * crash. If the publication fails, the store gets back what it had.
 */
final class FunctionTable {
  private final Records records;
  private final CodeUsage usage;
  private final InJvmHandlers handlers;
  private final FunctionPublisher publisher;
  private final PackageShelf packages;
  private final Consumer<Exception> failures;
  private final ConcurrentHashMap<Owner, ConcurrentNavigableMap<String, FunctionState>> functions =
      new ConcurrentHashMap<>();

  FunctionTable(
      Records records,
      CodeUsage usage,
      PackageShelf packages,
      InJvmHandlers handlers,
      FunctionPublisher publisher,
      Consumer<Exception> failures) {
    this.records = records;
    this.usage = usage;
    this.packages = packages;
    this.failures = failures;
    this.handlers = handlers;
    this.publisher = publisher;
  }

  /** One that the store has already. */
  void restored(FunctionState function) {
    publisher.publish(function.definition());
    put(function);
  }

  /** Null: there is none. Any thread. */
  FunctionState get(Owner owner, String name) {
    return of(owner).get(name);
  }

  /** By name. Any thread; what is read changes meanwhile. */
  NavigableMap<String, FunctionState> of(Owner owner) {
    ConcurrentNavigableMap<String, FunctionState> found = functions.get(owner);
    return found == null ? Collections.emptyNavigableMap() : found;
  }

  /** Of all owners. */
  Collection<ConcurrentNavigableMap<String, FunctionState>> all() {
    return functions.values();
  }

  private void put(FunctionState function) {
    FunctionState before = get(function.owner(), function.name().name());
    usage.change(
        function.owner(), before == null ? List.of() : packages(before), packages(function));
    functions
        .computeIfAbsent(function.owner(), owner -> new ConcurrentSkipListMap<>())
        .put(function.name().name(), function);
  }

  /** Makes this the function's state. */
  void commit(FunctionState after) {
    FunctionState before = get(after.owner(), after.name().name());
    keep(after.name(), after);
    boolean committed = false;
    try {
      publish(before, after);
      put(after);
      committed = true;
    } finally {
      if (!committed) {
        keepAgain(after.name(), before);
      }
    }
  }

  /** The same for a change that the dispatcher need not know. */
  void commitUnpublished(FunctionState after) {
    keep(after.name(), after);
    put(after);
  }

  /** Removes a function that is there. */
  void remove(FunctionState function) {
    FunctionName.Parsed name = function.name();
    keep(name, null);
    boolean removed = false;
    try {
      publisher.withdraw(function.owner(), name.name());
      removed = true;
    } finally {
      if (!removed) {
        keepAgain(name, function);
      }
    }
    of(function.owner()).remove(name.name());
    usage.change(function.owner(), packages(function), List.of());
    inJvmIds(function).forEach(handlers::unregister);
  }

  /** Makes a state the one that a restart finds; null: none. Code in this JVM ends with it. */
  private void keep(FunctionName.Parsed name, FunctionState function) {
    boolean lasting = function != null && inJvmIds(function).isEmpty();
    records.keep(FunctionRecord.key(name), lasting ? FunctionRecord.write(function) : null);
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

  private static List<StoredCode> packages(FunctionState function) {
    return function.versions().stream()
        .map(version -> version.content().stored())
        .filter(Objects::nonNull)
        .toList();
  }

  private static List<Long> inJvmIds(FunctionState function) {
    return function.versions().stream()
        .filter(version -> version.content().inJvm() != null)
        .map(Version::id)
        .toList();
  }
}
