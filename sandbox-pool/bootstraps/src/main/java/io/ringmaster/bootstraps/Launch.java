package io.ringmaster.bootstraps;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How an interpreter is started on its bootstrap, as a process of its own: descriptors and frames
 * are those of the channel's specification. Immutable; any thread.
 *
 * @param argv the program, an absolute path, and its arguments
 * @param environment {@code NAME=value} each: the complete environment of a process that is bound
 *     to no function yet. One that is started for one function gets that function's variables
 *     instead
 */
public record Launch(List<String> argv, List<String> environment) {
  /** Of a machine that has these and nothing of the engine's own settings. */
  private static final List<String> ENVIRONMENT =
      List.of("PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "LC_CTYPE=C.UTF-8", "TZ=:UTC");

  /**
   * No restartable sequences: what a zygote forks would have lost them unknown to its C library.
   */
  private static final String ZYGOTE_TUNABLES = "GLIBC_TUNABLES=glibc.pthread.rseq=0";

  /**
   * Part of a Java function's memory that is the heap's, in per cent; the rest is the JVM's own.
   */
  private static final int JAVA_HEAP_PERCENT = 85;

  /** What Node's heap can hold without being told on a machine with 8 GiB. */
  public static final int NODE_DEFAULT_MB = 2048;

  public Launch {
    argv = List.copyOf(argv);
    environment = List.copyOf(environment);
  }

  /**
   * The way to start one.
   *
   * @param family {@code python}, {@code node}, {@code java} or {@code ruby}
   * @param executable the interpreter's real executable
   * @param major first part of the interpreter's version
   * @param minor second part of it
   * @param bootstraps what {@link Bootstraps#extract} answered
   * @param memoryMb memory size in MiB of the functions that the process can serve; Java fixes its
   *     heap by it, and Node one that is larger than its own default
   * @throws IllegalArgumentException for a family without a bootstrap
   */
  public static Launch of(
      String family, Path executable, int major, int minor, Path bootstraps, int memoryMb) {
    String program = executable.toString();
    List<String> argv =
        switch (family) {
          case "python" -> List.of(program, "-B", file(bootstraps, "python/bootstrap.py"));
          case "node" -> {
            List<String> node = new ArrayList<>(node(executable, memoryMb));
            node.add(file(bootstraps, "node/bootstrap.cjs"));
            yield node;
          }
          case "java" -> {
            List<String> java = new ArrayList<>(java(executable, memoryMb));
            java.addAll(JavaArchive.options(executable, major, bootstraps));
            java.addAll(List.of("-jar", javaProgram(bootstraps)));
            yield java;
          }
          case "ruby" -> List.of(program, file(bootstraps, "ruby/bootstrap.rb"));
          default -> throw new IllegalArgumentException("no bootstrap for " + family);
        };
    return new Launch(argv, ENVIRONMENT);
  }

  /**
   * The way to start a Python process that forks others.
   *
   * @param executable the interpreter's real executable
   * @param bootstraps what {@link Bootstraps#extract} answered
   */
  public static Launch zygote(Path executable, Path bootstraps) {
    List<String> argv =
        List.of(
            executable.toString(),
            "-I",
            "-B", // as on AWS, where the code folder cannot be written
            file(bootstraps, "python/zygote.py"));
    List<String> environment = new ArrayList<>(ENVIRONMENT);
    environment.add(ZYGOTE_TUNABLES);
    return new Launch(argv, environment);
  }

  /** A JVM as Lambda's Java runtimes start it, up to where its program is named. */
  static List<String> java(Path executable, int memoryMb) {
    return List.of(
        executable.toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx" + memoryMb * JAVA_HEAP_PERCENT / 100 + "m");
  }

  /**
   * A Node up to where its program is named. Up to {@link #NODE_DEFAULT_MB} its heap's limit is
   * Node's own: with a limit of V8's on its command line Node throws away the code that it has
   * compiled in advance of its own modules, and each cold start that needs {@code crypto} or {@code
   * https} takes 10 ms more. Above, where its own limit would be too small, it is as on Lambda.
   */
  static List<String> node(Path executable, int memoryMb) {
    if (memoryMb <= NODE_DEFAULT_MB) {
      return List.of(executable.toString());
    }
    int semiSpaceMb = memoryMb / 20;
    return List.of(
        executable.toString(),
        "--max-old-space-size=" + (memoryMb - memoryMb / 10),
        "--max-semi-space-size=" + semiSpaceMb);
  }

  static String javaProgram(Path bootstraps) {
    return file(bootstraps, "java/bootstrap.jar");
  }

  private static String file(Path bootstraps, String name) {
    return bootstraps.resolve(name).toString();
  }
}
