package io.ringmaster.persistence.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Copies of stored packages, durable when made. Files are hard links where the file system has
 * them: a stored package is never written again.
 */
final class PackageCopy {
  private PackageCopy() {}

  /** Copies a folder with all its content and its permissions. */
  static void of(Path folder, Path target) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectory(target.resolve(folder.relativize(path)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            Path copy = target.resolve(folder.relativize(path));
            if (attributes.isSymbolicLink()) {
              Files.copy(path, copy, LinkOption.NOFOLLOW_LINKS);
            } else {
              ofFile(path, copy);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path path, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Path copy = target.resolve(folder.relativize(path));
            Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(path));
            PackageFolder.sync(copy);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Copies one file with its permissions. */
  static void ofFile(Path file, Path copy) throws IOException {
    try {
      Files.createLink(copy, file);
    } catch (FileSystemException | UnsupportedOperationException otherFileSystem) {
      Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
      try (FileChannel written = FileChannel.open(copy, StandardOpenOption.READ)) {
        written.force(true);
      }
    }
  }
}
