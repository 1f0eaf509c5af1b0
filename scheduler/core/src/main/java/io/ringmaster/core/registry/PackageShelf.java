package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.persistence.spi.CodeRefusedException;
import io.ringmaster.persistence.spi.CodeStore;
import io.ringmaster.persistence.spi.StoredCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The registry's side of the code store: AWS's refusals, and failures that nobody waits for. */
final class PackageShelf {
  private static final long UNPACKED_BYTES_LIMIT = 262_144_000;

  private final CodeStore store;
  private final Consumer<Exception> failures;
  private volatile boolean keepsEverything;

  PackageShelf(CodeStore store, Consumer<Exception> failures) {
    this.store = store;
    this.failures = failures;
  }

  /** Stores a package, with one reference for the caller; null for in-JVM code. */
  StoredCode put(FunctionCode code) {
    try {
      return switch (code) {
        case FunctionCode.Zip zip -> store.putZip(zip.bytes());
        case FunctionCode.Folder folder -> store.putFolder(folder.folder());
        case FunctionCode.Files files -> store.putFiles(files.files());
        case FunctionCode.InJvm _ -> null;
      };
    } catch (CodeRefusedException refused) {
      throw Refusals.code(refused);
    } catch (IOException failure) {
      throw Refusals.storage(failure);
    }
  }

  /** Stores layers and what they come to, with one reference for the caller. */
  Layers putLayers(List<FunctionCode> layers) {
    if (layers.isEmpty()) {
      return Layers.NONE;
    }
    List<StoredCode> parts = new ArrayList<>();
    try {
      layers.forEach(layer -> parts.add(put(layer)));
      if (parts.size() == 1) {
        retain(parts.getFirst());
        return new Layers(List.copyOf(parts), parts.getFirst());
      }
      return new Layers(
          List.copyOf(parts), store.putMerged(parts.stream().map(StoredCode::key).toList()));
    } catch (CodeRefusedException refused) {
      throw Refusals.code(refused);
    } catch (IOException failure) {
      throw Refusals.storage(failure);
    } finally {
      parts.forEach(this::release);
    }
  }

  /** Refuses code and layers that are too large together. */
  void requireRoom(StoredCode code, Layers layers) {
    if (code == null || layers.merged() == null) {
      return;
    }
    try {
      long total = store.unpackedBytes(code.key()) + store.unpackedBytes(layers.merged().key());
      if (total >= UNPACKED_BYTES_LIMIT) {
        throw Refusals.invalid(
            "Function code combined with layers exceeds the maximum allowed size of "
                + UNPACKED_BYTES_LIMIT
                + " bytes. The actual size is "
                + total
                + " bytes.");
      }
    } catch (IOException failure) {
      throw Refusals.storage(failure);
    }
  }

  Path folder(String key) {
    return store.folder(key);
  }

  /** One more reference to all that a version is made of. */
  void retain(Content content) {
    retain(content.stored());
    retain(content.layers().merged());
  }

  /**
   * One more reference to all that a function's versions are made of, or to nothing.
   *
   * @throws IllegalStateException a package is missing
   */
  void retain(FunctionState function) {
    for (Version version : function.versions()) {
      requireStored(version.content().stored());
      requireStored(version.content().layers().merged());
    }
    function.versions().forEach(version -> retain(version.content()));
  }

  private void requireStored(StoredCode code) {
    if (code != null && !store.isStored(code.key())) {
      throw new IllegalStateException("package " + code.key() + " is missing");
    }
  }

  /** What nobody has retained by now is needed by nobody. */
  void forgetLeftovers() {
    store.forgetLeftovers();
  }

  /** From now on nothing is given back: it is not known what the store of functions refers to. */
  void keepEverything() {
    keepsEverything = true;
  }

  /** Gives one reference to each back. */
  void release(Content content) {
    release(content.stored());
    release(content.layers());
  }

  void release(Layers layers) {
    release(layers.merged());
  }

  private void retain(StoredCode code) {
    if (code != null) {
      store.retain(code.key());
    }
  }

  void release(StoredCode code) {
    if (code != null && !keepsEverything) {
      store.release(code.key());
    }
  }

  /** Removes what nobody needs any more. Never under the registry's lock. */
  void collect() {
    try {
      store.collect();
    } catch (IOException failure) {
      failures.accept(failure);
    }
  }
}
