package io.ringmaster.core.logs;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What one call may look at, so that it takes a second or so at most. One thread. */
final class Effort {
  private static final long CHARS_MAX = 64L << 20;
  private static final long TIME_MAX_NS = TimeUnit.SECONDS.toNanos(1);

  private final LongSupplier clockNs;
  private final long beginNs;
  private final int share;
  private long chars;

  /** Begins now. */
  Effort(LongSupplier clockNs) {
    this(clockNs, 1);
  }

  /** One of so many that a call may need. */
  Effort(LongSupplier clockNs, int share) {
    this.clockNs = clockNs;
    this.beginNs = clockNs.getAsLong();
    this.share = share;
  }

  /** A line was looked at; whether that is enough. */
  boolean spent(String line) {
    chars += line.length();
    return spent();
  }

  boolean spent() {
    return chars >= CHARS_MAX / share || clockNs.getAsLong() - beginNs >= TIME_MAX_NS / share;
  }
}
