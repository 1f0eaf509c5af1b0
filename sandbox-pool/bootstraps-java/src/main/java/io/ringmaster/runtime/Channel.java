package io.ringmaster.runtime;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Method;
import java.nio.ByteOrder;

/**
 * Both pipes, and the segment where there is one: frames as the channel's specification has them.
 * Main thread only.
 */
final class Channel {
  static final int BIND = 1;
  static final int INVOKE = 2;
  static final int SHUTDOWN = 3;
  private static final int REQUEST_DOORBELL = 4;
  static final int STARTED = 16;
  static final int READY = 17;
  static final int INIT_ERROR = 18;
  static final int RESPONSE = 19;
  static final int ERROR = 20;
  private static final int RESPONSE_DOORBELL = 22;
  private static final int SKIPPED = 23;

  /** A flag of INVOKE in a slot. */
  private static final int REVOCABLE = 4;

  /** A flag of RESPONSE and ERROR. */
  private static final int PROCESS_ENDS = 2;

  static final int HEADER_BYTES = 16;
  static final int FIGURES_BYTES = 16;
  static final int BODY_BYTES_MAX = 6_356_992;

  /** A read or write of at most this many bytes needs no buffer of the JVM's own. */
  private static final int CHUNK_BYTES = 8192;

  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  /** Looks for a request before this process sleeps: about ten microseconds. */
  private static final int LOOKS_MAX = 256;

  private static final int SLEEPS_BETWEEN = 64;

  private static final byte[] DOORBELL = new byte[HEADER_BYTES];

  static {
    DOORBELL[4] = RESPONSE_DOORBELL;
  }

  private final FileInputStream requests;
  private final FileOutputStream responses;

  /** Null: there are only pipes. */
  private Segment segment;

  /** INVOKE frames that came by the pipe. */
  private long piped;

  /** How often to look; halved when it did not pay, and tried again after so many sleeps. */
  private int looks = LOOKS_MAX;

  private int sleeps;

  /** What has been read off the pipe: the frame that is being served, then perhaps the next. */
  private byte[] buffer = new byte[CHUNK_BYTES];

  private int start;
  private int end;
  private int next;

  /** What was taken from a slot last. */
  private byte[] slot = {};

  // The frame that is being served.
  private byte[] frame;
  private int bodyStart;
  private int bodyEnd;

  private final byte[] raw = new byte[CHUNK_BYTES];

  private Channel(FileDescriptor requests, FileDescriptor responses) {
    this.requests = new FileInputStream(requests);
    this.responses = new FileOutputStream(responses);
  }

  /**
   * On descriptors that the process was started with. They are used as they are: to open them again
   * by a path needs rights to the pipe, which another user's process has not.
   */
  static Channel open(int requests, int responses) throws ReflectiveOperationException {
    return new Channel(descriptor(requests), descriptor(responses));
  }

  private static FileDescriptor descriptor(int number) throws ReflectiveOperationException {
    Class<?> secrets = Class.forName("jdk.internal.access.SharedSecrets");
    Object access = secrets.getMethod("getJavaIOFileDescriptorAccess").invoke(null);
    Method set =
        Class.forName("jdk.internal.access.JavaIOFileDescriptorAccess")
            .getMethod("set", FileDescriptor.class, int.class);
    FileDescriptor descriptor = new FileDescriptor();
    set.invoke(access, descriptor, number);
    return descriptor;
  }

  /**
   * Uses shared memory beside the pipes from now on.
   *
   * @param number a descriptor that the process was started with; closed here
   * @param bytes its size
   */
  void share(int number, int bytes) throws IOException, ReflectiveOperationException {
    segment = Segment.map(number, descriptor(number), bytes);
  }

  /**
   * Waits for the next frame; {@link #frame()} and what else is asked for are its, until the next
   * call.
   *
   * @return the frame's kind, or {@link #SHUTDOWN} when the engine has closed its end
   */
  int receive() throws IOException {
    if (segment == null) {
      return receivePiped();
    }
    while (true) {
      if (isOffered()) {
        if (take()) {
          return INVOKE;
        }
        continue;
      }
      if (segment.polls() && !isPipeNext() && segment.sleeps()) {
        continue;
      }
      int kind = receivePiped();
      if (kind == INVOKE) {
        piped++;
      }
      if (kind != REQUEST_DOORBELL) {
        return kind;
      }
    }
  }

  /** Whether the next frame is in a slot; looks for a while where that pays. */
  private boolean isOffered() {
    if (!segment.offers()) {
      if (!segment.polls()) {
        return false;
      }
      int left = looks;
      while (left > 0 && !segment.offers()) {
        Thread.onSpinWait();
        left--;
      }
      if (left == 0 && !segment.offers()) {
        looks = ++sleeps % SLEEPS_BETWEEN == 0 ? LOOKS_MAX : looks / 2;
        return false;
      }
      looks = LOOKS_MAX;
    }
    return !isPipeNext();
  }

