package io.ringmaster.bench.load;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * Processor time that a server in this JVM takes for an answer: the whole JVM's without that of the
 * thread that loads it. What it compiles and collects meanwhile counts. Belongs to that thread.
 */
public final class ServerTime {
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final OperatingSystemMXBean process =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  /** Runs the load for so long and answers microseconds of processor time per answer. */
  public double perAnswerUs(HttpLoad load, long durationNs) throws IOException {
    long answered = load.answered();
    long tookNs = process.getProcessCpuTime() - threads.getCurrentThreadCpuTime();
    load.run(durationNs);
    tookNs = process.getProcessCpuTime() - threads.getCurrentThreadCpuTime() - tookNs;
    return tookNs / 1e3 / (load.answered() - answered);
  }
}
