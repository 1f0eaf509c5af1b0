package io.ringmaster.engine;

import io.ringmaster.api.DataFolderInUseException;
import io.ringmaster.api.EngineException;
import io.ringmaster.persistence.files.LastingFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where one engine keeps its files: the embedder's folder, locked, or a temporary one that goes
 * with the engine.
 */
final class DataFolder implements AutoCloseable {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private static final String PREFIX = "ringmaster-";
  private static final String LOCK = "lock";

  /** Only folders with this file are swept: an embedder's own may have any name. */
  private static final String TEMPORARY = "temporary";

  private static final long SWEEP_AFTER_MS = 60_000;

  /**
   * Folders of this JVM's engines. Their lock files must not be opened again: the kernel's locks
   * are the process's, and closing any descriptor of the file gives them back.
   */
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final boolean temporary;
  private final FileChannel lockFile;

  private DataFolder(Path path, boolean temporary, FileChannel lockFile) {
    this.path = path;
    this.temporary = temporary;
    this.lockFile = lockFile;
  }

  /**
   * @param wanted the embedder's folder, made if it is not there; null: a temporary one
   * @throws DataFolderInUseException another engine uses it
   * @throws EngineException it cannot be made
   */
  static DataFolder open(Path wanted) {
    try {
      boolean temporary = wanted == null;
      if (temporary) {
        sweep();
      }
      Path path =
          temporary
              ? Files.createTempDirectory(PREFIX, PosixFilePermissions.asFileAttribute(OWNER_ONLY))
              : LastingFolders.create(wanted.toAbsolutePath());
      if (temporary) {
        Files.createFile(path.resolve(TEMPORARY));
      }
      return locked(path.toRealPath(), temporary);
    } catch (IOException e) {
      throw new EngineException("the data folder cannot be used: " + e.getMessage(), e);
    }
  }

  private static DataFolder locked(Path path, boolean temporary) throws IOException {
    if (!OURS.add(path)) {
      throw inUse(path);
    }
    boolean opened = false;
    try {
      FileChannel channel =
          FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      opened = locked(channel);
      if (!opened) {
        channel.close();
        throw inUse(path);
      }
      return new DataFolder(path, temporary, channel);
    } finally {
      if (!opened) {
        OURS.remove(path);
      }
    }
  }

  private static DataFolderInUseException inUse(Path path) {
    return new DataFolderInUseException("the data folder is in use by another engine: " + path);
  }

  /** Removes temporary folders that killed engines left: their lock is free. */
  private static void sweep() throws IOException {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, PREFIX + "*")) {
      for (Path path : left) {
        sweep(path);
      }
    }
  }

  private static void sweep(Path path) {
    try {
      Path lock = path.resolve(LOCK);
      if (OURS.contains(path.toRealPath())
          || !Files.isRegularFile(path.resolve(TEMPORARY), LinkOption.NOFOLLOW_LINKS)
          || !Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)
          || System.currentTimeMillis() - Files.getLastModifiedTime(lock).toMillis()
              < SWEEP_AFTER_MS) {
        return;
      }
      try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
        if (locked(channel)) {
          delete(path);
        }
      }
    } catch (IOException | UnsupportedOperationException othersFolder) {
      // another user's, or being removed by another engine at this moment: not ours to remove
      System.getLogger("io.ringmaster.engine")
          .log(System.Logger.Level.DEBUG, "not swept: " + path, othersFolder);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try (lockFile) {
      if (temporary) {
        delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("not removed: " + path, e);
    } finally {
      OURS.remove(path);
    }
  }

  /** Writes a new data folder's content. */
  interface Content {
    void writeTo(Path folder) throws IOException;
  }

  /**
   * Makes a data folder that no engine uses: it is there when it is complete, not before.
   *
   * @throws IOException there is something at the target, or it cannot be written
   */
  static void fill(Path target, Content content) throws IOException {
    Path wanted = target.toAbsolutePath().normalize();
    if (Files.exists(wanted, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(wanted.toString());
    }
    Path parent = Files.createDirectories(wanted.getParent());
    Path coming =
        Files.createTempDirectory(
            parent,
            "." + wanted.getFileName() + "-",
            PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    boolean filled = false;
    try {
      content.writeTo(coming);
      Files.move(coming, wanted, StandardCopyOption.ATOMIC_MOVE);
      filled = true;
    } finally {
      if (!filled) {
        delete(coming);
      }
    }
    try (FileChannel folder = FileChannel.open(parent, StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  /** Removes a folder with all that is in it; links are not followed. */
  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            Files.setPosixFilePermissions(dir, OWNER_ONLY); // packages are read-only
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, IOException failed)
              throws IOException {
            if (failed != null) {
              throw failed;
            }
            Files.deleteIfExists(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
