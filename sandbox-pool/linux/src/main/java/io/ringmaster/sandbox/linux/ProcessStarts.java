package io.ringmaster.sandbox.linux;

import io.ringmaster.bootstraps.Launch;
import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import io.ringmaster.sandbox.system.Op;
import io.ringmaster.sandbox.system.Pidfds;
import io.ringmaster.sandbox.system.SpawnCommand;
import io.ringmaster.sandbox.system.Wire;
import io.ringmaster.sandbox.system.ZygoteCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Brings processes into being, from the dispatcher's wish until the keeper names them: has zygotes
 * fork them, which it starts, or has the keeper start programs. Keeper's client only.
 */
final class ProcessStarts {
  /** So many are under way at once: so many messages, each way, always fit into the wire. */
  private static final int UNDER_WAY_MAX = 32;

  private static final long REFILL_DELAY_NS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long FULL_WIRE_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final String KEEPER_DIED = "the keeper died: ";

  /** Where a zygote is in its life. */
  private enum ZygoteState {
    ASKED,
    READY,
    /** It refused to fork, for it ends: it is told gone soon. */
    ENDING
  }

  private final Linux linux;
  private final ProcessParts parts;
  private final Consumer<Note> notes;
  private final PeakMemory peaks;
  private final int[] theirs = new int[ProcessParts.THEIRS];
  private final ArrayDeque<SandboxProcess> own = new ArrayDeque<>();
  private final ArrayDeque<SandboxProcess> generic = new ArrayDeque<>();
  private final Map<Integer, SandboxProcess> underWay = new HashMap<>();
  private final Map<Integer, ZygoteState> zygotes = new HashMap<>();
  private final JavaArchives archives = new JavaArchives();
  private Path bootstraps;
  private long genericNotBeforeNs;
  private boolean wireFull;

  ProcessStarts(Linux linux, ProcessParts parts, Consumer<Note> notes) {
    this.linux = linux;
    peaks = new PeakMemory(linux);
    this.parts = parts;
    this.notes = notes;
  }

  /** Where the bootstraps lie; before the first {@link #advance}. */
  void bootstraps(Path folder) {
    bootstraps = folder;
  }

  // ---- what the dispatcher wishes ----

  /** A process for an environment that waits for it. */
  void addOwn(SandboxProcess process) {
    own.add(process);
  }

  /** A process for a pool, a little later. */
  void addGeneric(SandboxProcess process) {
    if (generic.isEmpty()) {
      genericNotBeforeNs = System.nanoTime() + REFILL_DELAY_NS;
    }
    generic.add(process);
  }

  /** Nothing is put off any more. */
  void hurry() {
    genericNotBeforeNs = System.nanoTime();
  }

  /** Whether the keeper is to answer something. */
  boolean awaitsAnswer() {
    return !underWay.isEmpty();
  }

  /**
   * When to {@link #advance} if nothing arrives.
   *
   * @param nowNs when it was done last: those that were not due then are due later
   */
  long nextNs(long nowNs) {
    if (wireFull) {
      return nowNs + FULL_WIRE_NS;
    }
    return !generic.isEmpty() && nowNs < genericNotBeforeNs ? genericNotBeforeNs : Long.MAX_VALUE;
  }

  /** Asks the keeper for what is due. */
  void advance(Wire wire, long nowNs) {
    wireFull = false;
    while (!own.isEmpty() && hasRoom()) {
      startOwn(wire, own.remove());
    }
    if (nowNs < genericNotBeforeNs) {
      return;
    }
    int deferred = 0;
    while (hasRoom() && generic.size() > deferred) {
      SandboxProcess process = generic.remove();
      GenericPool pool = process.pool;
      if (!pool.forks()) {
        start(wire, process);
      } else if (zygotes.get(pool.zygote) == ZygoteState.READY) {
        fork(wire, process);
      } else {
        if (!zygotes.containsKey(pool.zygote)) {
          startZygote(wire, pool);
        }
        generic.add(process);
        deferred++;
      }
    }
  }

  private boolean hasRoom() {
    return underWay.size() < UNDER_WAY_MAX && !wireFull;
  }

  private void startZygote(Wire wire, GenericPool pool) {
    Launch launch = Launch.zygote(pool.interpreter.executable(), bootstraps);
    String text = new ZygoteCommand(launch.argv(), launch.environment()).encode();
    int sent = wire.trySend(Op.ZYGOTE, pool.zygote, 0, 0, text);
    if (sent == 0) {
      zygotes.put(pool.zygote, ZygoteState.ASKED);
    } else {
      wireFull = true;
    }
  }

  private void fork(Wire wire, SandboxProcess process) {
    try {
      parts.make(process, theirs);
      int zygote = process.pool.zygote;
      long awaited = process.awaited ? 1 : 0;
      sent(process, wire.trySend(Op.FORK, process.number, zygote, awaited, "", parts.sent(theirs)));
    } catch (LinuxException | IOException e) {
      failed(process, e.toString(), false);
    } finally {
      parts.close(theirs);
    }
  }

