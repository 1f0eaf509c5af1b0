package io.ringmaster.sandbox.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How strongly sandboxes can be isolated on this machine, found by trying. Immutable.
 *
 * @param levels L1 to L4
 * @param chosen the level that sandboxes run at
 * @param features what was tried, by name
 */
public record IsolationLevels(List<Level> levels, String chosen, Map<String, Feature> features) {
  private static final long LIMIT_S = 5;
  private static final String UNSHARE = KeeperMode.UNSHARE;

  /**
   * One level.
   *
   * @param level {@code L1} to {@code L4}
   * @param available whether sandboxes can run at it
   * @param reason why, or why not
   * @param fix what to do about it; empty: nothing
   */
  public record Level(String level, boolean available, String reason, String fix) {}

  /**
   * Something that levels are built from.
   *
   * @param available whether it works here
   * @param reason how that was found
   */
  public record Feature(boolean available, String reason) {}

  /** Makes the parts immutable. */
  public IsolationLevels {
    levels = List.copyOf(levels);
    features = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(features));
  }

  /** Tries. Any thread but a dispatcher: starts processes, and takes tens of milliseconds. */
  public static IsolationLevels find() {
    Map<String, Feature> features = new LinkedHashMap<>();
    features.put("pidNamespace", unshare("-pf", "--kill-child"));
    features.put("userNamespace", unshare("-Urpf", "--kill-child"));
    features.put("allNamespaces", unshare("-pfmniuC", "--kill-child"));
    features.put("allNamespacesUnprivileged", unshare("-UrpfmniuC", "--kill-child"));
    features.put("cgroupV2", cgroupV2());
    features.put("cgroupV1", cgroupV1());
    features.put("seccomp", fileHolds("/proc/sys/kernel/seccomp/actions_avail", "errno"));
    features.put("landlock", fileHolds("/sys/kernel/security/lsm", "landlock"));
    return new IsolationLevels(levels(features), "L1", features);
  }

  private static List<Level> levels(Map<String, Feature> features) {
    boolean pid = works(features, "pidNamespace");
    boolean user = works(features, "userNamespace");
    String group =
        pid || user
            ? "each sandbox is a process tree in a pid namespace of its own"
            : "each sandbox is a process tree, followed by its parents: this machine allows no pid"
                + " namespace";
    String remedy =
        pid || user
            ? ""
            : "allow user namespaces (sysctl user.max_user_namespaces, and"
                + " kernel.apparmor_restrict_unprivileged_userns=0 where that exists), or run as"
                + " root";
    return List.of(
        new Level(
            "L1",
            true,
            group
                + "; files, network and memory are those of the engine's user; whoever may connect"
                + " to the machine's loopback can speak to a sandbox's Runtime API",
            remedy),
        notBuilt("L2", features, "seccomp", "landlock"),
        notBuilt("L3", features, "userNamespace", "allNamespacesUnprivileged", "seccomp"),
        notBuilt("L4", features, "pidNamespace", "allNamespaces", "seccomp"));
  }

  private static Level notBuilt(String level, Map<String, Feature> features, String... needed) {
    List<String> missing = new ArrayList<>();
    for (String name : needed) {
      if (!works(features, name)) {
        missing.add(name + " (" + features.get(name).reason() + ")");
      }
    }
    String machine =
        missing.isEmpty()
            ? "this machine has what it needs"
            : "and this machine lacks " + String.join(", ", missing);
    return new Level(level, false, "not built yet; " + machine, "");
  }

  private static boolean works(Map<String, Feature> features, String name) {
    return features.get(name).available();
  }

  private static Feature unshare(String... options) {
    if (!Files.isExecutable(Path.of(UNSHARE))) {
      return new Feature(false, UNSHARE + " is not there");
    }
    List<String> words = new ArrayList<>(List.of(UNSHARE));
    words.addAll(List.of(options));
    words.add("/bin/true");
    String tried = String.join(" ", words);
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      try {
        process.getOutputStream().close();
        if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
          return new Feature(false, tried + " hangs");
        }
        byte[] said = process.getInputStream().readNBytes(500);
        String text = new String(said, StandardCharsets.UTF_8).strip();
        return process.exitValue() == 0
            ? new Feature(true, tried + " works")
            : new Feature(false, tried + " fails: " + text);
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return new Feature(false, tried + " fails: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Feature(false, tried + " was interrupted");
    }
  }

  private static Feature cgroupV2() {
    Path root = Path.of("/sys/fs/cgroup");
    for (Path place : List.of(root, root.resolve("unified"))) {
      if (Files.isReadable(place.resolve("cgroup.controllers"))) {
        return Files.isWritable(place)
            ? new Feature(true, place + " is writable")
            : new Feature(false, place + " is not writable");
      }
    }
    return new Feature(false, "not mounted");
  }

  private static Feature cgroupV1() {
    Path memory = Path.of("/sys/fs/cgroup/memory");
    if (!Files.isReadable(memory.resolve("memory.limit_in_bytes"))) {
      return new Feature(false, "no memory controller is mounted");
    }
    return Files.isWritable(memory)
        ? new Feature(true, memory + " is writable")
        : new Feature(false, memory + " is not writable");
  }

  private static Feature fileHolds(String file, String word) {
    try {
      String text = Files.readString(Path.of(file)).strip();
      return new Feature(text.contains(word), file + ": " + text);
    } catch (IOException e) {
      return new Feature(false, file + " cannot be read");
    }
  }
}
