package io.ringmaster.sandbox.linux.channel;

import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.SharedMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The memory that the engine shares with one sandbox process: its words and slots, as {@code
 * tools/docs/segment.md} has them. Dispatcher only, but for {@link #create}.
 *
 * <p>Words of the engine are only written here, words of the sandbox only read, each where the
 * caller asks for it and once.
 */
public final class Segment {
  /** Size of the memory. */
  public static final long BYTES = 4096 + 2L * 8 * 65_536;

  /** So many frames of each direction lie here at most; a power of two. */
  static final int SLOTS = 8;

  /** The engine looks into response slots before it sleeps. */
  public static final long LOOKS = 1;

  /** A frame in a slot has at most so many bytes, its header included. */
  static final int SLOT_BYTES = 65_536;

  private static final long REQUEST_SLOTS = 4096;
  private static final long RESPONSE_SLOTS = REQUEST_SLOTS + (long) SLOTS * SLOT_BYTES;

  // Engine.
  private static final long REQUESTS = 128;
  private static final long ENGINE_POLLING = 136;
  private static final long REVOKED = 512;
  private static final long PIPED = 576;

  // Sandbox.
  private static final long RESPONSES = 256;
  private static final long SANDBOX_POLLING = 264;
  private static final long TAKING = 272;

  private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

  private final MemorySegment memory;
  private final MemorySegment[] requestSlots = new MemorySegment[SLOTS];
  private final MemorySegment[] responseSlots = new MemorySegment[SLOTS];

  /** What was written to {@link #PIPED}: it changes seldom. */
  private final long[] piped = new long[SLOTS];

  private Segment(MemorySegment memory) {
    this.memory = memory;
    for (int i = 0; i < SLOTS; i++) {
      requestSlots[i] = memory.asSlice(REQUEST_SLOTS + (long) i * SLOT_BYTES, SLOT_BYTES);
      responseSlots[i] = memory.asSlice(RESPONSE_SLOTS + (long) i * SLOT_BYTES, SLOT_BYTES);
    }
  }

  /**
   * New memory for a process that will be; any thread.
   *
   * @return its descriptor
   * @throws io.ringmaster.sandbox.system.LinuxException where there is none to be had
   */
  public static int create(Linux linux) {
    return SharedMemory.create(linux, "ringmaster-segment", BYTES);
  }

  /**
   * The engine's view of it; {@link #unmap} ends it. The descriptor stays the caller's to close, at
   * any time.
   *
   * @throws io.ringmaster.sandbox.system.LinuxException where it cannot be mapped
   */
  public static Segment map(Linux linux, int fd) {
    return new Segment(SharedMemory.map(linux, fd, BYTES));
  }

  /** Nothing here may be called any more. */
  public void unmap(Linux linux) {
    SharedMemory.unmap(linux, memory);
  }

  /** Where a request of this number is written to; never read. */
  MemorySegment requestSlot(long number) {
    return requestSlots[slot(number)];
  }

  /** Where the sandbox writes a response of this number, and what it likes, when it likes. */
  MemorySegment responseSlot(long number) {
    return responseSlots[slot(number)];
  }

  private static int slot(long number) {
    return (int) number & SLOTS - 1;
  }

  /** After the request was written. */
  void requestsRelease(long count) {
    WORD.setRelease(memory, REQUESTS, count);
  }

  /** {@link #LOOKS}, the number of a sleep, or 0. */
  void pollingOpaque(long value) {
    WORD.setOpaque(memory, ENGINE_POLLING, value);
  }

  /** The request of this number was taken back. */
  void revokedOpaque(long number) {
    WORD.setOpaque(memory, REVOKED + (long) slot(number) * Long.BYTES, number);
  }

  /** So many frames by the pipe come before the request of this number; before its release. */
  void pipedOpaque(long number, long count) {
    int slot = slot(number);
    if (piped[slot] != count) {
      piped[slot] = count;
      WORD.setOpaque(memory, PIPED + (long) slot * Long.BYTES, count);
    }
  }

  /** Before the response is read. */
  long responsesAcquire() {
    return (long) WORD.getAcquire(memory, RESPONSES);
  }

  boolean sandboxPollsOpaque() {
    return (long) WORD.getOpaque(memory, SANDBOX_POLLING) == 1;
  }

  long takingOpaque() {
    return (long) WORD.getOpaque(memory, TAKING);
  }
}
