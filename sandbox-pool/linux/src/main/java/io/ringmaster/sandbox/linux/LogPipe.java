package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.system.Linux;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The read end of one sandbox process's log pipe. Made by the keeper's client, read and closed by
 * the log agent.
 *
 * <p>Which sandbox its output belongs to is written (release) by the dispatcher before a generic
 * process is bound, by the keeper's client before an environment's own one is started: so before
 * the function can write anything, and read by the log agent (acquire) for each piece.
 *
 * <p>How much was written when the process answered is what was read and what is in the pipe then:
 * the dispatcher looks between two reads of the log agent, which tells by {@code turn} (volatile;
 * odd: it reads) that it is at work, and after its last read for ever.
 */
final class LogPipe {
  static final int NOBODY = -1;

  /** A read takes microseconds; one whose thread was put aside is not waited for. */
  private static final int LOOKS_MAX = 64;

  private static final VarHandle SANDBOX;

  static {
    try {
      SANDBOX = MethodHandles.lookup().findVarHandle(LogPipe.class, "sandbox", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final int fd;

  // Dispatcher, or the keeper's client.
  @SuppressWarnings("unused")
  private int sandbox = NOBODY;

  // Log agent.
  final LogRecords records = new LogRecords();
  private volatile int turn;
  private volatile long readBytes;
  private volatile boolean raw;

  LogPipe(int fd) {
    this.fd = fd;
  }

  void belongsTo(int id) {
    SANDBOX.setRelease(this, id);
  }

  /** Before a read, or before the end. Log agent. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  void reading() {
    turn++;
  }

  /** After a read that took so many bytes. Log agent. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  void read(long count) {
    readBytes += count;
    turn++;
  }

  /** Raw output of the process was seen. Log agent. */
  void sawRaw() {
    if (!raw) {
      raw = true;
    }
  }

  /** Whether raw output of the process was seen. Any thread. */
  boolean writesRaw() {
    return raw;
  }

  /**
   * Bytes that were written to the pipe so far. Dispatcher.
   *
   * @return −1: that cannot be known now
   */
  long written(Linux linux) {
    for (int look = 0; look < LOOKS_MAX; look++) {
      int before = turn;
      if ((before & 1) == 0) {
        long read = readBytes;
        int waiting = linux.readable(fd);
        if (turn == before) {
          return waiting < 0 ? -1 : read + waiting;
        }
      }
      Thread.onSpinWait();
    }
    return -1;
  }

  int sandbox() {
    return (int) SANDBOX.getAcquire(this);
  }
}
