package io.ringmaster.core.registry;

import io.ringmaster.api.Owner;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.persistence.spi.StoredCode;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** What all parts of the registry share. */
final class Shared {
  final RegistrySettings settings;
  final PackageShelf packages;
  final Records records;
  final CodeUsage usage;
  final FunctionTable functions;
  final LayerTable layers;

  /** Held while something is changed. What is only read needs it not: states are immutable. */
  final Object lock = new Object();

  /**
   * Held, outside of {@link #lock}, from the look how large code and layers are together until they
   * are in force together: two changes that fit one by one may be too large as a pair.
   */
  final Object fitting = new Object();

  /** Under the lock. */
  private long lastVersionId;

  Shared(
      RegistrySettings settings,
      PackageShelf packages,
      Records records,
      CodeUsage usage,
      FunctionTable functions,
      LayerTable layers) {
    this.settings = settings;
    this.packages = packages;
    this.records = records;
    this.usage = usage;
    this.functions = functions;
    this.layers = layers;
  }

  Instant now() {
    return settings.clock().instant();
  }

  long newVersionId() {
    return ++lastVersionId;
  }

  static String newRevision() {
    return UUID.randomUUID().toString();
  }

  /** Null where nothing takes time. */
  Version.Settling settling(boolean update, Instant now) {
    Duration pending = settings.statePendingMin();
    return pending.isZero() ? null : new Version.Settling(update, now.plus(pending));
  }

  /** 404 if there is no such function. Any thread. */
  FunctionState require(FunctionName.Parsed name) {
    FunctionState function = functions.get(name.owner(), name.name());
    if (function == null) {
      throw Refusals.functionNotFound(name.arn());
    }
    return function;
  }

  /**
   * 400 if the owner's packages take too much with one more. Under the lock.
   *
   * @param replaced what it takes the place of; null: nothing
   */
  void requireStorage(Owner owner, StoredCode added, StoredCode replaced) {
    if (usage.bytesWith(owner, added, replaced) > settings.codeBytesMax()) {
      throw Refusals.storageExceeded();
    }
  }

  /** 409 while the function is being created or updated. */
  void requireSettled(FunctionState function) {
    Instant now = now();
    if (function.latest().pending(now)) {
      throw Refusals.conflict(
          "The operation cannot be performed at this time. The function is currently in the"
              + " following state: Pending");
    }
    if (function.latest().updating(now)) {
      throw Refusals.conflict(
          "The operation cannot be performed at this time. An update is in progress for resource: "
              + function.name().unqualifiedArn());
    }
  }

  /** 412 if another revision is wanted; null: any. */
  static void requireRevision(String wanted, String present, String call) {
    if (wanted != null && !wanted.equals(present)) {
      throw Refusals.precondition(call);
    }
  }
}
