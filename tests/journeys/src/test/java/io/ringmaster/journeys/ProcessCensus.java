package io.ringmaster.journeys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What /proc says about a process and everything below it. */
final class ProcessCensus {
  private ProcessCensus() {}

  /** Processes below this one that live, zombies not counted, by pid with what they are. */
  static Map<Long, String> below(ProcessHandle top) {
    Map<Long, String> found = new HashMap<>();
    top.descendants()
        .forEach(
            process -> {
              String identity = identity(process.pid());
              if (identity != null) {
                found.put(process.pid(), identity);
              }
            });
    return found;
  }

  /** Start time and name of a living process; null: gone, or a zombie. */
  static String identity(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      String name = stat.substring(stat.indexOf('('), stat.lastIndexOf(')') + 1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return fields[0].equals("Z") || fields[0].equals("X") ? null : name + " " + fields[19];
    } catch (IOException gone) {
      return null;
    }
  }

  /** Of those, the ones that still live. */
  static Map<Long, String> alive(Map<Long, String> census) {
    Map<Long, String> alive = new HashMap<>(census);
    alive.entrySet().removeIf(entry -> !entry.getValue().equals(identity(entry.getKey())));
    return alive;
  }

  /** Open descriptors of this process, as what they point to, without those of this census. */
  static Map<String, Long> descriptors() throws IOException {
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      return fds.map(ProcessCensus::target)
          .filter(target -> !target.isEmpty())
          .map(target -> target.replaceAll("[0-9]+", "N"))
          .filter(
              target ->
                  target.startsWith("pipe:")
                      || target.startsWith("anon_inode")
                      || target.startsWith("socket:"))
          .collect(Collectors.groupingBy(target -> target, Collectors.counting()));
    }
  }

  private static String target(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString();
    } catch (NoSuchFileException gone) {
      return "";
    } catch (IOException e) {
      return "";
    }
  }

  /** Names of this JVM's threads that an engine starts. */
  static Set<String> engineThreads() {
    Thread[] threads = new Thread[Thread.activeCount() * 2 + 64];
    ThreadGroup root = Thread.currentThread().getThreadGroup();
    while (root.getParent() != null) {
      root = root.getParent();
    }
    int count = root.enumerate(threads);
    return Arrays.stream(threads, 0, count)
        .map(Thread::getName)
        .filter(name -> name.startsWith("ringmaster"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Files in the folder for temporary files that an engine makes. */
  static Set<String> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith("ringmaster"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
