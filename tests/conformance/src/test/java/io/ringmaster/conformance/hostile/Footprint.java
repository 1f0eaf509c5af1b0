package io.ringmaster.conformance.hostile;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;

/** What this JVM holds. */
record Footprint(long descriptors, long threads, long directBytes) {
  private static final long DESCRIPTORS_MORE = 2;
  private static final long THREADS_MORE = 4;

  /** Netty keeps what it pools. */
  private static final long DIRECT_MORE = 64L << 20;

  static Footprint now() {
    var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new Footprint(
        system.getOpenFileDescriptorCount(),
        ManagementFactory.getThreadMXBean().getThreadCount(),
        PlatformDependent.usedDirectMemory());
  }

  /** Whether no more is held than was, but for what pools keep. */
  boolean isWithin(Footprint before) {
    return descriptors <= before.descriptors + DESCRIPTORS_MORE
        && threads <= before.threads + THREADS_MORE
        && directBytes <= before.directBytes + DIRECT_MORE;
  }
}
