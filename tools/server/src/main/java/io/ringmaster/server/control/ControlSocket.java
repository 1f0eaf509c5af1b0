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
import java.util.concurrent.locks.LockSupport;

/** The server's side of the control socket, with the thread that answers. */
public final class ControlSocket implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.server");
  private static final int WAITING_MAX = 8;
  private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long JOIN_MS = 1_000;
  private static final long REQUEST_NS = TimeUnit.SECONDS.toNanos(5);
  private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(200);

  /** What may be asked. Called on the control socket's thread. */
  public interface Commands {
    /** Copies the data while the server runs; throws what is told to whoever asked. */
    void backup(Path target);

    /** The sockets that another server is to go on with; they stay open until {@link #end}. */
    List<Listening> sockets();

    /** How long {@link #release} may take for what runs, in nanoseconds. */
    long drainNs();

    /**
     * Drains and gives up the data folder, but not the sockets; returns when that is done.
     *
     * @throws IOException the sockets cannot be kept; nothing was given up, and it goes on
     */
    void release() throws IOException;

    /** Whether the server is to end, whatever becomes of the other one. */
    boolean isEnding();

    /** The other server serves: this one ends. */
    void end();

    /** The other server is gone: this one serves again, with another control socket. */
    void resume();
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
        } catch (RuntimeException e) {
          LOG.log(Level.WARNING, "control socket: " + e, e);
        }
      } else if (connection != -Errno.EINTR && !closing) {
        // Such as too many open files: it passes, and nobody else can be asked to hand over.
        LOG.log(Level.ERROR, "control socket: " + Errno.name(-connection));
        LockSupport.parkNanos(RETRY_NS);
      }
    }
  }

  private void answer(Linux linux, Wire wire) {
    if (linux.pollOne(wire.fd(), Linux.POLLIN, REQUEST_NS) <= 0 || !wire.receive()) {
      return;
    }
    switch (wire.op()) {
      case ControlOp.BACKUP -> backup(wire, wire.text());
      case ControlOp.TAKE_OVER -> handOver(linux, wire);
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

  /**
   * The server gives up its data for one that is there and can use the sockets. It ends when that
   * one serves, and serves again when that one is gone before.
   */
  private void handOver(Linux linux, Wire wire) {
    try {
      List<Listening> sockets = commands.sockets();
      int[] descriptors = new int[sockets.size()];
      for (int i = 0; i < descriptors.length; i++) {
        descriptors[i] = sockets.get(i).descriptor();
      }
      if (!wire.send(ControlOp.SOCKETS, 0, 0, commands.drainNs(), "", descriptors)) {
        return;
      }
    } catch (IOException e) {
      LOG.log(Level.ERROR, "take-over: " + e, e);
      wire.send(ControlOp.FAILED, 0, 0, 0, String.valueOf(e.getMessage()));
      return;
    }
    boolean answered = linux.pollOne(wire.fd(), Linux.POLLIN, REQUEST_NS) > 0;
    if (!answered || !wire.receive() || wire.op() != ControlOp.TAKEN) {
      LOG.log(Level.WARNING, "take-over: the other server is gone; this one goes on");
      return;
    }
    handingOver = true;
    LOG.log(Level.INFO, "take-over: draining");
    try {
      commands.release();
    } catch (IOException e) {
      handingOver = false;
      LOG.log(Level.ERROR, "take-over: this server goes on: " + e, e);
      wire.send(ControlOp.FAILED, 0, 0, 0, String.valueOf(e.getMessage()));
      return;
    }
    closing = true;
    LOG.log(Level.INFO, "take-over: the data folder is free");
    boolean serves = wire.send(ControlOp.RELEASED, 0, 0, 0, "") && serves(linux, wire);
    if (serves || commands.isEnding()) {
      commands.end();
    } else {
      LOG.log(Level.WARNING, "take-over: the other server is gone; this one serves again");
      commands.resume();
    }
  }

  /** Waits for as long as the other server lives: until it has ended its data are in use. */
  private boolean serves(Linux linux, Wire wire) {
    while (!commands.isEnding()) {
      if (linux.pollOne(wire.fd(), Linux.POLLIN, LOOK_NS) > 0) {
        return wire.receive() && wire.op() == ControlOp.READY;
      }
    }
    return false;
  }

  /**
   * Answers nobody more; the file is gone when it returns. The thread ends then too, or, if another
   * server takes over, when it is known whether that one serves.
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
      LinuxException.check("fcntl", linux.nonBlocking(fd)); // others may wait already: enough
      int result = linux.connectLocal(fd, path.name());
      if (result < 0
          && result != -Errno.EAGAIN
          && result != -Errno.ECONNREFUSED
          && result != -Errno.ENOENT) {
        LOG.log(Level.DEBUG, "control socket: " + Errno.name(-result));
      }
    } finally {
      linux.close(fd);
    }
  }
}
