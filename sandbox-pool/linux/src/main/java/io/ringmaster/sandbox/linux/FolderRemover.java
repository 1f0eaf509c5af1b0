package io.ringmaster.sandbox.linux;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Removes the folders of environments that are over, on a thread of its own: a function may have
 * left a million files.
 *
 * <p>What is removed was written by hostile code, but nothing that could change it runs any more.
 * Links are removed, never followed. The queue is bounded by the number of environments that there
 * were room for.
 */
final class FolderRemover implements AutoCloseable {
  private static final Path END = Path.of("");

  private final LinkedBlockingQueue<Path> queue = new LinkedBlockingQueue<>();
  private final AtomicLong failures = new AtomicLong();
  private final Thread thread;

  FolderRemover() {
    thread = Thread.ofPlatform().daemon().name("ringmaster-folders").start(this::run);
  }

  /** Any thread. */
  void remove(Path folder) {
    queue.add(folder);
  }

  /** Folders of which something could not be removed. */
  long failures() {
    return failures.get();
  }

  private void run() {
    boolean interrupted = false;
    while (true) {
      Path folder;
      try {
        folder = queue.take();
      } catch (InterruptedException e) {
        interrupted = true; // nobody can stop it but close()
        continue;
      }
      if (folder.equals(END)) {
        break;
      }
      removeTree(folder);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void removeTree(Path folder) {
    try {
      Removal removal = new Removal();
      do {
        removal.again = false;
        Files.walkFileTree(folder, removal);
      } while (removal.again);
    } catch (NoSuchFileException gone) {
      return; // never made, or removed by someone else: what was wanted
    } catch (IOException tooDeepForPaths) {
      if (!removeByCommand(folder)) {
        failures.incrementAndGet();
      }
    }
  }

  /** {@code rm} goes down folder by folder, however long the path becomes. */
  private static boolean removeByCommand(Path folder) {
    return run("/bin/rm", "-rf", "--", folder.toString())
        // Folders that are closed to us may lie as deep.
        || Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
            && run("/bin/chmod", "-R", "u+rwx", "--", folder.toString())
            && run("/bin/rm", "-rf", "--", folder.toString());
  }

  private static boolean run(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    /** Closed folders in closed folders that are opened in one walk; it is a call in a call. */
    private static final int NESTED_MAX = 32;

    /** Something was opened and not looked into: another walk is needed. */
    private boolean again;

    private int nested;

    /** The closed folder that was opened last; one that does not open is not tried twice. */
    private Path opened;

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
        throws IOException {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      // A folder that could not be opened: its function took our own permission away.
      if (file.equals(opened) || !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
        throw failure;
      }
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
      if (nested == NESTED_MAX) {
        again = true;
        return FileVisitResult.CONTINUE;
      }
      nested++;
      opened = file;
      Files.walkFileTree(file, this);
      nested--;
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
      if (failure != null) {
        throw failure;
      }
      if (!again) {
        Files.deleteIfExists(folder);
      }
      return FileVisitResult.CONTINUE;
    }
  }

  /** Returns when all is removed that was handed in before. */
  @Override
  public void close() {
    queue.add(END);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
