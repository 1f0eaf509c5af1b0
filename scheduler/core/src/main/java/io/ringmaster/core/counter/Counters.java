package io.ringmaster.core.counter;

import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The values of all {@link Counter}s: one long each, 64 bytes apart, so that no two threads write
 * one cache line.
 */
public final class Counters {
  private static final int STRIDE = 64;

  /** Bytes that the buffer must have. */
  public static final int LENGTH = Counter.values().length * STRIDE;

  private final AtomicBuffer buffer;

  /** Counters in memory of their own. */
  public Counters() {
    this(new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(LENGTH)));
  }

  /**
   * @param buffer at least {@link #LENGTH} bytes, aligned to 8
   */
  public Counters(AtomicBuffer buffer) {
    this.buffer = buffer;
  }

  /** Adds one. Its one writing thread only. */
  public void increment(Counter counter) {
    add(counter, 1);
  }

  /** Adds. Its one writing thread only. Release, paired with the acquire in {@link #get}. */
  public void add(Counter counter, long value) {
    int index = counter.ordinal() * STRIDE;
    buffer.putLongRelease(index, buffer.getLong(index) + value);
  }

  /** Adds one, from any thread. */
  public void incrementShared(Counter counter) {
    buffer.getAndAddLong(counter.ordinal() * STRIDE, 1);
  }

  /** Adds, from any thread. */
  public void addShared(Counter counter, long value) {
    buffer.getAndAddLong(counter.ordinal() * STRIDE, value);
  }

  /** Reads. Any thread. */
  public long get(Counter counter) {
    return buffer.getLongVolatile(counter.ordinal() * STRIDE);
  }

  /** All values by label, in declaration order. Any thread. */
  public Map<String, Long> snapshot() {
    Map<String, Long> values = new LinkedHashMap<>();
    for (Counter counter : Counter.values()) {
      values.put(counter.label(), get(counter));
    }
    return values;
  }
}