  private void start(Wire wire, SandboxProcess process) {
    Interpreter interpreter = process.pool.interpreter;
    archives.started(interpreter, bootstraps);
    try {
      Launch launch =
          Launch.of(
              interpreter.family(),
              interpreter.executable(),
              interpreter.major(),
              interpreter.minor(),
              bootstraps,
              process.pool.memoryMb);
      parts.make(process, theirs);
      SpawnCommand command = new SpawnCommand("/", launch.argv(), launch.environment());
      sent(
          process,
          wire.trySend(Op.SPAWN, process.number, 0, 0, command.encode(), parts.sent(theirs)));
    } catch (LinuxException | IOException | IllegalArgumentException e) {
      failed(process, e.toString(), false);
    } finally {
      parts.close(theirs);
    }
  }

  private void startOwn(Wire wire, SandboxProcess process) {
    OwnProgram program = OwnProgram.of(process.own, bootstraps);
    if (program == null) {
      refused(process, OwnProgram.NO_BOOTSTRAP);
      return;
    }
    try {
      parts.make(process, theirs);
      String text = program.command(process).encode();
      int[] fds =
          process.own.byRuntimeApi() ? new int[] {theirs[ProcessParts.LOG]} : parts.sent(theirs);
      sent(process, wire.trySend(Op.SPAWN, process.number, 0, 0, text, fds));
    } catch (LinuxException
        | IOException
        | UncheckedIOException
        | IllegalArgumentException
        | IllegalStateException e) {
      failed(process, e.toString(), false);
    } finally {
      parts.close(theirs);
    }
  }

  private void sent(SandboxProcess process, int result) {
    if (result == 0) {
      underWay.put(process.number, process);
    } else {
      wireFull = result == -Errno.EAGAIN;
      failed(process, "the keeper's wire: " + Errno.name(-result), true);
    }
  }

  // ---- what becomes of them ----

  /** Gives back what the process had and tells that it will never be. */
  private void failed(SandboxProcess process, String reason, boolean again) {
    parts.giveBack(process);
    notes.accept(new Note.ForkFailed(process, reason, again));
  }

  private void refused(SandboxProcess process, String text) {
    parts.giveBack(process);
    notes.accept(new Note.Refused(process, OwnProgram.INVALID_ENTRYPOINT, text));
  }

  /**
   * The keeper named a process.
   *
   * @return it, with its pidfd; null: the message is not what it must be
   */
  SandboxProcess forked(Wire wire) {
    SandboxProcess process = underWay.remove(wire.id());
    int[] pidfd = wire.takeDescriptors();
    if (process == null || pidfd.length != 1) {
      for (int fd : pidfd) {
        linux.close(fd);
      }
      return null;
    }
    process.pidfd = pidfd[0];
    process.pid = Math.max(0, Pidfds.pid(pidfd[0]));
    if (process.session != null && process.pid > 0) {
      process.statusFd = linux.open("/proc/" + process.pid + "/status", Linux.O_RDONLY);
      if (process.statusFd >= 0) {
        process.firstMemoryKb = peaks.read(process.statusFd); // it may never be seen again
      }
    }
    return process;
  }

  /** The keeper refused a FORK, a SPAWN or a ZYGOTE; false: it was not asked for that. */
  boolean refused(Wire wire, String logTail) {
    String reason = wire.text() + ": " + Errno.name(wire.a());
    switch ((int) wire.b()) {
      case Op.FORK, Op.SPAWN -> {
        SandboxProcess process = underWay.remove(wire.id());
        if (process == null) {
          return false;
        }
        String fault = process.own == null ? null : OwnProgram.fault(process.own, wire.a());
        if (fault == null) {
          failed(process, reason, refusedByAnEnding(process, wire.a()));
        } else {
          refused(process, fault);
        }
      }
      case Op.ZYGOTE -> zygoteGone(wire.id(), reason, logTail);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Of all that a zygote refuses as it ends, only the first tells something of the next one. */
  private boolean refusedByAnEnding(SandboxProcess process, int errno) {
    if (process.pool == null || !process.pool.forks() || errno != Errno.ESRCH) {
      return false;
    }
    return !zygotes.replace(process.pool.zygote, ZygoteState.READY, ZygoteState.ENDING);
  }

  void zygoteReady(int zygote) {
    zygotes.put(zygote, ZygoteState.READY);
  }

  /** What waited for a zygote that ended before it was ready fails; a later fork starts another. */
  void zygoteGone(int zygote, String reason, String logTail) {
    if (zygotes.remove(zygote) == ZygoteState.ASKED) {
      for (SandboxProcess process : List.copyOf(generic)) {
        if (process.pool.forks() && process.pool.zygote == zygote) {
          generic.remove(process);
          failed(process, reason + "; " + logTail, false);
        }
      }
    }
  }

  /** The keeper is gone: what it was asked for will never be; the rest waits for the next one. */
  void keeperGone(String reason) {
    for (SandboxProcess process : underWay.values()) {
      if (process.own != null) {
        process.kit = null; // its function may have run already: what it wrote is for no other one
      }
      failed(process, KEEPER_DIED + reason, true);
    }
    underWay.clear();
    zygotes.clear();
  }

  /** There will be no keeper: nothing of what was wished will be. */
  void refuseAll(String reason) {
    keeperGone(reason);
    while (!own.isEmpty()) {
      failed(own.remove(), reason, false);
    }
    while (!generic.isEmpty()) {
      failed(generic.remove(), reason, false);
    }
  }

  /** Forgets what is under way, after the keeper's end; nobody is told. */
  void close() {
    archives.close();
    underWay.values().forEach(parts::giveBack);
    underWay.clear();
    own.forEach(parts::giveBack);
    own.clear();
  }
}
