package io.ringmaster.cli.sdk;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Fetches the pinned SDKs with pip and npm. What was there is replaced only by what is complete.
 * Main thread only.
 */
final class SdkInstaller {
  /** Runs a program to its end. */
  interface Programs {
    /**
     * Its exit status; an {@link IOException} where it cannot be started.
     *
     * @param folder where it runs
     */
    int run(List<String> command, Path folder) throws IOException, InterruptedException;
  }

  private final Path target;
  private final Programs programs;

  /**
   * @param target the SDK folder; exists
   */
  SdkInstaller(Path target, Programs programs) {
    this.target = target;
    this.programs = programs;
  }

  /** Runs a program whose output is for people. */
  static int run(List<String> command, Path folder) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    process.getOutputStream().close();
    return process.waitFor();
  }

  /**
   * Installs boto3.
   *
   * @param pythons interpreters, of which the first that has pip is used
   * @return null, or what went wrong
   */
  String python(List<Path> pythons) throws IOException, InterruptedException {
    Path work = Files.createTempDirectory(target, ".new-");
    try {
      Path python = null;
      for (Path each : pythons) {
        if (python == null
            && programs.run(List.of(each.toString(), "-m", "pip", "--version"), work) == 0) {
          python = each;
        }
      }
      if (python == null) {
        return "no Python 3.9 or later with pip (Debian, Ubuntu: apt-get install python3-pip)";
      }
      resource("requirements.txt", work);
      List<String> command =
          List.of(
              python.toString(),
              "-m",
              "pip",
              "install",
              "--disable-pip-version-check",
              "--no-input",
              "--no-deps",
              "--no-compile",
              "--require-hashes",
              "--only-binary=:all:",
              "--target=" + work.resolve("python"),
              "--requirement=requirements.txt");
      int status = programs.run(command, work);
      if (status != 0) {
        return "pip ended with status " + status;
      }
      replace(work.resolve("python"), target.resolve("python"), work);
      return null;
    } finally {
      delete(work);
    }
  }

  /**
   * Installs the clients of {@code @aws-sdk}.
   *
   * @return null, or what went wrong
   */
  String node() throws IOException, InterruptedException {
    Path work = Files.createTempDirectory(target, ".new-");
    try {
      Path nodejs = Files.createDirectory(work.resolve("nodejs"));
      resource("package.json", nodejs);
      resource("package-lock.json", nodejs);
      int status;
      try {
        status =
            programs.run(
                List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"), nodejs);
      } catch (IOException absent) {
        return "npm cannot be run (Debian, Ubuntu: apt-get install npm): " + absent.getMessage();
      }
      if (status != 0) {
        return "npm ended with status " + status;
      }
      replace(nodejs, target.resolve("nodejs"), work);
      return null;
    } finally {
      delete(work);
    }
  }

  private static void replace(Path complete, Path place, Path work) throws IOException {
    Path old = work.resolve("old");
    boolean had = Files.exists(place);
    if (had) {
      Files.move(place, old, ATOMIC_MOVE);
    }
    try {
      Files.move(complete, place, ATOMIC_MOVE);
    } catch (IOException failed) {
      if (had) {
        Files.move(old, place, ATOMIC_MOVE);
      }
      throw failed;
    }
  }

  private static void resource(String name, Path folder) throws IOException {
    try (InputStream in = SdkInstaller.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      Files.copy(in, folder.resolve(name));
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
