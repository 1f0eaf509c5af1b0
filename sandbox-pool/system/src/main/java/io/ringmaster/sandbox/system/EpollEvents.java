package io.ringmaster.sandbox.system;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * What one {@link Linux#epollWait} may deliver. Belongs to the thread of its {@link Linux};
 * allocates only when made.
 */
public final class EpollEvents {
  private static final int STRIDE = Architecture.CURRENT.epollEventBytes;
  private static final int DATA = Architecture.CURRENT.epollDataOffset;

  final int capacity;
  private final MemorySegment segment;
  final long address;

  EpollEvents(MemorySegment segment, int capacity) {
    this.segment = segment;
    this.capacity = capacity;
    this.address = segment.address();
  }

  static long bytes(int capacity) {
    return (long) capacity * STRIDE;
  }

  /** The events that happened ({@link Linux#EPOLLIN} …) of the entry at this index. */
  public int events(int index) {
    return segment.get(JAVA_INT_UNALIGNED, (long) index * STRIDE);
  }

  /** The data given to {@link Linux#epollControl} for this entry. */
  public long data(int index) {
    return segment.get(JAVA_LONG_UNALIGNED, (long) index * STRIDE + DATA);
  }

  void set(int index, int events, long data) {
    segment.set(JAVA_INT_UNALIGNED, (long) index * STRIDE, events);
    segment.set(JAVA_LONG_UNALIGNED, (long) index * STRIDE + DATA, data);
  }
}
