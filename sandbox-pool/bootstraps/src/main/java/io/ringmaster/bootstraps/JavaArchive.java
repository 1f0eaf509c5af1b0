package io.ringmaster.bootstraps;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The archive of loaded classes that makes a JVM with the Java bootstrap start in half the time: an
 * AOT cache from Java 25 on, a dynamic CDS archive before. One per JVM, beside the bootstrap; made
 * once, in the background, by a run of the bootstrap without a function. Without it everything
 * works, only later.
 *
 * <p>Any thread. Several engines may make the same one at the same time: it appears whole.
 */
public final class JavaArchive {
  private static final int FIRST_WITH_AOT_CACHE = 25;
  private static final long PATIENCE_S = 60;
  private static final int NAME_BYTES = 12;

  /** Then the number of the process that makes it. */
  private static final String DRAFT = ".draft-";

  private JavaArchive() {}

  /**
   * Where the archive of that JVM lies, or will lie. The name says which JVM, then of what state:
   * an update of a JVM in its place, or of the bootstrap, makes an archive worthless.
   */
  static Path file(Path executable, int major, Path bootstraps) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    Path home = executable.toAbsolutePath().getParent().resolveSibling("");
    List<Path> parts =
        List.of(
            executable,
            home.resolve("release"),
            home.resolve("lib/modules"),
            home.resolve("lib/server/libjvm.so"),
            Path.of(Launch.javaProgram(bootstraps)));
    for (Path part : parts) {
      digest.update((part + "\n" + state(part) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    String state = HexFormat.of().formatHex(digest.digest(), 0, NAME_BYTES);
    return folder(bootstraps).resolve(prefix(executable, major) + state + suffix(major));
  }

  private static Path folder(Path bootstraps) {
    return bootstraps.resolve("java/archive");
  }

  private static String prefix(Path executable, int major) {
    return major + "-" + HexFormat.of().toHexDigits(executable.toString().hashCode()) + "-";
  }

  private static String suffix(int major) {
    return isAotCache(major) ? ".aot" : ".jsa";
  }

  private static boolean isAotCache(int major) {
    return major >= FIRST_WITH_AOT_CACHE;
  }

  private static String state(Path file) {
    try {
      return Files.size(file) + " " + Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return "none"; // of the executable: nothing is started on it, either
    }
  }

  /** Options that use the archive, if it is there. */
  static List<String> options(Path executable, int major, Path bootstraps) {
    Path file = file(executable, major, bootstraps);
    if (!Files.isReadable(file)) {
      return List.of();
    }
    // An archive that does not fit is passed over, but not without a word on standard output.
    return List.of(
        "-Xlog:disable", (isAotCache(major) ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + file);
  }

  /**
   * Makes the archive unless it is there. Takes seconds: for a thread that has time.
   *
   * @param executable the JVM
   * @param major its feature version
   * @param bootstraps what {@link Bootstraps#extract} answered
   * @return whether it is there now; a JVM that cannot make one is no error
   * @throws IOException when the JVM cannot be started or the file not be put in its place
   * @throws InterruptedException when interrupted; the JVM is ended then
   */
  public static boolean make(Path executable, int major, Path bootstraps)
      throws IOException, InterruptedException {
    Path file = file(executable, major, bootstraps);
    if (Files.exists(file)) {
      return true;
    }
    Bootstraps.createFolder(file.getParent());
    removeStale(file.getParent());
    Path folder =
        Files.createTempDirectory(file.getParent(), DRAFT + ProcessHandle.current().pid() + "-");
    try {
      Path draft = folder.resolve("archive");
      for (List<String> options : steps(major, draft)) {
        List<String> argv = new ArrayList<>(Launch.java(executable, 128));
        argv.addAll(options);
        argv.addAll(List.of("-jar", Launch.javaProgram(bootstraps), "--rehearse"));
        if (!run(argv, folder)) {
          return false;
        }
      }
      if (!Files.isRegularFile(draft)) {
        return false;
      }
      Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(draft, file, ATOMIC_MOVE, REPLACE_EXISTING);
      removeOthers(executable, major, file);
      return true;
    } finally {
      remove(folder);
    }
  }

  /**
   * The JVM's runs. An AOT cache is made in two of them: in one, the JVM would start another by
   * itself, which would outlive it when it is ended.
   */
  private static List<List<String>> steps(int major, Path draft) {
    if (!isAotCache(major)) {
      return List.of(List.of("-XX:ArchiveClassesAtExit=" + draft));
    }
    String configuration = "-XX:AOTConfiguration=" + draft + ".conf";
    return List.of(
        List.of("-XX:AOTMode=record", configuration),
        List.of("-XX:AOTMode=create", configuration, "-XX:AOTCache=" + draft));
  }

  private static boolean run(List<String> argv, Path folder)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.environment().clear();
    builder.redirectErrorStream(true);
    builder.redirectOutput(folder.resolve("output").toFile());
    Process process = builder.start();
    try {
      return process.waitFor(PATIENCE_S, TimeUnit.SECONDS) && process.exitValue() == 0;
    } finally {
      process.destroyForcibly();
      awaitEnd(process);
      // While that is open the rehearsal knows that somebody waits for it; the run that writes the
      // archive rehearses nothing, and ends by itself.
      process.getOutputStream().close();
    }
  }

  /** An ended process takes a moment to be gone; whoever interrupts waits for that. */
  private static void awaitEnd(Process process) {
    boolean interrupted = Thread.interrupted();
    while (process.isAlive()) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Drafts of engines that were killed. */
  private static void removeStale(Path folder) throws IOException {
    try (DirectoryStream<Path> drafts = Files.newDirectoryStream(folder, DRAFT + "*")) {
      for (Path draft : drafts) {
        if (!isBeingMade(draft.getFileName().toString())) {
          removeIfPossible(draft);
        }
      }
    }
  }

  private static boolean isBeingMade(String draft) {
    String pid = draft.substring(DRAFT.length()).replaceFirst("-.*", "");
    return pid.matches("[0-9]{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isPresent();
  }

  private static void removeIfPossible(Path draft) {
    try {
      remove(draft);
    } catch (IOException e) {
      // Another engine is at it too, or the last run of the killed one: it goes the next time.
    }
  }

  /** Archives of what that JVM was before. */
  private static void removeOthers(Path executable, int major, Path file) throws IOException {
    String glob = prefix(executable, major) + "*" + suffix(major);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(file.getParent(), glob)) {
      for (Path other : files) {
        if (!other.equals(file)) {
          Files.deleteIfExists(other);
        }
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.deleteIfExists(file);
      }
    }
    Files.delete(folder);
  }
}
