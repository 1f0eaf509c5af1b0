package io.ringmaster.sandbox.keeper;

import io.ringmaster.sandbox.system.Linux;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private static final long BUDGET_NS = 200_000_000;

  /** Between two looks whether what was killed has died. */
  private static final long DYING_NS = 500_000;

  private static final Path PROC = Path.of("/proc");

  private final Linux linux;

  private final long budgetNs;

  ProcessTree(Linux linux) {
    this(linux, BUDGET_NS);
  }

  /** With another time that a call takes at most, but for one walk of each kind. */
  ProcessTree(Linux linux, long budgetNs) {
    this.linux = linux;
    this.budgetNs = budgetNs;
  }

  /**
   * Kills all processes below {@code pid}, however they detached themselves, as far as they are
   * found in time, then {@code pid} and its process group: so also what replaces itself again and
   * again by its child.
   */
  void kill(int pid) {
    killBelow(pid, child -> true);
    linux.kill(pid, Linux.SIGKILL);
    linux.kill(-pid, Linux.SIGKILL);
  }

  /**
   * Kills the children of {@code pid} that {@code which} tells, and all below them.
   *
   * @return whether they are all gone, or zombies; else there were too many for the time, the
   *     kernel cannot end one now, or /proc cannot be read now
   */
  boolean killBelow(int pid, IntPredicate which) {
    try {
      return killFound(pid, which);
    } catch (UncheckedIOException | DirectoryIteratorException noDescriptor) {
      return false;
    }
  }

  private boolean killFound(int pid, IntPredicate which) {
    long endNs = System.nanoTime() + budgetNs;
    Set<Integer> stopped = Set.of();
    boolean stable;
    do {
      Set<Integer> now = below(pid, which);
      now.forEach(each -> linux.kill(each, Linux.SIGSTOP));
      stable = stopped.containsAll(now);
      stopped = now;
    } while (!stable && System.nanoTime() - endNs < 0);
    stopped.forEach(each -> linux.kill(each, Linux.SIGKILL));
    boolean gone = below(pid, which).isEmpty();
    while (!gone && System.nanoTime() - endNs < 0) {
      linux.poll(0, 0, DYING_NS);
      gone = below(pid, which).isEmpty();
    }
    return gone;
  }

  /** The living among the children that {@code which} tells and all below them. */
  private static Set<Integer> below(int pid, IntPredicate which) {
    Map<Integer, List<Integer>> children = new HashMap<>();
    Set<Integer> zombies = new HashSet<>();
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
    Set<Integer> found = new LinkedHashSet<>();
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