  /** Whether what is offered comes behind another, which is in the pipe or about to be there. */
  private boolean isPipeNext() {
    return segment.offers() && segment.offersRevocable(REVOCABLE) && segment.piped() != piped;
  }

  /** Takes the frame out of its slot; false: it is the engine's again, which was told so. */
  private boolean take() throws IOException {
    int size = segment.offeredBytes();
    if (slot.length < size) {
      slot = new byte[Math.max(CHUNK_BYTES, size)];
    }
    segment.take(slot, size);
    if (slot[4] != INVOKE) {
      throw new IOException("a frame of kind " + slot[4] + " in a slot");
    }
    frame = slot;
    bodyStart = HEADER_BYTES;
    bodyEnd = size;
    if ((slot[5] & REVOCABLE) != 0 && segment.revoked()) {
      byte[] skipped = new byte[HEADER_BYTES];
      skipped[4] = SKIPPED;
      LONG.set(skipped, 8, sequence());
      write(skipped, HEADER_BYTES);
      return false;
    }
    return true;
  }

  private int receivePiped() throws IOException {
    start = next;
    if (start == end) {
      start = 0;
      end = 0;
    }
    if (!read(HEADER_BYTES)) {
      return SHUTDOWN;
    }
    int length = (int) INT.get(buffer, start);
    if (length < 0 || length > BODY_BYTES_MAX) {
      throw new IOException("a frame of " + length + " bytes");
    }
    if (!read(HEADER_BYTES + length)) {
      return SHUTDOWN;
    }
    next = start + HEADER_BYTES + length;
    frame = buffer;
    bodyStart = start + HEADER_BYTES;
    bodyEnd = next;
    return buffer[start + 4];
  }

  /** Has at least that many bytes of the frame in the buffer; false at the end of the pipe. */
  private boolean read(int bytes) throws IOException {
    if (end - start >= bytes) {
      return true;
    }
    if (buffer.length - start < bytes) {
      byte[] larger = bytes <= buffer.length ? buffer : new byte[bytes];
      System.arraycopy(buffer, start, larger, 0, end - start);
      end -= start;
      start = 0;
      buffer = larger;
    }
    while (end - start < bytes) {
      int read = requests.read(buffer, end, Math.min(buffer.length - end, 1 << 20));
      if (read < 0) {
        return false;
      }
      end += read;
    }
    return true;
  }

  byte[] frame() {
    return frame;
  }

  int bodyStart() {
    return bodyStart;
  }

  int bodyEnd() {
    return bodyEnd;
  }

  long sequence() {
    return (long) LONG.get(frame, bodyStart - 8);
  }

  /** Forgets a large buffer: a large request must not cost memory for ever. */
  void trim() {
    if (buffer.length > 16 * CHUNK_BYTES && next == end) {
      buffer = new byte[CHUNK_BYTES];
      start = 0;
      end = 0;
      next = 0;
    }
  }

  /** Sends a frame that belongs to no invocation. */
  void send(int kind, byte[] body) throws IOException {
    byte[] frame = new byte[HEADER_BYTES + body.length];
    INT.set(frame, 0, body.length);
    frame[4] = (byte) kind;
    System.arraycopy(body, 0, frame, HEADER_BYTES, body.length);
    responses.write(frame);
  }

  /**
   * Sends the answer to an invocation, in one write.
   *
   * @param last the process ends after it
   */
  void answer(int kind, boolean last, long sequence, long mark, int memoryKib, Answer answer)
      throws IOException {
    byte[] frame = answer.frame();
    int size = answer.frameBytes();
    head(frame, size, kind | (last ? PROCESS_ENDS << 8 : 0), sequence, mark, memoryKib);
    write(frame, size);
  }

  /** Sends the answer of a raw handler, out of memory that all of them share. */
  void answerRaw(long sequence, long mark, byte[] result) throws IOException {
    int size = HEADER_BYTES + FIGURES_BYTES + result.length;
    byte[] frame = size <= raw.length ? raw : new byte[size];
    head(frame, size, RESPONSE, sequence, mark, 0);
    System.arraycopy(result, 0, frame, HEADER_BYTES + FIGURES_BYTES, result.length);
    write(frame, size);
  }

  /** Into a slot where the engine looks there, else by the pipe, which wakes it. */
  private void write(byte[] frame, int size) throws IOException {
    if (segment == null || !segment.put(frame, size)) {
      responses.write(frame, 0, size);
    } else if (segment.mustRing()) {
      responses.write(DOORBELL);
    }
  }

  /** Header and figures, every byte of them. */
  private static void head(
      byte[] frame, int size, int kindAndFlags, long sequence, long mark, int memoryKib) {
    INT.set(frame, 0, size - HEADER_BYTES);
    INT.set(frame, 4, kindAndFlags);
    LONG.set(frame, 8, sequence);
    LONG.set(frame, 16, mark);
    LONG.set(frame, 24, (long) memoryKib);
  }
}
