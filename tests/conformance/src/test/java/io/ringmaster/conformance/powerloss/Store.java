package io.ringmaster.conformance.powerloss;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** The stores that a power cut is to leave whole. */
enum Store {
  JOURNAL {
    @Override
    void write(Path folder, boolean synced, long first, Writer writer) throws IOException {
      new JournalStore(writer).write(folder, synced, first);
    }

    @Override
    Set<Long> read(Path folder, boolean synced) throws IOException {
      return JournalStore.read(folder, synced);
    }
  },
  REGISTRY {
    @Override
    void write(Path folder, boolean synced, long first, Writer writer) throws IOException {
      RegistryFiles.write(folder, synced, first, writer);
    }

    @Override
    Set<Long> read(Path folder, boolean synced) throws IOException {
      return RegistryFiles.read(folder, synced);
    }
  },
  CODE {
    @Override
    void write(Path folder, boolean synced, long first, Writer writer) throws IOException {
      CodeFiles.write(folder, first, writer);
    }

    @Override
    Set<Long> read(Path folder, boolean synced) throws IOException {
      return CodeFiles.read(folder);
    }
  };

  /**
   * Writes until it fails.
   *
   * @param first number of the first thing that is written; later ones are larger
   */
  abstract void write(Path folder, boolean synced, long first, Writer writer) throws IOException;

  /**
   * Opens the store as the next engine does.
   *
   * @return what is there, whole
   * @throws IOException something is there that is not whole
   */
  abstract Set<Long> read(Path folder, boolean synced) throws IOException;

  /** Whether it knows levels: code is always forced. */
  boolean hasLevels() {
    return this != CODE;
  }

  /** What {@link #read} leaves of what it found. */
  Set<Long> left(Set<Long> found) {
    return this == CODE ? Set.of() : found;
  }

  /** A cut comes after so many acknowledgements at most. */
  int cutAfterMax() {
    return switch (this) {
      case JOURNAL -> 6_000;
      case REGISTRY -> 300;
      case CODE -> 100;
    };
  }
}
