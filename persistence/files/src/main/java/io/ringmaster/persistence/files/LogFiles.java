package io.ringmaster.persistence.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Looks at everything of the log store below a folder that it may look at. */
final class LogFiles extends SimpleFileVisitor<Path> {
  /**
   * A part of a stream.
   *
   * @param folder that of the nearest group; null: there is none
   * @param nested whether that lies below another group's, so that the part may be that one's
   * @param writtenMs when it was written last
   * @param size bytes of its lines
   */
  record Found(Path path, Path folder, boolean nested, long writtenMs, long size) {}

  private final Path root;
  private final Deque<Path> groups = new ArrayDeque<>();

  /** Parts, in no order. */
  final List<Found> parts = new ArrayList<>();

  /** Folders of groups. */
  final List<Path> folders = new ArrayList<>();

  LogFiles(Path root) {
    this.root = root;
  }

  static LogFiles below(Path folder) throws IOException {
    LogFiles files = new LogFiles(folder);
    Files.walkFileTree(folder, files);
    return files;
  }

  /** Makes a folder for the store alone, if it is not there. */
  static Path make(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return folder;
    }
    return Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @Override
  public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
    if (Files.exists(folder.resolve(LogNames.GROUP))) {
      groups.push(folder);
      folders.add(folder);
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(Path folder, IOException failure) {
    if (folder.equals(groups.peek())) {
      groups.pop();
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    if (attributes.isRegularFile() && LogNames.isPart(file)) {
      parts.add(
          new Found(
              file,
              groups.peek(),
              groups.size() > 1,
              attributes.lastModifiedTime().toMillis(),
              attributes.size()));
    }
    return FileVisitResult.CONTINUE;
  }

  /** The operator removed it meanwhile, or it is not ours, such as {@code lost+found}. */
  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
    boolean foreign = failure instanceof AccessDeniedException && !file.equals(root);
    if (foreign || failure instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw failure;
  }
}
