package io.ringmaster.bench.floor;

import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.SharedMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Memory that a bare loop shares with who drives it, both on processors of their own: two slots
 * each way, a count for each way, and whether the driver looks. While it does, both only look; when
 * it does not, the loop reads a byte from its pipe, which comes when it looks again. Frame n, from
 * 1, lies in slot {@code n & 1}; all words are little-endian.
 *
 * <p>No fences but release and acquire: nobody sleeps while something is under way.
 */
final class SharedSlots implements AutoCloseable {
  private static final long BYTES = 5 * 4096;
  private static final long REQUESTS = 128;
  private static final long LOOKS = 136;
  private static final long RESPONSES = 256;
  private static final long REQUEST_SLOTS = 4096;
  private static final long RESPONSE_SLOTS = 3 * 4096;
  private static final long SLOT_BYTES = 4096;
  private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

  private final Linux linux;
  private final int fd;
  private final MemorySegment memory;

  SharedSlots(Linux linux) {
    this.linux = linux;
    fd = SharedMemory.create(linux, "ringmaster-bench", BYTES);
    memory = SharedMemory.map(linux, fd, BYTES);
  }

  /** Where a process of the same user can open it, as long as this one is open. */
  String path() {
    return "/proc/" + ProcessHandle.current().pid() + "/fd/" + fd;
  }

  /** A bell must follow the first time. */
  void looks(boolean on) {
    WORD.setRelease(memory, LOOKS, on ? 1L : 0L);
  }

  void request(long number, MemorySegment frame) {
    long slot = REQUEST_SLOTS + (number & 1) * SLOT_BYTES;
    MemorySegment.copy(frame, 0, memory, slot, frame.byteSize());
    WORD.setRelease(memory, REQUESTS, number);
  }

  boolean isAnswered(long number) {
    return (long) WORD.getAcquire(memory, RESPONSES) >= number;
  }

  /** The frame in its slot, whose length it says itself. */
  MemorySegment response(long number) {
    return memory.asSlice(RESPONSE_SLOTS + (number & 1) * SLOT_BYTES, SLOT_BYTES);
  }

  @Override
  public void close() {
    SharedMemory.unmap(linux, memory);
    linux.close(fd);
  }
}
