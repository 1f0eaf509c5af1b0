package io.ringmaster.bench.floor;

import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeIdentifier;
import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A runtime that is measured. Immutable.
 *
 * @param language which one
 * @param identifier the runtime identifier of functions that it serves
 * @param executable the interpreter that the engine uses for them, a real executable
 * @param version the interpreter's; empty where it is not asked
 * @param bootstraps folder with the product's bootstraps and the archive that JVMs start with, made
 *     before; null: the engine makes its own
 */
public record BenchRuntime(
    Language language, String identifier, Path executable, String version, Path bootstraps) {

  /** What runs the client of the Runtime API. */
  private static final Path PERL = Path.of("/usr/bin/perl");

  /**
   * The first interpreter in the engine's order of preference that an identifier names exactly, the
   * newest of JVMs; else the first that serves any.
   *
   * @return null: there is none
   */
  public static BenchRuntime find(Language language, Runtimes runtimes) {
    if (language == Language.PROVIDED) {
      return Files.isExecutable(PERL)
          ? new BenchRuntime(language, "provided.al2023", PERL, "", null)
          : null;
    }
    List<Interpreter> order = new ArrayList<>(runtimes.interpreters(language.family()));
    if (language == Language.JAVA) {
      order.sort((a, b) -> Integer.compare(b.major(), a.major()));
    }
    for (String match : List.of(RuntimeMatch.EXACT, RuntimeMatch.NEAREST)) {
      for (Interpreter interpreter : order) {
        for (RuntimeIdentifier each : RuntimeIdentifier.all()) {
          RuntimeMatch found = runtimes.match(each.id());
          if (!each.deprecated()
              && found.match().equals(match)
              && interpreter.equals(found.interpreter())) {
            return new BenchRuntime(
                language, each.id(), interpreter.executable(), interpreter.version(), null);
          }
        }
      }
    }
    return null;
  }

  /** Why nothing was found, and what would help. */
  public static String absence(Language language) {
    return language == Language.PROVIDED
        ? "the Runtime API's client of the benchmarks is written in Perl, and there is no " + PERL
        : "no interpreter for " + language.id() + " was found; install " + install(language);
  }

  private static String install(Language language) {
    return language.family().install();
  }

  /** The same with what was made before. */
  public BenchRuntime withBootstraps(Path made) {
    return new BenchRuntime(language, identifier, executable, version, made);
  }
}
