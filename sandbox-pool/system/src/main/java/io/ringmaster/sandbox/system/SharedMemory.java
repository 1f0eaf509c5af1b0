package io.ringmaster.sandbox.system;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that two processes map, behind a descriptor. Its size can never change, so that whoever
 * has mapped it can touch all of it for ever.
 *
 * <p>No instance: the calling thread's {@link Linux} makes the calls. A mapping belongs to whoever
 * made it and ends with {@link #unmap} only: it has no arena, whose end would stop every thread of
 * the engine.
 */
public final class SharedMemory {
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;
  private static final int F_ADD_SEALS = 1033;
  private static final int F_SEAL_SEAL = 1;
  private static final int F_SEAL_SHRINK = 2;
  private static final int F_SEAL_GROW = 4;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 1;

  private SharedMemory() {}

  /**
   * New zeroed memory, sealed against any change of its size and any further seal.
   *
   * @param name for {@code /proc}, ASCII
   * @param bytes its size
   * @return a descriptor, close-on-exec
   * @throws LinuxException where the kernel refuses; nothing is left over then
   */
  public static int create(Linux linux, String name, long bytes) {
    int fd;
    try (Arena here = Arena.ofConfined()) {
      long text = here.allocateFrom(name).address();
      int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
      fd =
          (int)
              LinuxException.check(
                  "memfd_create",
                  linux.call(SystemCall.MEMFD_CREATE.number, text, flags, 0, 0, 0, 0));
    }
    try {
      LinuxException.check(
          "ftruncate", linux.call(SystemCall.FTRUNCATE.number, fd, bytes, 0, 0, 0, 0));
      LinuxException.check(
          "fcntl", linux.fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW));
    } catch (LinuxException e) {
      linux.close(fd);
      throw e;
    }
    return fd;
  }

  /**
   * Maps all of it, to read and to write.
   *
   * @return bounded memory; not to be touched after {@link #unmap}
   * @throws LinuxException where the kernel refuses
   */
  public static MemorySegment map(Linux linux, int fd, long bytes) {
    long address =
        LinuxException.check(
            "mmap",
            linux.call(SystemCall.MMAP.number, 0, bytes, PROT_READ_WRITE, MAP_SHARED, fd, 0));
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  /** Ends a mapping, as a whole. */
  public static void unmap(Linux linux, MemorySegment mapped) {
    LinuxException.check(
        "munmap",
        linux.call(SystemCall.MUNMAP.number, mapped.address(), mapped.byteSize(), 0, 0, 0, 0));
  }
}
