package io.ringmaster.persistence.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders whose names last: what is forced in a folder is of no use if nobody finds the folder. */
public final class LastingFolders {
  private LastingFolders() {}

  /**
   * Makes a folder, and those above it that are not there, so that they survive a power cut. An
   * interrupt of the thread is kept for later.
   *
   * @return the folder
   * @throws IOException it cannot be made
   */
  public static Path create(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Path parent = create(folder.toAbsolutePath().getParent());
      Files.createDirectories(folder);
      try {
        PackageFolder.sync(parent);
      } catch (AccessDeniedException unreadable) {
        // who may write into a folder but not list it leaves that to the file system
      }
    }
    return folder;
  }
}
