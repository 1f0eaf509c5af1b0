package io.ringmaster.sandbox.linux.runtimes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The interpreters of this machine. Any thread; finding blocks for tens of milliseconds, for a
 * JVM's start where there are JVMs, longer where an interpreter hangs.
 */
public final class Runtimes {
  private final List<Interpreter> interpreters;
  private final boolean exactOnly;

  private Runtimes(List<Interpreter> interpreters, boolean exactOnly) {
    this.interpreters = List.copyOf(interpreters);
    this.exactOnly = exactOnly;
  }

  /**
   * Looks at the usual places: the folders of PATH, version managers, {@code /usr}, {@code /opt}.
   */
  public static Runtimes find() {
    return find(RuntimeSettings.NONE);
  }

  /** Looks at the operator's folder too. */
  public static Runtimes find(RuntimeSettings settings) {
    return find(Places.folders(settings.folder()), settings.exactOnly());
  }

  /** Looks into these folders, in this order. */
  static Runtimes find(List<Path> folders, boolean exactOnly) {
    List<Interpreter> all = new ArrayList<>();
    for (RuntimeFamily family : RuntimeFamily.values()) {
      all.addAll(find(family, folders));
    }
    return new Runtimes(all, exactOnly);
  }

  private static List<Interpreter> find(RuntimeFamily family, List<Path> folders) {
    return Probe.ask(family, Places.candidates(folders, family.executables()));
  }

  /**
   * As {@link #match} of {@link #find}, but quicker: other families are not looked for, and no
   * other Python is started where one of the very minor version is there.
   */
  public static RuntimeMatch findFor(String runtime, RuntimeSettings settings) {
    Optional<RuntimeIdentifier> wanted = RuntimeIdentifier.of(runtime);
    if (wanted.isEmpty()) {
      return unknown(runtime);
    }
    List<Path> folders = Places.folders(settings.folder());
    RuntimeFamily family = wanted.get().family();
    if (family == RuntimeFamily.PYTHON) {
      for (Path file : Places.candidates(folders, List.of(runtime))) {
        for (Interpreter found : Probe.ask(family, List.of(file))) {
          if (wanted.get().names(found)) {
            return new RuntimeMatch(runtime, found, RuntimeMatch.EXACT, "");
          }
        }
      }
    }
    return new Runtimes(find(family, folders), settings.exactOnly()).match(runtime);
  }

  /** Every interpreter that works, by family, in the order of preference. */
  public List<Interpreter> interpreters() {
    return interpreters;
  }

  /** Those of one family, in the order of preference. */
  public List<Interpreter> interpreters(RuntimeFamily family) {
    return interpreters.stream().filter(i -> i.family().equals(family.id())).toList();
  }

  /**
   * The interpreter for a runtime identifier: of the version that it names, or else of the nearest.
   */
  public RuntimeMatch match(String runtime) {
    return RuntimeIdentifier.of(runtime).map(this::match).orElseGet(() -> unknown(runtime));
  }

  private RuntimeMatch match(RuntimeIdentifier wanted) {
    RuntimeFamily family = wanted.family();
    if (family == RuntimeFamily.PROVIDED) {
      return new RuntimeMatch(wanted.id(), Interpreter.PROVIDED, RuntimeMatch.EXACT, "");
    }
    int version = family.version(wanted.major(), wanted.minor());
    Optional<Interpreter> best =
        interpreters(family).stream()
            .filter(i -> family != RuntimeFamily.PYTHON || i.major() == wanted.major())
            .min(
                Comparator.comparingInt(
                    i -> family.distance(version, family.version(i.major(), i.minor()))));
    if (best.isEmpty()) {
      return RuntimeMatch.none(wanted.id(), absent(wanted));
    }
    Interpreter found = best.get();
    if (wanted.names(found)) {
      return new RuntimeMatch(wanted.id(), found, RuntimeMatch.EXACT, "");
    }
    String nearest =
        "no " + wanted.wanted() + " here; " + found.version() + " is the nearest version";
    return exactOnly
        ? RuntimeMatch.none(wanted.id(), nearest + ", and runtime-match is exact")
        : new RuntimeMatch(wanted.id(), found, RuntimeMatch.NEAREST, nearest);
  }

  private static String absent(RuntimeIdentifier wanted) {
    RuntimeFamily family = wanted.family();
    return family.supported()
        ? "no interpreter for it was found; install " + family.install()
        : family.install();
  }

  private static RuntimeMatch unknown(String runtime) {
    return RuntimeMatch.none(runtime, "no runtime has this name");
  }
}
