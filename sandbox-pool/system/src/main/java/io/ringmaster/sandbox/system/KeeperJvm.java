package io.ringmaster.sandbox.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How the keeper's JVM is started: small, and fast where a cache of its classes was made
 * beforehand. Any thread.
 *
 * <p>The cache is a file {@link #CACHE} beside the first jar of the class path, made by the
 * keeper's main class {@code KeeperTraining} with the same class path and the same java. It takes
 * about a third off the time until HELLO. Without one, or with one that does not fit, the keeper
 * starts all the same.
 */
public final class KeeperJvm {
  /** The keeper's main class; it takes no arguments. */
  public static final String MAIN_CLASS = "io.ringmaster.sandbox.keeper.Keeper";

  /** The cache's file name. */
  public static final String CACHE = "keeper.aot";

  private static final List<String> OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xmx16m",
          "-Xss256k",
          "-XX:-UsePerfData",
          "-XX:+DisableAttachMechanism",
          "--enable-native-access=ALL-UNNAMED");

  private KeeperJvm() {}

  /**
   * The words that start the keeper, with the cache if there is one; those of {@code unshare} come
   * before.
   *
   * @param classPath where the keeper's and the system's classes lie
   */
  public static List<String> command(List<Path> classPath) {
    Path cache = cache(classPath);
    List<String> more =
        cache != null && newer(cache, classPath) ? List.of("-XX:AOTCache=" + cache) : List.of();
    return command(classPath, more);
  }

  /** The words that start the keeper so that it writes the cache when it ends. */
  public static List<String> trainingCommand(List<Path> classPath) {
    return command(classPath, List.of("-XX:AOTCacheOutput=" + cache(classPath)));
  }

  private static List<String> command(List<Path> classPath, List<String> more) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(OPTIONS);
    words.addAll(more);
    words.add("-cp");
    words.add(classPath.stream().map(Path::toString).collect(Collectors.joining(":")));
    words.add(MAIN_CLASS);
    return words;
  }

  /**
   * Where the cache of this class path lies, or would lie; null where it can have none: only jars
   * can.
   */
  public static Path cache(List<Path> classPath) {
    return classPath.stream().allMatch(Files::isRegularFile)
        ? classPath.get(0).toAbsolutePath().resolveSibling(CACHE)
        : null;
  }

  private static boolean newer(Path cache, List<Path> classPath) {
    try {
      for (Path jar : classPath) {
        if (Files.getLastModifiedTime(cache).compareTo(Files.getLastModifiedTime(jar)) < 0) {
          return false;
        }
      }
      return true;
    } catch (IOException none) {
      return false;
    }
  }
}
