package io.ringmaster.server.control;

import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import io.ringmaster.sandbox.system.Wire;
import io.ringmaster.server.listen.Listening;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The server's side of the control socket, with the thread that answers. */
public final class ControlSocket implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.server");
  private static final int WAITING_MAX = 8;
  private static final long JOIN_MS = 1_000;
  private static final long REQUEST_NS = TimeUnit.SECONDS.toNanos(5);

  /** What may be asked. Called on the control socket's thread. */
  public interface Commands {
    /** Copies the data while the server runs; throws what is told to whoever asked. */
    void backup(Path target);

    /**
     * Accepts nothing more.
     *
     * @return the sockets that another server goes on with; they stay open until {@link #end}
     */
    List<Listening> handOver();

    /** Drains and ends the server, which nobody can ask anything any more; returns when it has. */
    void end();
  }

  private final Path data;
  private final Commands commands;
  private final int listening;
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean handingOver;

  private ControlSocket(Path data, Commands commands, int listening) {
    this.data = data;
    this.commands = commands;
    this.listening = listening;
    this.thread = Thread.ofPlatform().name("ringmaster-control").daemon().unstarted(this::run);
  }

  /**
   * Listens in a data folder that is this server's alone.
   *
   * @throws IOException it cannot
   */
  public static ControlSocket open(Path data, Commands commands) throws IOException {
    Linux linux = new Linux();
    Files.deleteIfExists(ControlPath.file(data)); // a killed server's
    int fd = (int) LinuxException.check("socket", linux.localSocket(false));
    try (ControlPath path = new ControlPath(linux, data)) {
      LinuxException.check("bind " + data, linux.bindLocal(fd, path.name()));
      // Nobody can connect before it listens.
      Files.setPosixFilePermissions(
          ControlPath.file(data), PosixFilePermissions.fromString("rw-------"));
      LinuxException.check("listen", linux.listen(fd, WAITING_MAX));
    } catch (IOException | RuntimeException e) {
      linux.close(fd);
      throw e;
    }
    ControlSocket socket = new ControlSocket(data, commands, fd);
    socket.thread.start();
    return socket;
  }

  private void run() {
    Linux linux = new Linux();
    try {
      serve(linux);
    } finally {
      linux.close(listening);
    }
  }

  private void serve(Linux linux) {
    while (!closing) {
      int connection = linux.accept(listening);
      if (connection >= 0) {
        try (Wire wire = new Wire(linux, connection)) {
          if (!closing) {
            answer(linux, wire);
          }
        } catch (RuntimeException | IOException e) {
          LOG.log(Level.WARNING, "control socket: " + e, e);
        }
      } else if (connection != -Errno.EINTR && !closing) {
        LOG.log(Level.ERROR, "control socket: " + Errno.name(-connection));
        return;
      }
    }
  }

  private void answer(Linux linux, Wire wire) throws IOException {
    if (linux.pollOne(wire.fd(), Linux.POLLIN, REQUEST_NS) <= 0 || !wire.receive()) {
      return;
    }
    switch (wire.op()) {
      case ControlOp.BACKUP -> backup(wire, wire.text());
      case ControlOp.TAKE_OVER -> handOver(wire);
      default -> wire.send(ControlOp.FAILED, 0, 0, 0, "this server has no such command");
    }
  }

  private void backup(Wire wire, String target) {
    try {
      commands.backup(Path.of(target));
      wire.send(ControlOp.DONE, 0, 0, 0, "");
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      wire.send(ControlOp.FAILED, 0, 0, 0, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "backup: " + e, e);
      wire.send(ControlOp.FAILED, 0, 0, 0, String.valueOf(e.getMessage()));
    }
  }

  /** The connection ends when the server has: that is what the next one waits for. */
  private void handOver(Wire wire) throws IOException {
    closing = true;
    handingOver = true;
    List<Listening> sockets = commands.handOver();
    int[] descriptors = new int[sockets.size()];
    for (int i = 0; i < descriptors.length; i++) {
      descriptors[i] = sockets.get(i).descriptor();
    }
    wire.send(ControlOp.SOCKETS, 0, 0, 0, "", descriptors);
    commands.end();
  }

  /**
   * Answers nobody more; the file is gone when it returns. The thread ends then too, or, if another
   * server takes over, when this one has ended.
   */
  @Override
  public void close() throws IOException {
    closing = true;
    wake(new Linux());
    Files.deleteIfExists(ControlPath.file(data));
    if (!handingOver && Thread.currentThread() != thread) {
      try {
        thread.join(JOIN_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** It sits in accept: a connection wakes it. */
  private void wake(Linux linux) {
    int fd = (int) LinuxException.check("socket", linux.localSocket(false));
    try (ControlPath path = new ControlPath(linux, data)) {
      int result = linux.connectLocal(fd, path.name());
      if (result < 0 && result != -Errno.ECONNREFUSED && result != -Errno.ENOENT) {
        LOG.log(Level.DEBUG, "control socket: " + Errno.name(-result));
      }
    } finally {
      linux.close(fd);
    }
  }
}
