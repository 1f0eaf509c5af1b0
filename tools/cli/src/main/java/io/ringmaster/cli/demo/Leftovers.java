package io.ringmaster.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an engine could leave behind on this machine: processes, mounts, control groups, files.
 * Looked at before, during (processes, so that one that is no descendant any more is known) and
 * after. Main thread only.
 */
final class Leftovers {
  private static final String MARK = "ringmaster";
  private static final long PATIENCE_NS = 1_000_000_000L;

  private final Set<String> mounts = mounts();
  private final Set<Path> controlGroups = controlGroups();
  private final Set<Path> files = files();
  private final Set<ProcessHandle> before = descendants();
  private final Set<ProcessHandle> seen = new HashSet<>();

  /**
   * How many of each are left.
   *
   * @param processes alive, at most a second after the engine was closed
   * @param mounts in this process's mount table
   * @param cgroups control groups with the product's name
   * @param files files and folders with the product's name in the temporary folder and in shared
   *     memory
   */
  record Count(int processes, int mounts, int cgroups, int files) {
    boolean nothing() {
      return processes == 0 && mounts == 0 && cgroups == 0 && files == 0;
    }
  }

  /** Remembers the processes below this one. */
  void lookAtProcesses() {
    seen.addAll(descendants());
  }

  /** Counts what was not there when this was made. */
  Count count() throws InterruptedException {
    lookAtProcesses();
    seen.removeAll(before);
    long endNs = System.nanoTime() + PATIENCE_NS;
    while (seen.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() - endNs < 0) {
      Thread.sleep(5);
    }
    return new Count(
        (int) seen.stream().filter(ProcessHandle::isAlive).count(),
        added(mounts(), mounts),
        added(controlGroups(), controlGroups),
        (int) newFiles().stream().filter(file -> !usedByAnotherEngine(file)).count());
  }

  private Set<Path> newFiles() {
    Set<Path> now = files();
    now.removeAll(files);
    return now;
  }

  /** Somebody else's engine that was opened meanwhile holds a lock in its folder. */
  private static boolean usedByAnotherEngine(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    Path lock = folder.resolve("lock");
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock()) {
      return held == null;
    } catch (NoSuchFileException e) {
      return !Files.exists(folder); // it went away while we looked
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> int added(Set<T> now, Set<T> before) {
    now.removeAll(before);
    return now.size();
  }

  private static Set<ProcessHandle> descendants() {
    try (Stream<ProcessHandle> all = ProcessHandle.current().descendants()) {
      return all.collect(Collectors.toCollection(HashSet::new));
    }
  }

  private static Set<String> mounts() {
    try {
      return new HashSet<>(Files.readAllLines(Path.of("/proc/self/mountinfo")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<Path> controlGroups() {
    return named(List.of(Path.of("/sys/fs/cgroup")), 8);
  }

  private static Set<Path> files() {
    return named(List.of(Path.of(System.getProperty("java.io.tmpdir")), Path.of("/dev/shm")), 1);
  }

  private static Set<Path> named(List<Path> roots, int depth) {
    Set<Path> found = new HashSet<>();
    for (Path root : roots) {
      if (Files.isDirectory(root)) {
        walk(root, depth, found);
      }
    }
    return found;
  }

  private static void walk(Path root, int depth, Set<Path> found) {
    try {
      Files.walkFileTree(
          root,
          Set.of(),
          depth,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              note(folder);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              note(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // went away meanwhile, or is somebody else's
            }

            private void note(Path path) {
              if (!path.equals(root) && path.getFileName().toString().contains(MARK)) {
                found.add(path);
              }
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
