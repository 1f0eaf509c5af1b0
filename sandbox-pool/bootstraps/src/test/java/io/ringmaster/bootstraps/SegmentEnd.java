package io.ringmaster.bootstraps;

import io.ringmaster.bootstraps.PythonSandbox.Frame;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The engine's end of a segment, turned by hand. A file stands for the memfd. */
final class SegmentEnd {
  static final int BYTES = 1_052_672;
  static final int SLOT_BYTES = 65_536;
  private static final int REQUESTS = 128;
  private static final int POLLS = 136;
  private static final int REVOKED = 512;
  private static final int PIPED = 576;
  private static final int RESPONSES = 256;
  private static final int SANDBOX_POLLS = 264;
  private static final int TAKING = 272;
  private static final VarHandle WORD =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final ByteBuffer memory;
  private long requests;
  private long responses;
  private long piped;

  SegmentEnd(Path file) throws IOException {
    this.file = file;
    Files.write(file, new byte[BYTES]);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
    }
    memory.order(ByteOrder.LITTLE_ENDIAN);
  }

  Path file() {
    return file;
  }

  void polls(boolean now) {
    WORD.setVolatile(memory, POLLS, now ? 1L : 0L);
  }

  /** Sleeps until something comes by the pipe. */
  void sleeps(long number) {
    WORD.setVolatile(memory, POLLS, number);
  }

  boolean sandboxPolls() {
    return (long) WORD.getVolatile(memory, SANDBOX_POLLS) == 1;
  }

  /** Puts a request into a slot; true: it must be rung for. */
  boolean put(byte[] frame, int flags) {
    WORD.setVolatile(memory, PIPED + (int) (++requests & 7) * 8, piped);
    int slot = 4_096 + (int) (requests & 7) * SLOT_BYTES;
    memory.put(slot, frame);
    memory.put(slot + 5, (byte) flags);
    WORD.setVolatile(memory, REQUESTS, requests);
    VarHandle.fullFence();
    return !sandboxPolls();
  }

  /** An INVOKE is about to be written to the pipe. */
  void pipes() {
    piped++;
  }

  /** Takes the last request back. */
  void revoke() {
    revoke(requests);
  }

  /** Takes the request of that number back, perhaps before it is there. */
  void revoke(long number) {
    WORD.setVolatile(memory, REVOKED + (int) (number & 7) * 8, number);
  }

  long taking() {
    return (long) WORD.getVolatile(memory, TAKING);
  }

  /** The next answer, or null when there is none yet. */
  Frame poll() {
    if ((long) WORD.getVolatile(memory, RESPONSES) == responses) {
      return null;
    }
    int slot = 528_384 + (int) (++responses & 7) * SLOT_BYTES;
    byte[] body = new byte[memory.getInt(slot)];
    memory.get(slot + 16, body);
    return new Frame(memory.get(slot + 4), memory.get(slot + 5), memory.getLong(slot + 8), body);
  }
}
