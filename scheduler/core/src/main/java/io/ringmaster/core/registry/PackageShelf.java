package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.persistence.spi.CodeRefusedException;
import io.ringmaster.persistence.spi.CodeStore;
import io.ringmaster.persistence.spi.StoredCode;
import java.io.IOException;
import java.util.function.Consumer;

/** The registry's side of the code store: AWS's refusals, and failures that nobody waits for. */
final class PackageShelf {
  private final CodeStore store;
  private final Consumer<Exception> failures;

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

  void retain(StoredCode code) {
    if (code != null) {
      store.retain(code.key());
    }
  }

  void release(StoredCode code) {
    if (code != null) {
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
