package io.ringmaster.sandbox.linux.runtimes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A binary that takes whatever arguments and does nothing for ever: scripts are no candidates. */
public final class HangingProgram {
  private static final int HEADER_BYTES = 64;
  private static final int SEGMENT_BYTES = 56;
  private static final long ADDRESS = 0x400000;

  /** {@code pause} in a loop. */
  private static final byte[] X86_64 = {
    (byte) 0xb8, 34, 0, 0, 0, 0x0f, 5, (byte) 0xeb, (byte) 0xf7
  };

  /** {@code ppoll(0, 0, 0, 0)} in a loop. */
  private static final int[] AARCH64 = {
    0xd2800000, 0xd2800001, 0xd2800002, 0xd2800003, 0xd2800928, 0xd4000001, 0x17fffffa
  };

  private HangingProgram() {}

  /** Writes it to that file, whose folder is made. */
  public static void write(Path file) throws IOException {
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    ByteBuffer code = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    if (arm) {
      code.asIntBuffer().put(AARCH64);
    } else {
      code.put(X86_64);
    }
    int bytes = HEADER_BYTES + SEGMENT_BYTES + code.capacity();
    ByteBuffer elf = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    elf.putShort((short) 2).putShort((short) (arm ? 183 : 62)).putInt(1);
    elf.putLong(ADDRESS + HEADER_BYTES + SEGMENT_BYTES).putLong(HEADER_BYTES).putLong(0);
    elf.putInt(0).putShort((short) HEADER_BYTES).putShort((short) SEGMENT_BYTES);
    elf.putShort((short) 1).position(HEADER_BYTES);
    elf.putInt(1).putInt(5).putLong(0).putLong(ADDRESS).putLong(ADDRESS);
    elf.putLong(bytes).putLong(bytes).putLong(0x10000);
    elf.put(code.array());
    Files.createDirectories(file.getParent());
    Files.write(file, elf.array());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
