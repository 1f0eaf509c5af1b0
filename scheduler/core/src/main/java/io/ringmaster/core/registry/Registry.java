package io.ringmaster.core.registry;

import io.ringmaster.api.AccountSettings;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Layers;
import io.ringmaster.api.Owner;
import io.ringmaster.core.resolve.FunctionPublisher;
import io.ringmaster.persistence.spi.CodeStore;
import io.ringmaster.persistence.spi.RegistryStore;
import io.ringmaster.persistence.spi.StoredCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * The functions and layers of all owners, in memory, and in a store that outlives the engine. See
 * {@link Functions} and {@link Layers} for what each call does and the package for how.
 *
 * <p>Any thread but the dispatcher's. Refusals are thrown as {@link LambdaException}. If the
 * publication of a change fails, the change did not happen.
 */
public final class Registry {
  private static final long UNZIPPED_BYTES_LIMIT = 262_144_000;
  private static final long ZIPPED_BYTES_LIMIT = 52_428_800;

  private final Shared shared;
  private final RegistryStore store;
  private final OwnedFunctions own;

  /**
   * @param settings what to know of the engine
   * @param store where functions are kept; closed by its owner, not here
   * @param codeStore where packages lie; closed by its owner, not here
   * @param handlers where in-JVM code is found
   * @param publisher makes changes known to the dispatcher
   */
  public Registry(
      RegistrySettings settings,
      RegistryStore store,
      CodeStore codeStore,
      InJvmHandlers handlers,
      FunctionPublisher publisher) {
    this.store = store;
    PackageShelf packages = new PackageShelf(codeStore, settings.failures());
    Records records = new Records(store);
    CodeUsage usage = new CodeUsage();
    shared =
        new Shared(
            settings,
            packages,
            records,
            usage,
            new FunctionTable(records, usage, packages, handlers, publisher, settings.failures()),
            new LayerTable(records, usage));
    own = new OwnedFunctions(shared, settings.owner());
  }

  /** Functions of the engine's own account and region. */
  public Functions functions() {
    return own;
  }

  /** Functions of any owner. */
  public Functions functions(Owner owner) {
    return new OwnedFunctions(shared, owner);
  }

  /** Layers of any owner. */
  public Layers layers(Owner owner) {
    return new OwnedLayers(shared, owner);
  }

  /**
   * Creates a function of the engine's own whose handler takes and returns bytes, without JSON and
   * context object: for channel benchmarks.
   */
  public FunctionConfiguration createRaw(FunctionSpec spec) {
    return own.create(spec, true);
  }

  /** Limits of an owner, and what it uses of them. Looks at every function of the owner. */
  public AccountSettings accountSettings(Owner owner) {
    int reserved = 0;
    long count = 0;
    for (FunctionState function : shared.functions.of(owner).values()) {
      count++;
      reserved += Math.max(0, function.reserved());
    }
    int limit = shared.settings.accountConcurrency();
    return new AccountSettings(
        limit,
        limit - reserved,
        shared.usage.bytes(owner),
        count,
        shared.settings.codeBytesMax(),
        UNZIPPED_BYTES_LIMIT,
        ZIPPED_BYTES_LIMIT);
  }

  /**
   * Brings back what an earlier engine kept, and publishes it. Once, before anything else. A
   * function or layer whose record or package is damaged is reported and left out, and no package
   * is removed then that the functions served do not use.
   *
   * @throws IOException the store cannot be read
   */
  public void restore() throws IOException {
    synchronized (shared.lock) {
      boolean[] whole = {!store.wasDamaged()};
      store.forEach(
          (key, record) -> {
            try {
              restore(key, record);
            } catch (IllegalArgumentException | IllegalStateException | DateTimeException damaged) {
              whole[0] = false;
              shared
                  .settings
                  .failures()
                  .accept(
                      new IOException(key + " cannot be served: " + damaged.getMessage(), damaged));
            }
          });
      if (whole[0]) {
        shared.packages.forgetLeftovers();
      }
    }
    shared.packages.collect();
  }

  private void restore(String key, byte[] record) {
    if (FunctionRecord.isKey(key)) {
      FunctionState function = FunctionRecord.read(record, shared.packages, shared::newVersionId);
      requireKey(key, FunctionRecord.key(function.name()));
      shared.packages.retainAll(packages(function));
      shared.functions.restored(function);
    } else if (LayerRecord.isKey(key)) {
      LayerState layer = LayerRecord.read(record, shared.packages);
      requireKey(key, LayerRecord.key(layer.name()));
      shared.packages.retainAll(packages(layer));
      shared.layers.restored(layer);
    }
  }

  private static void requireKey(String key, String written) {
    if (!key.equals(written)) {
      throw new IllegalArgumentException("it is the record " + written);
    }
  }

  private static List<StoredCode> packages(FunctionState function) {
    List<StoredCode> all = new ArrayList<>();
    function.versions().forEach(v -> all.addAll(PackageShelf.packages(v.content())));
    return all;
  }

  private static List<StoredCode> packages(LayerState layer) {
    return layer.versions().values().stream().map(LayerState.Published::code).toList();
  }

  /**
   * Copies all records and packages, of one moment, while changes go on.
   *
   * @param registryFolder where a store of records can be opened afterwards
   * @param codeFolder where a store of packages can be opened afterwards
   * @throws IOException the copy cannot be written
   */
  public void copyTo(Path registryFolder, Path codeFolder) throws IOException {
    Map<String, byte[]> records;
    List<StoredCode> held = new ArrayList<>();
    synchronized (shared.lock) {
      records = shared.records.all();
      for (NavigableMap<String, FunctionState> functions : shared.functions.all()) {
        functions.values().forEach(function -> held.addAll(packages(function)));
      }
      for (NavigableMap<String, LayerState> layers : shared.layers.all()) {
        layers.values().forEach(layer -> held.addAll(packages(layer)));
      }
      held.forEach(shared.packages::retain);
    }
    try {
      shared.packages.copyTo(codeFolder, held.stream().map(StoredCode::key).distinct().toList());
      store.copyTo(registryFolder, records);
    } finally {
      held.forEach(shared.packages::release);
    }
  }

  /**
   * Waits for the change that is being made, and refuses every later one. Before the dispatcher.
   */
  public void close() {
    synchronized (shared.lock) {
      shared.records.close();
    }
  }
}
