package io.ringmaster.conformance;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The tools of other languages: what is there, and how they are run. */
final class Tools {
  private static final Path CLIENTS = Path.of("src", "test", "clients");
  private static final Path BUILT = Path.of("target", "clients");
  private static final long BUILD_MINUTES_MAX = 10;

  /** Names this run of all tests, whose classes are shared out among several JVMs. */
  static final String RUN =
      System.getProperty("ringmaster.run", "of " + ProcessHandle.current().pid());

  /** Which of these JVMs this is. */
  private static final String FORK = System.getProperty("ringmaster.fork", "1");

  private Tools() {}

  /** Sources of a client's function. */
  static Path sources(String client) {
    return CLIENTS.resolve(client).toAbsolutePath();
  }

  /** What the JVMs of a run must not do at once. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  /** Runs something while no other JVM of this run does it for that client. */
  static synchronized void alone(String client, Step step) throws IOException {
    Path file = Files.createDirectories(BUILT).resolve(client + ".lock");
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (lock.isValid()) {
        step.run();
      }
    }
  }

  /** An empty folder that is this JVM's own. */
  static Path ownFolder(String client, String name) throws IOException {
    return folder(client, name + "-" + FORK);
  }

  /** An empty folder for a client's build, by name. */
  static Path folder(String client, String name) throws IOException {
    Path folder = BUILT.resolve(client).resolve(name).toAbsolutePath();
    if (Files.exists(folder)) {
      remove(folder);
    }
    return Files.createDirectories(folder);
  }

  /** What a client's build left, by path. */
  static Path built(String client, String path) {
    return BUILT.resolve(client).resolve(path).toAbsolutePath();
  }

  static Path existing(String client, String name) throws IOException {
    return Files.createDirectories(BUILT.resolve(client).resolve(name).toAbsolutePath());
  }

  /** Those of these programs that the path does not lead to. */
  static List<String> missing(String... programs) {
    return List.of(programs).stream().filter(program -> find(program) == null).toList();
  }

  private static Path find(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      Path path = Path.of(folder, program);
      if (Files.isExecutable(path) && !Files.isDirectory(path)) {
        return path;
      }
    }
    return null;
  }

  /** Runs a program; its output, which is also in a file beside the folder. */
  static String run(Path folder, Map<String, String> environment, String... command)
      throws IOException {
    Path log =
        folder.resolveSibling(
            folder.getFileName() + "." + Path.of(command[0]).getFileName() + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!process.waitFor(BUILD_MINUTES_MAX, TimeUnit.MINUTES)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new IllegalStateException(List.of(command) + " takes too long; see " + log);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    String output = Files.readString(log);
    if (process.exitValue() != 0) {
      throw new IllegalStateException(
          List.of(command)
              + " ended with "
              + process.exitValue()
              + ":\n"
              + output.substring(Math.max(0, output.length() - 4000)));
    }
    return output;
  }

  /** Writes a package's {@code bootstrap}: a shell script with this one command. */
  static void bootstrap(Path target, String command) throws IOException {
    Path file = target.resolve("bootstrap");
    Files.writeString(file, "#!/bin/sh\nexec " + command + "\n");
    executable(file);
  }

  static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Copies a file or a folder's content. */
  static void copy(Path from, Path to) throws IOException {
    if (!Files.isDirectory(from)) {
      Files.createDirectories(to.getParent());
      Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
      return;
    }
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path target = to.resolve(from.relativize(file).toString());
            Files.createDirectories(target.getParent());
            Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void remove(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path left, IOException failure)
              throws IOException {
            Files.delete(left);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** The real executable behind a name, which may be a version manager's shim. */
  static Path interpreter(String program, String... askForPath) {
    try {
      Process process = new ProcessBuilder(append(program, askForPath)).start();
      String path =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return Path.of(path).toRealPath(LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> append(String first, String... others) {
    return Stream.concat(Stream.of(first), Stream.of(others)).toList();
  }
}
