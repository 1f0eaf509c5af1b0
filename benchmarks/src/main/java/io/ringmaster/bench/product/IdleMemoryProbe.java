package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code idle.memory.python}: by how much the machine's available memory falls for each idle
 * generic sandbox, whatever holds it: the process, the kernel, the engine, its keeper. As many
 * engines as it takes, each with the most that it keeps ready; an engine that was opened and closed
 * before has touched what is touched once.
 */
public final class IdleMemoryProbe implements Probe {
  /** Sandboxes of the published figure. */
  public static final int SANDBOXES = 4_000;

  private static final int PER_ENGINE = 1_000;

  /** Room for everything else. */
  private static final long BYTES_BESIDE = 1L << 30;

  /** Two pipes, the log's, the process's own, in one process; and room. */
  private static final int DESCRIPTORS_EACH = 4;

  private static final int DESCRIPTORS_BESIDE = 1_000;
  private static final long READY_LIMIT_NS = TimeUnit.MINUTES.toNanos(2);
  private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

  private final int sandboxes;
  private final List<MeasuredEngine> engines = new ArrayList<>();
  private final long before;
  private long samples;

  /** With {@link #SANDBOXES}. */
  public IdleMemoryProbe(BenchRuntime runtime) throws IOException {
    this(runtime, SANDBOXES);
  }

  /** With so many. */
  IdleMemoryProbe(BenchRuntime runtime, int sandboxes) throws IOException {
    this.sandboxes = sandboxes;
    try (MeasuredEngine first = open(runtime, 1)) {
      awaitReady(first, 1);
    }
    System.gc();
    before = availableBytes();
    try {
      for (int left = sandboxes; left > 0; left -= PER_ENGINE) {
        engines.add(open(runtime, Math.min(left, PER_ENGINE)));
      }
      for (int i = 0; i < engines.size(); i++) {
        awaitReady(engines.get(i), Math.min(sandboxes - i * PER_ENGINE, PER_ENGINE));
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static MeasuredEngine open(BenchRuntime runtime, int generic) throws IOException {
    MeasuredEngine opened =
        MeasuredEngine.open(runtime, EngineConfig.builder().genericSandboxes(generic));
    try {
      opened.engine.functions().create(Echo.of("echo", runtime)); // it is for this that they wait
      return opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private static void awaitReady(MeasuredEngine opened, int wanted) {
    long giveUpNs = System.nanoTime() + READY_LIMIT_NS;
    while (ready(opened) < wanted) {
      if (System.nanoTime() - giveUpNs > 0) {
        throw new IllegalStateException("only " + ready(opened) + " of " + wanted + " sandboxes");
      }
      LockSupport.parkNanos(LOOK_NS);
    }
  }

  private static int ready(MeasuredEngine opened) {
    return opened.engine.status().genericSandboxes().values().stream()
        .mapToInt(Integer::intValue)
        .sum();
  }

  /**
   * Why this machine cannot have so many sandboxes in one process; null: it can.
   *
   * @param sandboxes how many
   * @param bytesEach what one takes
   */
  public static String obstacle(int sandboxes, long bytesEach) {
    try {
      long needed = sandboxes * bytesEach + BYTES_BESIDE;
      if (availableBytes() < needed) {
        return "it needs " + (needed >> 20) + " MiB of available memory";
      }
      long descriptors = (long) sandboxes * DESCRIPTORS_EACH + DESCRIPTORS_BESIDE;
      if (descriptorsMax() < descriptors) {
        return "it needs " + descriptors + " descriptors (ulimit -n)";
      }
      return null;
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static long availableBytes() throws IOException {
    return field(Path.of("/proc/meminfo"), "MemAvailable:") * 1024;
  }

  private static long descriptorsMax() throws IOException {
    return field(Path.of("/proc/self/limits"), "Max open files");
  }

  private static long field(Path file, String name) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(name)) {
        String value = line.substring(name.length()).strip().split(" ")[0];
        return value.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(value);
      }
    }
    throw new IOException(file + " has no " + name);
  }

  /** KiB that each takes now. */
  @Override
  public double round(long durationNs) throws IOException {
    LockSupport.parkNanos(durationNs);
    samples++;
    return (before - availableBytes()) / 1024.0 / sandboxes;
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public String detail() {
    return sandboxes + " sandboxes of " + engines.size() + " engines";
  }

  @Override
  public void close() {
    engines.forEach(MeasuredEngine::close);
  }
}
