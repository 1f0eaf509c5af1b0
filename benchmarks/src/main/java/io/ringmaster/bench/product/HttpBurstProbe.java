package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.floor.Latencies;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.bench.load.HttpLoad;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code http.burst.python}: from the first byte of so many simultaneous first requests to one
 * function until the last answer, each from an environment of its own. So that none can answer two,
 * all wait in the handler for a lock, which is given free when every environment is there.
 */
public final class HttpBurstProbe implements Probe {
  private static final long REST_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NS = 25_000_000;

  private final BenchRuntime runtime;
  private final int count;
  private final Path lockFile;
  private final FileChannel lockChannel;
  private final HttpServed served;
  private final Latencies latencies = new Latencies(4096);
  private FileLock held;
  private long functions;
  private int ready;

  /**
   * Opens the server.
   *
   * @param count requests at once
   */
  public HttpBurstProbe(BenchRuntime runtime, int count) throws IOException {
    this.runtime = runtime;
    this.count = count;
    lockFile = Files.createTempFile("ringmaster-bench-", ".lock");
    lockChannel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
    HttpServed opened = null;
    try {
      opened = new HttpServed(runtime, EngineConfig.builder().environmentsMax(count));
      served = opened;
      // The runtime is in use: generic sandboxes are kept ready for it.
      served.opened.engine.functions().create(Echo.of("echo", runtime));
      served.opened.engine.invoke(InvokeRequest.of("echo", Echo.EVENT));
      served.opened.engine.functions().delete("echo");
    } catch (IOException | RuntimeException e) {
      if (opened != null) {
        opened.close();
      }
      lockChannel.close();
      Files.delete(lockFile);
      throw e;
    }
  }

  @Override
  public double round(long durationNs) throws IOException {
    long end = System.nanoTime() + durationNs;
    do {
      burst();
    } while (System.nanoTime() - end < 0 && !latencies.isFull());
    return latencies.medianUs();
  }

  private void burst() throws IOException {
    awaitRest();
    String function = "burst-" + functions++;
    served.opened.engine.functions().create(Echo.holding(function, runtime));
    byte[] event = ("{\"lock\": \"" + lockFile + "\"}").getBytes(StandardCharsets.UTF_8);
    held = lockChannel.lock();
    try (HttpLoad load = new HttpLoad(served.address(), count, HttpLoad.invoke(function, event))) {
      latencies.add(load.burst(this::releaseWhenAllAreThere));
      int environments = new HashSet<>(load.bodies()).size();
      if (environments != count) {
        throw new IllegalStateException(environments + " environments answered: " + load.bodies());
      }
    } finally {
      release();
      served.opened.engine.functions().delete(function);
    }
  }

  private void releaseWhenAllAreThere() {
    if (held != null) {
      long busy =
          served.opened.engine.status().sandboxes().stream()
              .filter(sandbox -> sandbox.state().equals("BUSY"))
              .count();
      if (busy == count) {
        release();
      }
    }
  }

  private void release() {
    try {
      if (held != null) {
        held.release();
        held = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Until the pool is as full as it will be, so that each burst and the floor find the same. */
  private void awaitRest() {
    long giveUpNs = System.nanoTime() + REST_LIMIT_NS;
    int stable = 0;
    int before = -1;
    while (stable < 20) {
      EngineStatus status = served.opened.engine.status();
      ready = status.genericSandboxes().values().stream().mapToInt(Integer::intValue).sum();
      stable = status.sandboxes().isEmpty() && ready > 0 && ready == before ? stable + 1 : 0;
      before = ready;
      LockSupport.parkNanos(LOOK_NS);
      if (System.nanoTime() - giveUpNs > 0) {
        throw new IllegalStateException("it never rests: " + status);
      }
    }
  }

  @Override
  public long samples() {
    return latencies.samples();
  }

  @Override
  public String detail() {
    return count + " environments each time, " + ready + " generic sandboxes lay ready";
  }

  @Override
  public void close() throws IOException {
    served.close();
    lockChannel.close();
    Files.delete(lockFile);
  }
}
