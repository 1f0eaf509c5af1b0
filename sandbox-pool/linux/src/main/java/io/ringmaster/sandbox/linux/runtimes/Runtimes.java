package io.ringmaster.sandbox.linux.runtimes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The interpreters of this machine. Any thread; {@link #find} blocks for tens of milliseconds,
 * longer where an interpreter hangs.
 */
public final class Runtimes {
  /** Python's minor versions that the bootstrap supports. */
  public static final int PYTHON_MINOR_MIN = 8;

  /** Python's minor versions that the bootstrap supports. */
  public static final int PYTHON_MINOR_MAX = 14;

  private static final String EXACT = "exact";
  private static final long PROBE_LIMIT_MS = 5_000;
  private static final Pattern RUNTIME = Pattern.compile("python3\\.([0-9]{1,2})");
  private static final List<String> NAMES =
      Stream.concat(
              IntStream.rangeClosed(PYTHON_MINOR_MIN, PYTHON_MINOR_MAX)
                  .mapToObj(n -> "python3." + n),
              Stream.of("python3"))
          .toList();
  private static final Pattern ANSWER =
      Pattern.compile("(3)\\.([0-9]{1,3})\\.([0-9]{1,3}) (/.*)", Pattern.DOTALL);

  /** What was learned of a file in this process's life. */
  private static final Map<Probed, Interpreter> KNOWN = new ConcurrentHashMap<>();

  private final List<Interpreter> interpreters;

  private record Probed(Path file, long modified) {}

  private Runtimes(List<Interpreter> interpreters) {
    this.interpreters = List.copyOf(interpreters);
  }

  /**
   * Looks at the usual places: the folders of PATH, version managers, {@code /usr}, {@code /opt}.
   */
  public static Runtimes find() {
    return find(folders());
  }

  /** Looks into these folders, in this order. */
  static Runtimes find(List<Path> folders) {
    return new Runtimes(probe(candidates(folders, NAMES)));
  }

  /**
   * As {@link #match} of {@link #find}, but quicker where an interpreter of the very minor version
   * is there: then no other is started.
   */
  public static RuntimeMatch findFor(String runtime) {
    return findFor(runtime, folders());
  }

  static RuntimeMatch findFor(String runtime, List<Path> folders) {
    if (NAMES.contains(runtime)) {
      for (Path file : candidates(folders, List.of(runtime))) {
        RuntimeMatch match = new Runtimes(probe(Set.of(file))).match(runtime);
        if (match.match().equals(EXACT)) {
          return match;
        }
      }
    }
    return find(folders).match(runtime);
  }

  private static Set<Path> candidates(List<Path> folders, List<String> names) {
    Set<Path> candidates = new LinkedHashSet<>();
    for (Path folder : folders) {
      for (String name : names) {
        realBinary(folder.resolve(name), candidates);
      }
    }
    return candidates;
  }

  /** Every interpreter that works, in the order of preference. */
  public List<Interpreter> interpreters() {
    return interpreters;
  }

  /**
   * The interpreter for a runtime identifier: of the very minor version, or else of the nearest,
   * the newer of two as near.
   */
  public RuntimeMatch match(String runtime) {
    Matcher name = RUNTIME.matcher(runtime);
    if (!name.matches()) {
      return new RuntimeMatch(runtime, null, "none");
    }
    int minor = Integer.parseInt(name.group(1));
    return interpreters.stream()
        .min(
            Comparator.comparingInt((Interpreter i) -> Math.abs(i.minor() - minor))
                .thenComparingInt(i -> -i.minor()))
        .map(i -> new RuntimeMatch(runtime, i, i.minor() == minor ? EXACT : "nearest"))
        .orElse(new RuntimeMatch(runtime, null, "none"));
  }

  /** System folders first: what lies there was meant for everybody. */
  private static List<Path> folders() {
    Set<Path> folders = new LinkedHashSet<>();
    folders.add(Path.of("/usr/bin"));
    folders.add(Path.of("/usr/local/bin"));
    String path = System.getenv("PATH");
    for (String folder : (path == null ? "" : path).split(":")) {
      if (folder.startsWith("/")) {
        folders.add(Path.of(folder));
      }
    }
    Path versions = Path.of(System.getProperty("user.home"), ".pyenv", "versions");
    list(versions).forEach(version -> folders.add(version.resolve("bin")));
    list(Path.of("/opt")).forEach(tree -> folders.add(tree.resolve("bin")));
    return List.copyOf(folders);
  }

  /**
   * What is in a folder, sorted; nothing where it cannot be read: then there is no interpreter for
   * us.
   */
  private static List<Path> list(Path folder) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(entries::add);
    } catch (IOException | DirectoryIteratorException unreadable) {
      return List.of();
    }
    entries.sort(Comparator.naturalOrder());
    return entries;
  }

  /**
   * Adds what a name leads to, unless it is a script: a version manager's shim, whose real binaries
   * are found elsewhere.
   */
  private static void realBinary(Path file, Set<Path> candidates) {
    if (!Files.isExecutable(file)) {
      return;
    }
    try {
      Path real = file.toRealPath();
      if (!Files.isRegularFile(real)) {
        return;
      }
      byte[] magic = new byte[4];
      try (var in = Files.newInputStream(real)) {
        if (in.readNBytes(magic, 0, 4) == 4 && magic[0] == 0x7f && magic[1] == 'E') {
          candidates.add(real);
        }
      }
    } catch (IOException unreadable) {
      // A dangling link or a file we may not read: no interpreter for us.
      return;
    }
  }

  private static List<Interpreter> probe(Set<Path> candidates) {
    List<Interpreter> found = new ArrayList<>();
    List<Running> running = new ArrayList<>();
    for (Path file : candidates) {
      long modified = file.toFile().lastModified();
      Interpreter known = KNOWN.get(new Probed(file, modified));
      if (known == null) {
        running.add(Running.start(file, modified));
      } else {
        found.add(known);
      }
    }
    for (Running probe : running) {
      Interpreter answered = probe.answer();
      if (answered != null) {
        KNOWN.put(new Probed(probe.file, probe.modified), answered);
        found.add(answered);
      }
    }
    List<Path> order = List.copyOf(candidates);
    found.sort(Comparator.comparingInt(i -> order.indexOf(i.executable())));
    found.removeIf(i -> i.minor() < PYTHON_MINOR_MIN || i.minor() > PYTHON_MINOR_MAX);
    return found;
  }

  /** One candidate that was started and asked for its version. */
  private record Running(Path file, long modified, Process process) {
    private static final String QUESTION =
        "import sys; sys.stdout.write('%d.%d.%d %s' % (sys.version_info[:3] + (sys.executable,)))";

    static Running start(Path file, long modified) {
      try {
        // Isolated, without site packages: neither the caller's settings nor startup hooks have a
        // say.
        Process process =
            new ProcessBuilder(file.toString(), "-I", "-S", "-c", QUESTION)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        return new Running(file, modified, process);
      } catch (IOException e) {
        return new Running(file, modified, null); // it cannot be run: not for us
      }
    }

    /** Null: it does not work as an interpreter. */
    Interpreter answer() {
      if (process == null) {
        return null;
      }
      try {
        if (!process.waitFor(PROBE_LIMIT_MS, TimeUnit.MILLISECONDS)) {
          return null;
        }
        byte[] bytes = process.getInputStream().readNBytes(4096);
        Matcher answer = ANSWER.matcher(new String(bytes, StandardCharsets.UTF_8));
        if (process.exitValue() != 0 || !answer.matches()) {
          return null;
        }
        String version = answer.group(1) + "." + answer.group(2) + "." + answer.group(3);
        return new Interpreter("python", file, 3, Integer.parseInt(answer.group(2)), version);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
