package io.ringmaster.sandbox.linux.runtimes;

import java.io.IOException;
import java.io.UncheckedIOException;
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

  /** What was learned of a file in this process's life. */
  private static final Map<File, Interpreter> KNOWN = new ConcurrentHashMap<>();

  private record File(RuntimeFamily family, Path path, long modified) {}

  private final File file;
  private final Process process;

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
    List<Probe> probes =
        files.stream().filter(file -> !KNOWN.containsKey(file)).map(Probe::start).toList();
    for (Probe probe : probes) {
      Interpreter answered = probe.answer();
      if (answered != null) {
        KNOWN.put(probe.file, answered);
      }
    }
    List<Interpreter> found = new ArrayList<>();
    for (File file : files) {
      Interpreter known = KNOWN.get(file);
      if (known != null && family.supports(known.major(), known.minor())) {
        found.add(known);
      }
    }
    return found;
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

  /** Null: it does not work as an interpreter. */
  private Interpreter answer() {
    if (process == null) {
      return null;
    }
    try {
      if (!process.waitFor(LIMIT_MS, TimeUnit.MILLISECONDS)) {
        return null;
      }
      byte[] bytes = process.getInputStream().readNBytes(ANSWER_BYTES_MAX);
      Interpreter told =
          process.exitValue() == 0
              ? file.family.parse(new String(bytes, StandardCharsets.UTF_8))
              : null;
      return told != null && Files.isExecutable(told.executable()) ? told : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      process.destroyForcibly();
    }
  }
}
