package io.ringmaster.sandbox.keeper;

import static io.ringmaster.sandbox.system.LinuxException.check;

import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.Spawn;
import io.ringmaster.sandbox.system.Wire;
import io.ringmaster.sandbox.system.ZygoteCommand;

/**
 * A template process as the keeper holds it: its pid, and the wire on which it is asked to fork.
 */
final class Zygote {
  final int id;
  final int pid;
  final Wire wire;
  final Outbox outbox;

  /** Its sandboxes have pid namespaces; told by ZYGOTE_READY, before any fork. */
  boolean namespaces;

  /** It is asked no more: it was killed, or its wire is of no more use. */
  boolean ending;

  /** Its wire is no longer watched. */
  boolean deaf;

  /** Its pid may be another's now. */
  boolean reaped;

  private Zygote(Linux linux, int id, int pid, Wire wire) {
    this.id = id;
    this.pid = pid;
    this.wire = wire;
    this.outbox = new Outbox(linux, wire);
  }

  /**
   * Starts one: 0 is {@code /dev/null}, 1 and 2 the keeper's standard error, 3 the wire, 4 the pipe
   * for reports.
   *
   * @throws io.ringmaster.sandbox.system.LinuxException where it cannot be started; nothing is left
   *     over then
   */
  static Zygote start(Linux linux, int id, ZygoteCommand command, int reports) {
    int[] ends = new int[2];
    check("socketpair", linux.socketpair(ends));
    Wire wire = new Wire(linux, ends[0]);
    int nothing = -1;
    try {
      nothing = (int) check("open /dev/null", linux.open("/dev/null", Linux.O_RDWR));
      int pid =
          new Spawn(linux, command.argv(), command.environment())
              .descriptors(nothing, 2, 2, ends[1], reports)
              .start();
      return new Zygote(linux, id, pid, wire);
    } catch (RuntimeException e) {
      wire.close();
      throw e;
    } finally {
      linux.close(ends[1]);
      linux.close(nothing);
    }
  }

  /** Forgets what waited for it. */
  void close() {
    outbox.close();
    wire.close();
  }
}
