package io.ringmaster.cli.serve;

import io.ringmaster.engine.JvmFlags;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A systemd that runs the server's units, in namespaces of its own: see {@code boot-systemd.sh}.
 * Closing it kills it with everything in it.
 */
final class BootedSystemd implements AutoCloseable {
  private static final Path TREE = Path.of("../..").toAbsolutePath().normalize();
  private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

  private final Path folder;
  private final Path group;
  private final Process process;

  private BootedSystemd(Path folder, Path group, Process process) {
    this.folder = folder;
    this.group = group;
    this.process = process;
  }

  /** Aborts the test where the machine has none, or does not let it run in namespaces. */
  static BootedSystemd start(Path folder) throws Exception {
    for (String file : List.of("/lib/systemd/systemd", "/usr/bin/unshare", "/usr/bin/nsenter")) {
      Assumptions.assumeTrue(Files.isExecutable(Path.of(file)), "there is no " + file);
    }
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "it takes root");
    Path groups = groups();
    Path program = Files.createDirectory(folder.resolve("program"));
    install(program);
    Path group = groups.resolve("ringmaster-systemd-" + ProcessHandle.current().pid());
    List<String> command =
        List.of(
            "sh",
            Path.of(BootedSystemd.class.getResource("boot-systemd.sh").toURI()).toString(),
            Files.createDirectory(folder.resolve("root")).toString(),
            program.toString(),
            TREE.resolve("tools/server/systemd").toString(),
            System.getProperty("java.home"),
            group.toString());
    File log = folder.resolve("log").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    BootedSystemd systemd = new BootedSystemd(folder, group, process);
    try {
      systemd.awaitBooted();
      return systemd;
    } catch (Throwable e) {
      systemd.close();
      throw e;
    }
  }

  private static Path groups() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      if (line.contains(" - cgroup2 ")) {
        return Path.of(line.split(" ")[4]);
      }
    }
    return Assumptions.abort("there is no cgroup2 file system");
  }

  /** As {@code ./ringmaster install} does, from what is tested and without start-up archives. */
  private static void install(Path program) throws IOException {
    List<String> places = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path from = Path.of(entry);
      if (Files.exists(from)) {
        String place = "lib/" + places.size() + "-" + from.getFileName();
        copy(from, program.resolve(place));
        places.add("/opt/ringmaster/" + place);
      }
    }
    copy(TREE.resolve("ringmaster"), program.resolve("ringmaster"));
    copy(TREE.resolve("tools/launcher"), program.resolve("tools/launcher"));
    Path launch = Files.createDirectories(program.resolve("tools/cli/target/launch"));
    Files.writeString(
        launch.resolve("java.options"),
        String.join("\n", JvmFlags.all())
            + "\n-XX:TieredStopAtLevel=1\n--class-path="
            + String.join(":", places)
            + "\n");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  private void awaitBooted() throws Exception {
    long endNs = System.nanoTime() + PATIENCE_NS;
    while (run("systemctl", "show", "--property=Version").status != 0) {
      Assumptions.assumeTrue(
          process.isAlive(), () -> "systemd does not run in namespaces here: " + log());
      if (System.nanoTime() > endNs) {
        throw new AssertionError("systemd does not answer: " + log());
      }
      Thread.sleep(20);
    }
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a command said, both streams, and how it ended. */
  record Ended(int status, String text) {}

  /** Runs a command in the namespaces, as root. */
  Ended run(String... command) throws Exception {
    Path output = Files.createTempFile(folder, "run", ".out");
    Process run = start(output, command);
    try {
      if (!run.waitFor(PATIENCE_NS, TimeUnit.NANOSECONDS)) {
        throw new AssertionError("still runs: " + String.join(" ", command));
      }
      return new Ended(run.exitValue(), Files.readString(output));
    } finally {
      run.destroyForcibly();
      Files.delete(output);
    }
  }

  /** Starts a command in the namespaces; all that it says goes to a file. */
  Process start(Path output, String... command) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of("nsenter", "-t", Long.toString(init()), "-m", "-u", "-i", "-n", "-C", "-p"));
    all.addAll(List.of("--root", "--wd=/", "env", "-i", "PATH=/usr/sbin:/usr/bin"));
    all.addAll(List.of(command));
    return new ProcessBuilder(all)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** Where its root is for this process. */
  Path root() {
    return Path.of("/proc/" + init() + "/root");
  }

  /** What runs in it: command lines, systemd's own left out. */
  List<String> running() throws Exception {
    return run("ps", "-e", "-o", "args=")
        .text
        .lines()
        .filter(line -> !line.contains("systemd") && !line.startsWith("ps "))
        .toList();
  }

  private long init() {
    try (Stream<ProcessHandle> children = process.children()) {
      return children.findFirst().map(ProcessHandle::pid).orElse(process.pid());
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    long endNs = System.nanoTime() + PATIENCE_NS;
    // The processes of a namespace end with its first, one by one; their group is busy until then.
    while (Files.exists(group) && !removed()) {
      if (System.nanoTime() > endNs) {
        throw new AssertionError("not empty: " + group);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  private boolean removed() throws IOException {
    try (Stream<Path> folders = Files.walk(group)) {
      for (Path each :
          folders.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
        if (!each.toFile().delete()) {
          return false;
        }
      }
      return true;
    }
  }
}
