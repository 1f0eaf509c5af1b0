package io.ringmaster.bench.product;

import com.sun.management.ThreadMXBean;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * {@code warm.allocation}: bytes that the dispatcher's thread allocates per million warm
 * invocations, each with its time-out on the timer wheel; in-JVM handler and Python function, the
 * worse of both.
 */
public final class AllocationProbe implements Probe {
  private static final String DISPATCHER = "ringmaster-dispatcher";
  private static final double PER = 1_000_000;
  private static final int IN_FLIGHT = 256;
  private static final int WARM_UP_ROUNDS = 4;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Side inJvm;
  private final Side python;
  private boolean warm;
  private double inJvmBytes;
  private double pythonBytes;

  /** One engine under load. */
  private record Side(Probe load, long thread) {}

  /** Opens both engines. */
  public AllocationProbe(BenchRuntime runtime) throws IOException {
    Probe first = new InJvmProbe(IN_FLIGHT);
    try {
      inJvm = new Side(first, dispatcher(-1));
      python = new Side(new SaturatedProbe(runtime, 1), dispatcher(inJvm.thread()));
    } catch (IOException | RuntimeException e) {
      first.close();
      throw e;
    }
    threads.setThreadAllocatedMemoryEnabled(true);
  }

  /** The dispatcher's thread that is not {@code other}. */
  private static long dispatcher(long other) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(DISPATCHER))
        .mapToLong(Thread::threadId)
        .filter(id -> id != other)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no thread " + DISPATCHER));
  }

  @Override
  public double round(long durationNs) throws Exception {
    if (!warm) { // what compiling allocates is not what a warm invocation allocates
      warm = true;
      inJvm.load().round(WARM_UP_ROUNDS * durationNs);
      python.load().round(WARM_UP_ROUNDS * durationNs);
    }
    inJvmBytes = round(inJvm, durationNs / 2);
    pythonBytes = round(python, durationNs / 2);
    return Math.max(inJvmBytes, pythonBytes);
  }

  private double round(Side side, long durationNs) throws Exception {
    long invocations = side.load().samples();
    long bytes = threads.getThreadAllocatedBytes(side.thread());
    side.load().round(durationNs);
    bytes = threads.getThreadAllocatedBytes(side.thread()) - bytes;
    invocations = side.load().samples() - invocations;
    return bytes * PER / invocations;
  }

  @Override
  public long samples() {
    return inJvm.load().samples() + python.load().samples();
  }

  @Override
  public String detail() {
    return String.format("last round: in-JVM %.0f, Python %.0f", inJvmBytes, pythonBytes);
  }

  @Override
  public void close() throws IOException {
    try {
      python.load().close();
    } finally {
      inJvm.load().close();
    }
  }
}
