package io.ringmaster.server.control;

import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import io.ringmaster.sandbox.system.Wire;
import io.ringmaster.server.listen.Inherited;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The other side of the control socket. One thread. */
public final class ControlClient implements AutoCloseable {
  private static final Duration DRAIN_MAX = Duration.ofHours(1);

  private final Linux linux;
  private final Wire wire;

  private ControlClient(Linux linux, Wire wire) {
    this.linux = linux;
    this.wire = wire;
  }

  /**
   * Connects to the server that uses a data folder.
   *
   * @return null: none does
   * @throws LinuxException there may be one, and it is not ours to ask
   */
  public static ControlClient connect(Path data) {
    if (!Files.exists(ControlPath.file(data))) {
      return null;
    }
    Linux linux = new Linux();
    int fd = (int) LinuxException.check("socket", linux.localSocket(false));
    try (ControlPath path = new ControlPath(linux, data)) {
      int result = linux.connectLocal(fd, path.name());
      if (result == -Errno.ECONNREFUSED || result == -Errno.ENOENT) {
        linux.close(fd);
        return null;
      }
      LinuxException.check("connect " + ControlPath.file(data), result);
      return new ControlClient(linux, new Wire(linux, fd));
    } catch (RuntimeException e) {
      linux.close(fd);
      throw e;
    }
  }

  /**
   * Has the server copy its data; returns when that is done.
   *
   * @param target an absolute path as the server sees it
   * @throws IOException it could not; the message says why
   */
  public void backup(Path target) throws IOException {
    wire.send(ControlOp.BACKUP, 0, 0, 0, target.toString());
    if (!wire.receive()) {
      throw new IOException("the server ended before the backup was done");
    }
    if (wire.op() != ControlOp.DONE) {
      throw new IOException(wire.text());
    }
  }

  /**
   * Takes the server's listening sockets; it drains and gives up its data folder, and when this
   * returns it has. It ends when it is told {@link #ready}; it serves again when this is closed
   * before, by whatever end this process comes to.
   *
   * @param patience how long it may take besides what that server says that it drains
   * @throws IOException it did not give them, or did not come to an end in time
   */
  public Inherited takeOver(Duration patience) throws IOException {
    long endNs = System.nanoTime() + patience.toNanos();
    wire.send(ControlOp.TAKE_OVER, 0, 0, 0, "");
    await(endNs, "the server does not answer");
    if (!wire.receive()) {
      throw new IOException("the server ended without giving its sockets");
    }
    if (wire.op() != ControlOp.SOCKETS) {
      throw new IOException(wire.text());
    }
    long drainNs = Math.clamp(wire.b(), 0, DRAIN_MAX.toNanos());
    Inherited inherited = Inherited.of(wire.takeDescriptors());
    try {
      if (!wire.send(ControlOp.TAKEN, 0, 0, 0, "")) {
        throw new IOException("the server ended before its sockets were taken");
      }
      await(System.nanoTime() + drainNs + patience.toNanos(), "the server does not end");
      if (wire.receive() && wire.op() != ControlOp.RELEASED) { // one that is gone has released it
        throw new IOException(
            wire.op() == ControlOp.FAILED
                ? wire.text()
                : "the server says something that was not asked");
      }
      return inherited;
    } catch (IOException | RuntimeException e) {
      inherited.close();
      throw e;
    }
  }

  /** This server serves: the other one may end. */
  public void ready() {
    wire.send(ControlOp.READY, 0, 0, 0, ""); // one that is gone already need not hear it
  }

  private void await(long endNs, String failure) throws IOException {
    long leftNs = endNs - System.nanoTime();
    if (leftNs <= 0 || linux.pollOne(wire.fd(), Linux.POLLIN, leftNs) <= 0) {
      throw new IOException(failure);
    }
  }

  @Override
  public void close() {
    wire.close();
  }
}
