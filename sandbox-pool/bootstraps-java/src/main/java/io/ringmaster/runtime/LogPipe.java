package io.ringmaster.runtime;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes records on the log pipe. A record is one event of the log: a line that was printed, or
 * what one call of the logger gave, however many lines that has. Any thread.
 */
final class LogPipe {
  /** Text without a level. */
  private static final int TYPE = 0xA55A0003;

  private static final int LEVEL_SHIFT = 2;
  private static final int TEXT_BYTES_MAX = 65_536;
  private static final int HEADER_BYTES = 16;
  private static final byte[] NOTHING = {};

  /** What a pipe takes wholly or not at all, also if it is one that does not block. */
  private static final int ATOMIC_BYTES = 4096;

  /** The system's words for EAGAIN: Java has no others. */
  private static final String PIPE_FULL = "Resource temporarily unavailable";

  private static final long RETRY_NS = 1_000_000;

  private final FileOutputStream pipe;
  private final Lines out = new Lines();
  private final Lines err = new Lines();
  private long mark;

  /** What is written belongs to init. */
  private boolean loading = true;

  LogPipe(FileDescriptor descriptor) {
    pipe = new FileOutputStream(descriptor);
  }

  /** From now on what is printed becomes records. */
  void replaceStandardStreams() {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  /**
   * One event, unless it is empty: an empty record has a meaning of its own.
   *
   * @param level 1 (TRACE) to 6 (FATAL); 0: none
   */
  synchronized void record(byte[] text, int level) throws IOException {
    for (int start = 0; start < text.length; start += TEXT_BYTES_MAX) {
      write(text, start, Math.min(TEXT_BYTES_MAX, text.length - start), level);
    }
  }

  private void write(byte[] text, int start, int length, int level) throws IOException {
    if (loading && mark == 0) {
      put(NOTHING, 0, 0, 0); // tells where output of init begins
    }
    put(text, start, length, level);
  }

  private void put(byte[] text, int start, int length, int level) throws IOException {
    ByteBuffer record =
        ByteBuffer.allocate(HEADER_BYTES + length)
            .putInt(TYPE | level << LEVEL_SHIFT)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(length)
            .putLong(nowMicros())
            .put(text, start, length);
    byte[] bytes = record.array();
    for (int at = 0; at < bytes.length; at += ATOMIC_BYTES) {
      send(bytes, at, Math.min(ATOMIC_BYTES, bytes.length - at));
    }
    mark += bytes.length;
  }

  /** A child process shares the pipe and may have made it non-blocking; room will be made. */
  private void send(byte[] bytes, int start, int length) throws IOException {
    boolean sent = false;
    while (!sent) {
      try {
        pipe.write(bytes, start, length);
        sent = true;
      } catch (IOException e) {
        if (!PIPE_FULL.equals(e.getMessage())) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() {
    boolean interrupted =
        Thread.interrupted(); // an interrupt is the function's, and would not wait
    LockSupport.parkNanos(RETRY_NS);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static long nowMicros() {
    java.time.Instant now = java.time.Instant.now();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
  }

  /** Sends text that still waits for its newline. */
  synchronized void flush() throws IOException {
    out.rest();
    err.rest();
  }

  /** Init is over; if it wrote anything, an empty record tells where that ends. */
  synchronized void loaded() throws IOException {
    flush();
    loading = false;
    if (mark > 0) {
      put(NOTHING, 0, 0, 0);
    }
  }

  /** Bytes of records so far. */
  synchronized long mark() {
    return mark;
  }

  /** What is printed on one stream: a record per line. */
  private final class Lines extends OutputStream {
    private byte[] line = new byte[256];
    private int size;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      synchronized (LogPipe.this) {
        for (int i = offset; i < offset + length; i++) {
          if (size == line.length) {
            line = java.util.Arrays.copyOf(line, 2 * size);
          }
          line[size++] = bytes[i];
          if (bytes[i] == '\n' || size == TEXT_BYTES_MAX) {
            rest();
          }
        }
      }
    }

    void rest() throws IOException {
      if (size > 0) {
        int length = size;
        size = 0;
        LogPipe.this.write(line, 0, length, 0);
      }
    }
  }
}
