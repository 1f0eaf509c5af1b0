package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Shared libraries that a function brings where Lambda's {@code LD_LIBRARY_PATH} has them found: at
 * the top of its package, in {@code lib} of the package, in {@code lib} of its layers. The dynamic
 * linker reads that variable once, when a process starts, so a function that has some needs a
 * process of its own. Modules of an interpreter (Python's extensions, Node's addons) are found by
 * the interpreter and are not meant: only what is called {@code lib….so…}. Stateless.
 */
final class PackageLibraries {
  private static final Pattern NAME = Pattern.compile("lib.*\\.so.*", Pattern.DOTALL);

  /** The dispatcher may wait for this: a larger folder is taken for one that has some. */
  private static final int ENTRIES_MAX = 2_048;

  private PackageLibraries() {}

  /** Whether there are any; looks into three folders of the engine's own store. */
  static boolean in(SandboxSpec spec) {
    return any(spec.code())
        || any(spec.code().resolve("lib"))
        || spec.layers() != null && any(spec.layers().resolve("lib"));
  }

  private static boolean any(Path folder) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      int looked = 0;
      for (Path entry : entries) {
        if (looked++ == ENTRIES_MAX || NAME.matcher(entry.getFileName().toString()).matches()) {
          return true; // with a process of its own, every function runs
        }
      }
      return false;
    } catch (NoSuchFileException | NotDirectoryException none) {
      return false;
    } catch (IOException | DirectoryIteratorException unreadable) {
      return true; // the slower way is right in any case
    }
  }
}
