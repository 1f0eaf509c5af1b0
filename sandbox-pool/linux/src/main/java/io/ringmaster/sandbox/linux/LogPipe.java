package io.ringmaster.sandbox.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The read end of one sandbox process's log pipe. Made by the keeper's client, read and closed by
 * the log agent.
 *
 * <p>Which sandbox its output belongs to is written (release) by the dispatcher before a generic
 * process is bound, by the keeper's client before an environment's own one is started: so before
 * the function can write anything, and read by the log agent (acquire) for each piece.
 */
final class LogPipe {
  static final int NOBODY = -1;
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

  LogPipe(int fd) {
    this.fd = fd;
  }

  void belongsTo(int id) {
    SANDBOX.setRelease(this, id);
  }

  int sandbox() {
    return (int) SANDBOX.getAcquire(this);
  }
}
