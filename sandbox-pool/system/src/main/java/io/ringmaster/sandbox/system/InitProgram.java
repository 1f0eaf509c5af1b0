package io.ringmaster.sandbox.system;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The program that is PID 1 of a sandbox's namespace: a whole executable of some 200 bytes, written
 * out here, for it is started once per sandbox and must cost next to nothing (one page of memory,
 * no libraries).
 *
 * <pre>
 *   prctl(PR_SET_DUMPABLE, 0);              // nobody in the namespace may look into it
 *   rt_sigaction(SIGCHLD, {SIG_IGN}, 0, 8); // the kernel reaps orphans that it gets
 *   close(3);                               // what it was started from
 *   read(0, stack, 1);                      // until the other end is closed
 *   exit_group(0);
 * </pre>
 *
 * <p>It handles no signal, so nothing in the namespace can end or stop it. It is described in ADR
 * 0013. Any thread.
 */
public final class InitProgram {
  private static final int BASE = 0x400000;
  private static final int FILE_HEADER_BYTES = 64;
  private static final int PROGRAM_HEADER_BYTES = 56;

  /**
   * What SIGCHLD gets: {@code struct sigaction} of the kernel's, four longs, begins with SIG_IGN.
   */
  private static final int ACTION_AT = FILE_HEADER_BYTES + PROGRAM_HEADER_BYTES;

  private static final int ACTION_BYTES = 32;
  private static final int CODE_AT = ACTION_AT + ACTION_BYTES;

  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;
  private static final int MFD_EXEC = 16;
  private static final int F_ADD_SEALS = 1033;
  private static final int SEAL_ALL = 15;

  private InitProgram() {}

  /**
   * A file in memory that holds it and can never be changed.
   *
   * @return a descriptor, close-on-exec
   * @throws LinuxException where the kernel refuses; nothing is left over then
   */
  public static int open(Linux linux) {
    byte[] image = image(Architecture.CURRENT);
    try (Arena here = Arena.ofConfined()) {
      long name = here.allocateFrom("ringmaster-init").address();
      int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
      long number = SystemCall.MEMFD_CREATE.number;
      long made = linux.call(number, name, flags | MFD_EXEC, 0, 0, 0, 0);
      if (made == -Errno.EINVAL) { // a kernel before 6.3, where all can be run
        made = linux.call(number, name, flags, 0, 0, 0, 0);
      }
      int fd = (int) LinuxException.check("memfd_create", made);
      try {
        MemorySegment bytes = here.allocateFrom(ValueLayout.JAVA_BYTE, image);
        long written = linux.write(fd, bytes.address(), bytes.byteSize());
        if (LinuxException.check("write", written) != image.length) {
          throw new LinuxException("write", Errno.ENOSPC);
        }
        LinuxException.check("fcntl", linux.fcntl(fd, F_ADD_SEALS, SEAL_ALL));
        return fd;
      } catch (LinuxException e) {
        linux.close(fd);
        throw e;
      }
    }
  }

  /** The executable: an ELF header, one segment that holds everything, the code. */
  static byte[] image(Architecture architecture) {
    byte[] code = architecture == Architecture.X86_64 ? x86() : arm();
    int size = CODE_AT + code.length;
    ByteBuffer image = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    image.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    int machine = architecture == Architecture.X86_64 ? 62 : 183;
    image.putShort((short) 2).putShort((short) machine).putInt(1); // an executable, version 1
    image.putLong(BASE + CODE_AT).putLong(FILE_HEADER_BYTES).putLong(0); // entry; where headers are
    image.putInt(0).putShort((short) FILE_HEADER_BYTES).putShort((short) PROGRAM_HEADER_BYTES);
    image.putShort((short) 1).position(FILE_HEADER_BYTES);
    image.putInt(1).putInt(5).putLong(0).putLong(BASE).putLong(BASE); // load, to read and run
    image.putLong(size).putLong(size).putLong(0x10000); // aligned for pages up to 64 KiB
    image.putLong(1).position(CODE_AT); // SIG_IGN
    return image.put(code).array();
  }

  /** Number in eax, arguments in edi, esi, edx, r10d. */
  private static byte[] x86() {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    put(code, 0xb8, 157, 0, 0, 0); // mov eax, prctl
    put(code, 0xbf, 4, 0, 0, 0); // mov edi, PR_SET_DUMPABLE
    put(code, 0x31, 0xf6, 0x0f, 0x05); // xor esi, esi; syscall
    put(code, 0xb8, 13, 0, 0, 0); // mov eax, rt_sigaction
    put(code, 0xbf, 17, 0, 0, 0); // mov edi, SIGCHLD
    put(code, 0xbe, ACTION_AT, 0, BASE >> 16, 0); // mov esi, the action
    put(code, 0x31, 0xd2); // xor edx, edx
    put(code, 0x41, 0xba, 8, 0, 0, 0, 0x0f, 0x05); // mov r10d, 8; syscall
    put(code, 0xb8, 3, 0, 0, 0); // mov eax, close
    put(code, 0xbf, 3, 0, 0, 0, 0x0f, 0x05); // mov edi, 3; syscall
    put(code, 0x31, 0xc0, 0x31, 0xff); // xor eax, eax (read); xor edi, edi
    put(code, 0x48, 0x89, 0xe6); // mov rsi, rsp
    put(code, 0xba, 1, 0, 0, 0, 0x0f, 0x05); // mov edx, 1; syscall
    put(code, 0xb8, 231, 0, 0, 0); // mov eax, exit_group
    put(code, 0x31, 0xff, 0x0f, 0x05); // xor edi, edi; syscall
    return code.toByteArray();
  }

  private static void put(ByteArrayOutputStream code, int... bytes) {
    for (int each : bytes) {
      code.write(each);
    }
  }

  /** Number in x8, arguments in x0 to x3. */
  private static byte[] arm() {
    int[] code = {
      set(8, 167),
      set(0, 4),
      set(1, 0),
      SVC, // prctl
      set(8, 134),
      set(0, 17),
      set(1, ACTION_AT),
      setHigh(1, BASE >> 16),
      set(2, 0),
      set(3, 8),
      SVC,
      set(8, 57),
      set(0, 3),
      SVC, // close
      set(8, 63),
      set(0, 0),
      X1_FROM_SP,
      set(2, 1),
      SVC, // read
      set(8, 94),
      set(0, 0),
      SVC, // exit_group
    };
    ByteBuffer bytes = ByteBuffer.allocate(code.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int each : code) {
      bytes.putInt(each);
    }
    return bytes.array();
  }

  private static final int SVC = 0xd4000001;
  private static final int X1_FROM_SP = 0x910003e1;

  /** {@code movz}: all of the register. */
  private static int set(int register, int value) {
    return 0xd2800000 | value << 5 | register;
  }

  /** {@code movk … lsl 16}: bits 16 to 31. */
  private static int setHigh(int register, int value) {
    return 0xf2a00000 | value << 5 | register;
  }
}
