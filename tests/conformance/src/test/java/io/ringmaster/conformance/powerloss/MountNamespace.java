package io.ringmaster.conformance.powerloss;

import io.ringmaster.engine.JvmFlags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs programs that mount file systems: in mount and process namespaces of their own, so that
 * nothing stays mounted, no loop device taken and no process of theirs behind, however they or
 * their caller end. One thread: they do not outlive it.
 */
public final class MountNamespace {
  /** A mount namespace, a loop device and ext4 are what it takes. */
  private static final String TRIAL =
      "truncate -s 8M \"$0/trial.img\" && mkfs.ext4 -q -F \"$0/trial.img\" && mkdir \"$0/trial\""
          + " && mount -t ext4 -o loop \"$0/trial.img\" \"$0/trial\" && umount \"$0/trial\"";

  /** All of a process namespace ends with its first process, which takes in orphans here. */
  private static final List<String> NAMESPACE =
      List.of(
          "setpriv",
          "--pdeathsig=KILL",
          "unshare",
          "--mount",
          "--pid",
          "--mount-proc",
          "--fork",
          "--kill-child",
          "sh",
          "-c");

  private static final int TRIAL_S = 60;

  private final Path folder;

  /**
   * @param name of a folder below {@code target}, which is emptied of what an earlier run left
   */
  public MountNamespace(String name) throws IOException {
    folder = Path.of("target", name).toAbsolutePath();
    delete();
    Files.createDirectories(folder);
  }

  /** Where programs put what they mount, and what they have to say. */
  public Path folder() {
    return folder;
  }

  /**
   * Why no file system can be mounted on this machine, which is put on the report of what did not
   * run; null: it can.
   *
   * @param id what does not run then
   */
  public String refusal(String id) throws IOException {
    String refused = run(List.of(TRIAL, folder.toString()), TRIAL_S);
    if (refused != null) {
      Files.writeString(
          Files.createDirectories(Path.of("target", "not-run")).resolve(id + ".txt"),
          id + "\tno file system can be mounted: " + refused.lines().findFirst().orElse("") + "\n");
    }
    return refused;
  }

  /**
   * Runs a Java program. What it printed, if it failed; else null.
   *
   * @param limitS after so many seconds it is killed
   */
  public String run(Class<?> program, List<String> words, int limitS) throws IOException {
    List<String> command = new ArrayList<>(List.of("\"$@\"; exit $?", "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmFlags.all());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Dringmaster.stops=" + folder, "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    command.addAll(words);
    return run(command, limitS);
  }

  private static String run(List<String> words, int limitS) throws IOException {
    List<String> command = new ArrayList<>(NAMESPACE);
    command.addAll(words);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    CompletableFuture<Process> limit =
        process
            .onExit()
            .orTimeout(limitS, TimeUnit.SECONDS)
            .whenComplete((ended, late) -> process.destroyForcibly());
    StringBuilder output = new StringBuilder();
    try (Stream<String> lines = process.inputReader(StandardCharsets.UTF_8).lines()) {
      lines.forEach(
          line -> {
            System.out.println(line);
            output.append(line).append('\n');
          });
    } finally {
      process.destroyForcibly();
      limit.cancel(false);
    }
    return process.onExit().join().exitValue() == 0 ? null : output.toString().strip();
  }

  /** Nothing is mounted there: mounts ended with the processes that saw them. */
  public void delete() throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }
}
