package io.ringmaster.runtime;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Method;
import java.nio.ByteOrder;

/** Both pipes: frames as the channel's specification has them. Main thread only. */
final class Channel {
  static final int BIND = 1;
  static final int INVOKE = 2;
  static final int SHUTDOWN = 3;
  static final int STARTED = 16;
  static final int READY = 17;
  static final int INIT_ERROR = 18;
  static final int RESPONSE = 19;
  static final int ERROR = 20;

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

  private final FileInputStream requests;
  private final FileOutputStream responses;

  /** What has been read: the frame that is being served, then perhaps the next. */
  private byte[] buffer = new byte[CHUNK_BYTES];

  private int start;
  private int end;
  private int next;

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
    Class<?> secrets = Class.forName("jdk.internal.access.SharedSecrets");
    Object access = secrets.getMethod("getJavaIOFileDescriptorAccess").invoke(null);
    Method set =
        Class.forName("jdk.internal.access.JavaIOFileDescriptorAccess")
            .getMethod("set", FileDescriptor.class, int.class);
    FileDescriptor in = new FileDescriptor();
    FileDescriptor out = new FileDescriptor();
    set.invoke(access, in, requests);
    set.invoke(access, out, responses);
    return new Channel(in, out);
  }

  /**
   * Reads the next frame; {@link #frame()} and what else is asked for are its, until the next call.
   *
   * @return the frame's kind, or {@link #SHUTDOWN} when the engine has closed its end
   */
  int receive() throws IOException {
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
    return buffer;
  }

  int bodyStart() {
    return start + HEADER_BYTES;
  }

  int bodyEnd() {
    return next;
  }

  long sequence() {
    return (long) LONG.get(buffer, start + 8);
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
    responses.write(frame, 0, size);
  }

  /** Sends the answer of a raw handler, out of memory that all of them share. */
  void answerRaw(long sequence, long mark, byte[] result) throws IOException {
    int size = HEADER_BYTES + FIGURES_BYTES + result.length;
    byte[] frame = size <= raw.length ? raw : new byte[size];
    head(frame, size, RESPONSE, sequence, mark, 0);
    System.arraycopy(result, 0, frame, HEADER_BYTES + FIGURES_BYTES, result.length);
    responses.write(frame, 0, size);
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
