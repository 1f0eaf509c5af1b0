package io.ringmaster.sandbox.linux.runtimes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** One candidate that was started and asked for its version. */
final class Probe {
  private static final long LIMIT_MS = 5_000;
  private static final int ANSWER_BYTES_MAX = 65_536;

  /** Started at once, at most: a JVM starts several threads. */
  private static final int AT_ONCE = 8;

  /** Of what gave no answer in time: it may be that the machine was busy. */
  private static final long SILENT_NS = TimeUnit.MINUTES.toNanos(1);

  /** What was learned of a file in this process's life; of one that changes, it is learned anew. */
  private static final Map<File, Answer> KNOWN = new ConcurrentHashMap<>();

  private record File(RuntimeFamily family, Path path, long modified) {}

  /**
   * @param interpreter null: it is none
   * @param silentNs when it had not answered in time; 0: it answered
   */
  private record Answer(Interpreter interpreter, long silentNs) {
    private static final Answer NONE = new Answer(null, 0);

    boolean counts() {
      return silentNs == 0 || System.nanoTime() - silentNs < SILENT_NS;
    }
  }

  private final File file;
  private final Process process;
  private final long byNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS);

  private Probe(File file, Process process) {
    this.file = file;
    this.process = process;
  }

  /** Those that work and whose version is supported, in the given order. */
  static List<Interpreter> ask(RuntimeFamily family, Collection<Path> candidates) {
    List<Path> all = List.copyOf(candidates);
    List<Interpreter> found = new ArrayList<>();
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      for (Interpreter each :
          askSome(family, all.subList(from, Math.min(from + AT_ONCE, all.size())))) {
        if (!found.contains(each)) {
          found.add(each);
        }
      }
    }
    return found;
  }

  private static List<Interpreter> askSome(RuntimeFamily family, List<Path> candidates) {
    List<File> files =
        candidates.stream()
            .map(path -> new File(family, path, path.toFile().lastModified()))
            .toList();
    if (Thread.currentThread().isInterrupted()) {
      return List.of(); // whoever asked wants no answer any more
    }
    List<Probe> probes = files.stream().filter(file -> !isKnown(file)).map(Probe::start).toList();
    for (Probe probe : probes) {
      Answer answer = probe.answer();
      if (answer != null) {
        KNOWN.put(probe.file, answer);
      }
    }
    List<Interpreter> found = new ArrayList<>();
    for (File file : files) {
      Answer answer = KNOWN.get(file);
      Interpreter known = answer == null ? null : answer.interpreter;
      if (known != null && family.supports(known.major(), known.minor())) {
        found.add(known);
      }
    }
    return found;
  }

  private static boolean isKnown(File file) {
    Answer answer = KNOWN.get(file);
    return answer != null && answer.counts();
  }

  private static Probe start(File file) {
    List<String> command = new ArrayList<>(List.of(file.path.toString()));
    command.addAll(file.family.question());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // As in a sandbox: without the caller's variables. What needs them works for no function.
    builder.environment().clear();
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      return new Probe(file, process);
    } catch (IOException e) {
      return new Probe(file, null); // it cannot be run: not for us
    }
  }

  /** Null: nothing was learned, but that it does not work now. */
  private Answer answer() {
    if (process == null) {
      return null;
    }
    try {
      if (!process.waitFor(byNs - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return new Answer(null, Math.max(1, System.nanoTime()));
      }
      byte[] bytes = process.getInputStream().readNBytes(ANSWER_BYTES_MAX);
      Interpreter told =
          process.exitValue() == 0
              ? file.family.parse(new String(bytes, StandardCharsets.UTF_8))
              : null;
      return told != null && Files.isExecutable(told.executable())
          ? new Answer(told, 0)
          : Answer.NONE;
    } catch (IOException e) {
      return null; // what it said cannot be read: as if it had said nothing
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      process.destroyForcibly();
      awaitEnd();
    }
  }

  /** A killed process takes a moment to be gone: nothing is left when this returns. */
  private void awaitEnd() {
    boolean interrupted = false;
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
}
