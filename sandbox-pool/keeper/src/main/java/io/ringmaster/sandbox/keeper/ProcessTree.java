package io.ringmaster.sandbox.keeper;

import io.ringmaster.sandbox.system.Linux;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Processes found by walking /proc, for sandboxes without a pid namespace, where killing one
 * process does not kill those below it. Reads parent and state only; the name that a process gave
 * itself is skipped.
 */
final class ProcessTree {
  /**
   * Stopped processes do not fork, so two walks nearly always do; a bound, so that nobody can hold
   * the keeper here.
   */
  private static final int WALKS_MAX = 100;

  /** Between two looks whether what was killed has died. */
  private static final long DYING_NS = 500_000;

  private static final Path PROC = Path.of("/proc");

  private final Linux linux;

  ProcessTree(Linux linux) {
    this.linux = linux;
  }

  /** Kills all processes below {@code pid}, however they detached themselves, then {@code pid}. */
  void kill(int pid) {
    killBelow(pid, child -> true);
    linux.kill(pid, Linux.SIGKILL);
  }

  /**
   * Kills the children of {@code pid} that {@code which} tells, and all below them; when it returns
   * they are gone, or zombies, but for one that the kernel cannot end now.
   */
  void killBelow(int pid, IntPredicate which) {
    List<Integer> stopped = List.of();
    for (int walk = 0; walk < WALKS_MAX; walk++) {
      List<Integer> now = below(pid, which);
      now.forEach(each -> linux.kill(each, Linux.SIGSTOP));
      boolean stable = stopped.containsAll(now);
      stopped = now;
      if (stable) {
        break;
      }
    }
    stopped.forEach(each -> linux.kill(each, Linux.SIGKILL));
    for (int walk = 0; walk < WALKS_MAX && !below(pid, which).isEmpty(); walk++) {
      linux.poll(0, 0, DYING_NS);
    }
  }

  /** The living among the children that {@code which} tells and all below them. */
  private static List<Integer> below(int pid, IntPredicate which) {
    Map<Integer, List<Integer>> children = new HashMap<>();
    List<Integer> zombies = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path folder : folders) {
        int child = Integer.parseInt(folder.getFileName().toString());
        String[] fields = stat(folder);
        if (fields != null) {
          children.computeIfAbsent(Integer.parseInt(fields[1]), p -> new ArrayList<>()).add(child);
          if (fields[0].equals("Z")) {
            zombies.add(child);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Integer> found = new ArrayList<>();
    ArrayDeque<Integer> look = new ArrayDeque<>();
    children.getOrDefault(pid, List.of()).stream().filter(which::test).forEach(look::add);
    while (!look.isEmpty()) {
      int next = look.remove();
      found.add(next);
      look.addAll(children.getOrDefault(next, List.of()));
    }
    found.removeAll(zombies);
    return found;
  }

  /** The fields of {@code stat} from the state on, or null where the process has ended. */
  private static String[] stat(Path folder) {
    try {
      String text =
          new String(Files.readAllBytes(folder.resolve("stat")), StandardCharsets.ISO_8859_1);
      return text.substring(text.lastIndexOf(')') + 2).split(" ");
    } catch (IOException ended) {
      return null;
    }
  }
}
