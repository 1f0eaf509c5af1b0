package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.persistence.spi.CodeRefusedException;
import io.ringmaster.persistence.spi.CodeStore;
import io.ringmaster.persistence.spi.StoredCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
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

  /**
   * Stores layers and what they come to, with references for the caller.
   *
   * @param inline come first
   * @param published with a reference to each, which is the answer's then, or given back
   */
  LayerSet putLayers(List<FunctionCode> inline, List<LayerSet.Part> published) {
    List<LayerSet.Part> parts = new ArrayList<>();
    boolean merged = false;
    try {
      inline.forEach(layer -> parts.add(new LayerSet.Part(null, put(layer))));
      parts.addAll(published);
      LayerSet layers =
          parts.isEmpty() ? LayerSet.NONE : new LayerSet(List.copyOf(parts), merge(parts));
      merged = true;
      return layers;
    } finally {
      parts.stream().filter(part -> part.arn() == null).forEach(part -> release(part.code()));
      if (!merged) {
        published.forEach(part -> release(part.code()));
      }
    }
  }

  private StoredCode merge(List<LayerSet.Part> parts) {
    if (parts.size() == 1) {
      retain(parts.getFirst().code());
      return parts.getFirst().code();
    }
    try {
      return store.putMerged(parts.stream().map(part -> part.code().key()).toList());
    } catch (CodeRefusedException refused) {
      throw Refusals.code(refused);
    } catch (IOException failure) {
      throw Refusals.storage(failure);
    }
  }

  /** The archive of a package to which the caller holds a reference. */
  InputStream openZip(StoredCode code) {
    try {
      return store.openZip(code.key());
    } catch (IOException failure) {
      throw Refusals.storage(failure);
    }
  }

  /** Copies packages to which the caller holds references. */
  void copyTo(Path folder, Collection<String> keys) throws IOException {
    store.copyTo(folder, keys);
  }

  /** Refuses code and layers that are too large together. */
  void requireRoom(StoredCode code, LayerSet layers) {
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
    packages(content).forEach(this::retain);
  }

  /**
   * One more reference to each of some packages, or to none.
   *
   * @throws IllegalStateException a package is missing
   */
  void retainAll(List<StoredCode> codes) {
    codes.forEach(this::requireStored);
    codes.forEach(this::retain);
  }

  /** What a version holds references to; a package may be in it twice. */
  static List<StoredCode> packages(Content content) {
    List<StoredCode> all = new ArrayList<>();
    if (content.stored() != null) {
      all.add(content.stored());
    }
    all.addAll(packages(content.layers()));
    return all;
  }

  private static List<StoredCode> packages(LayerSet layers) {
    List<StoredCode> all = new ArrayList<>();
    if (layers.merged() != null) {
      all.add(layers.merged());
    }
    layers.parts().stream()
        .filter(part -> part.arn() != null)
        .forEach(part -> all.add(part.code()));
    return all;
  }

  private void requireStored(StoredCode code) {
    if (!store.isStored(code.key())) {
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
    packages(content).forEach(this::release);
  }

  void release(LayerSet layers) {
    packages(layers).forEach(this::release);
  }

  void retain(StoredCode code) {
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
