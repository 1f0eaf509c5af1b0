package io.ringmaster.bench.product;

import io.ringmaster.api.EngineStatus.SandboxStatus;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code invoke.wakeups}: how often the dispatcher and its functions' processes sleep for an
 * invocation while there are always more invocations than places, with as many environments as
 * there are processors beside the dispatcher's.
 *
 * <p>Counted by the kernel: the voluntary context switches of those threads, whatever they sleep
 * in. What each channel counts by itself says nothing about the other side.
 */
public final class WakeupsProbe implements Probe {
  private static final String DISPATCHER = "ringmaster-disp"; // the kernel keeps 15 characters
  private static final String SWITCHES = "voluntary_ctxt_switches:";

  private final SaturatedProbe load;
  private final Path dispatcher;
  private final List<Path> processes = new ArrayList<>();
  private double perDispatcher;
  private double perFunction;

  /** Opens the engine. */
  public WakeupsProbe(BenchRuntime runtime) throws IOException {
    int environments = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    load = new SaturatedProbe(runtime, environments);
    try {
      dispatcher = dispatcher();
      for (SandboxStatus sandbox : load.status().sandboxes()) {
        ProcessHandle root = ProcessHandle.of(sandbox.pid()).orElseThrow();
        processes.add(tasks(root.pid()));
        root.descendants().forEach(each -> processes.add(tasks(each.pid())));
      }
    } catch (IOException | RuntimeException e) {
      load.close();
      throw e;
    }
  }

  private static Path tasks(long pid) {
    return Path.of("/proc", Long.toString(pid), "task");
  }

  /** The engine's dispatcher is the youngest thread of that name. */
  private static Path dispatcher() throws IOException {
    Path found = null;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        if (Files.readString(thread.resolve("comm")).strip().equals(DISPATCHER)
            && (found == null || number(thread) > number(found))) {
          found = thread;
        }
      }
    }
    if (found == null) {
      throw new IllegalStateException("no thread " + DISPATCHER);
    }
    return found;
  }

  private static int number(Path thread) {
    return Integer.parseInt(thread.getFileName().toString());
  }

  @Override
  public double round(long durationNs) throws Exception {
    long invocations = load.samples();
    long ofDispatcher = switches(dispatcher);
    long ofFunctions = switchesOfFunctions();
    load.round(durationNs);
    invocations = load.samples() - invocations;
    perDispatcher = (double) (switches(dispatcher) - ofDispatcher) / invocations;
    perFunction = (double) (switchesOfFunctions() - ofFunctions) / invocations;
    return perDispatcher + perFunction;
  }

  private long switchesOfFunctions() {
    long sum = 0;
    for (Path tasks : processes) {
      try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
        for (Path thread : threads) {
          sum += switches(thread);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return sum;
  }

  private static long switches(Path thread) {
    try {
      for (String line : Files.readAllLines(thread.resolve("status"))) {
        if (line.startsWith(SWITCHES)) {
          return Long.parseLong(line.substring(SWITCHES.length()).strip());
        }
      }
    } catch (NoSuchFileException e) {
      return 0; // a thread that ended meanwhile
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException(thread + " tells no " + SWITCHES);
  }

  @Override
  public long samples() {
    return load.samples();
  }

  @Override
  public String detail() {
    return String.format(
        "last round: dispatcher %.3f, function %.3f; %d environments",
        perDispatcher, perFunction, load.status().sandboxes().size());
  }

  @Override
  public void close() {
    load.close();
  }
}
