package io.ringmaster.sandbox.keeper;

import static io.ringmaster.sandbox.system.LinuxException.check;

import io.ringmaster.sandbox.system.EpollEvents;
import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import io.ringmaster.sandbox.system.Op;
import io.ringmaster.sandbox.system.SpawnCommand;
import io.ringmaster.sandbox.system.WaitStatus;
import io.ringmaster.sandbox.system.Wire;
import io.ringmaster.sandbox.system.ZygoteCommand;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keeper's main class: serves the engine at the other end of descriptor 3 until that ends.
 *
 * <p>To be started with SIGCHLD blocked, as PID 1 of a new pid namespace (by {@code unshare -pf
 * --kill-child} or, with a user namespace, {@code unshare -Urpf --kill-child}) or, where neither is
 * allowed, plainly: then it is a child subreaper. Exit code 0: the engine has gone; 1: a fault,
 * told on standard error; 2: started wrongly.
 *
 * <p>How sandboxes end: by exit, as wait statuses tell; by a signal, which a sandbox's PID 1
 * reports ({@link Reports}); by KILL, which is signal 9. EXIT carries all three as one wait status.
 */
public final class Keeper {
  private static final int ENGINE_FD = 3;
  private static final long ENGINE = -1;
  private static final long SIGNALS = -2;

  /** While more answers than this wait for the engine, its commands are not read. */
  private static final int ANSWERS_MAX = 4096;

  /** Messages taken from one wire before the others get their turn. */
  private static final int BATCH = 64;

  /** Strays that are left are looked for again after so long. */
  private static final long STRAYS_NS = 10_000_000;

  /**
   * What still forks after its sandbox's end takes so much of a turn at most, and two thirds of the
   * keeper's time.
   */
  private static final long STRAYS_BUDGET_NS = 20_000_000;

  private final Linux linux = new Linux();
  private final Wire engine = new Wire(linux, ENGINE_FD);
  private final Outbox answers = new Outbox(linux, engine);
  private final Reaper reaper = new Reaper(linux);
  private final Reports reports = new Reports(linux);
  private final ProcessTree tree = new ProcessTree(linux);
  private final ProcessTree strayTree = new ProcessTree(linux, STRAYS_BUDGET_NS);
  private final PeakMemory peaks = new PeakMemory(linux);
  private final Spawner spawner = new Spawner(linux);
  private final Sandboxes sandboxes = new Sandboxes();
  private final Map<Integer, Zygote> zygotes = new HashMap<>();
  private final int self = linux.getpid();
  private final int epoll = (int) check("epoll_create1", linux.epollCreate());
  private boolean engineGone;

  /** Processes may be left of sandboxes without a namespace. */
  private boolean strays;

  private Keeper() {}

  /** Takes no arguments. */
  public static void main(String[] args) {
    int status = 0;
    if ((new Linux().blockSignals(Linux.SIGCHLD) & Linux.signalSet(Linux.SIGCHLD)) == 0) {
      System.err.println("keeper: SIGCHLD must be blocked when it is started");
      status = 2;
    } else {
      try {
        Keeper keeper = new Keeper();
        try {
          keeper.serve();
        } finally {
          keeper.endAll();
        }
      } catch (Throwable fault) {
        fault.printStackTrace();
        status = 1;
      }
    }
    System.exit(status);
  }

  private void serve() {
    linux.fcntl(ENGINE_FD, Linux.F_SETFD, Linux.FD_CLOEXEC);
    if (self != 1) {
      check("prctl", linux.prctl(Linux.PR_SET_CHILD_SUBREAPER, 1));
    }
    watch(Linux.EPOLL_CTL_ADD, ENGINE_FD, Linux.EPOLLIN, ENGINE);
    watch(Linux.EPOLL_CTL_ADD, reaper.fd(), Linux.EPOLLIN, SIGNALS);
    int pidfd = (int) check("pidfd_open", linux.pidfdOpen(self));
    answers.send(Op.HELLO, 0, self, 0, "", pidfd);
    EpollEvents events = linux.epollEvents(64);
    while (!engineGone) {
      int n = linux.epollWait(epoll, events, strays ? STRAYS_NS : -1);
      for (int i = 0; i < n; i++) {
        ready(events.data(i));
      }
      if (strays) {
        reap();
        killStrays(strayTree);
      }
      answers.flush();
      watch(Linux.EPOLL_CTL_MOD, ENGINE_FD, engineInterest(), ENGINE);
    }
  }

  private void ready(long source) {
    if (source == ENGINE) {
      commands();
    } else if (source == SIGNALS) {
      reaper.clear();
      reap();
    } else {
      Zygote zygote = zygotes.get((int) source);
      if (zygote != null) {
        zygote.outbox.flush();
        hear(zygote);
        reap(); // an end may have waited for the name that was just told
      }
    }
  }

  private int engineInterest() {
    int read = answers.size() < ANSWERS_MAX ? Linux.EPOLLIN : 0;
    return answers.size() == 0 ? read : read | Linux.EPOLLOUT;
  }

  private void watch(int operation, int fd, int events, long data) {
    check("epoll_ctl", linux.epollControl(epoll, operation, fd, events, data));
  }

  // ---- what the engine commands ----

  private void commands() {
    for (int i = 0; i < BATCH && answers.size() < ANSWERS_MAX; i++) {
      switch (engine.tryReceive()) {
        case NOTHING -> {
          return;
        }
        case END -> {
          engineGone = true;
          return;
        }
        case MESSAGE -> command();
      }
    }
  }

  private void command() {
    int op = engine.op();
    int id = engine.id();
    try {
      switch (op) {
        case Op.PING -> answers.send(Op.PONG, id, 0, 0, "");
        case Op.ZYGOTE -> startZygote(id, engine.text());
        case Op.ZYGOTE_END -> endZygote(zygotes.get(id));
        case Op.FORK -> fork(id, zygotes.get(engine.a()));
        case Op.SPAWN -> spawn(id, engine.text());
        case Op.KILL -> kill(sandboxes.byId(id));
        default -> throw new LinuxException(Op.name(op), Errno.ENOSYS);
      }
    } catch (LinuxException refused) {
      answers.send(Op.ERROR, id, refused.errno(), op, refused.getMessage());
    } catch (IllegalArgumentException malformed) {
      answers.send(Op.ERROR, id, Errno.EINVAL, op, malformed.getMessage());
    }
  }

  private void startZygote(int id, String text) {
    if (zygotes.containsKey(id)) {
      throw new LinuxException("zygote " + id, Errno.EEXIST);
    }
    if (id < 0) {
      throw new LinuxException("zygote " + id, Errno.EINVAL);
    }
    Zygote zygote = Zygote.start(linux, id, ZygoteCommand.decode(text), reports.writeEnd());
    zygotes.put(id, zygote);
    watch(Linux.EPOLL_CTL_ADD, zygote.wire.fd(), Linux.EPOLLIN, id);
  }

  private void endZygote(Zygote zygote) {
    if (zygote != null && !zygote.reaped) {
      zygote.ending = true;
      linux.kill(zygote.pid, Linux.SIGKILL);
    }
  }

  private void fork(int id, Zygote zygote) {
    if (sandboxes.byId(id) != null) {
      throw new LinuxException("sandbox " + id, Errno.EEXIST);
    }
    if (zygote == null || zygote.ending) {
      throw new LinuxException("zygote " + engine.a(), Errno.ESRCH);
    }
    if (engine.descriptors() != 3 && engine.descriptors() != 4) {
      throw new LinuxException(engine.descriptors() + " descriptors", Errno.EINVAL);
    }
    Sandbox sandbox = new Sandbox(id, zygote, linux.random());
    sandboxes.add(sandbox);
    int awaited = (int) engine.b();
    zygote.outbox.send(Op.FORK, id, awaited, sandbox.token, "", engine.takeDescriptors());
    watchZygote(zygote);
  }

  private void spawn(int id, String text) {
    if (sandboxes.byId(id) != null) {
      throw new LinuxException("sandbox " + id, Errno.EEXIST);
    }
    if (engine.descriptors() == 0 || engine.descriptors() == 2) {
      throw new LinuxException(engine.descriptors() + " descriptors", Errno.EINVAL);
    }
    SpawnCommand command = SpawnCommand.decode(text);
    int[] descriptors = engine.takeDescriptors();
    Sandbox sandbox;
    try {
      sandbox = spawner.start(id, command, descriptors);
    } finally {
      for (int descriptor : descriptors) {
        linux.close(descriptor);
      }
    }
    sandboxes.add(sandbox);
    tell(sandbox);
  }

  private void watchZygote(Zygote zygote) {
    int events = zygote.outbox.size() == 0 ? Linux.EPOLLIN : Linux.EPOLLIN | Linux.EPOLLOUT;
    watch(Linux.EPOLL_CTL_MOD, zygote.wire.fd(), events, zygote.id);
  }

  private void kill(Sandbox sandbox) {
    if (sandbox == null) {
      return; // its EXIT is on the way
    }
    sandbox.killed = true;
    if (sandbox.pid != 0) {
      killNow(sandbox);
    }
  }

  /** Its pid cannot be another's: only this thread reaps. */
  private void killNow(Sandbox sandbox) {
    if (sandbox.zygote == null && !sandbox.ended) {
      sandbox.peakRssKib = peaks.ofTop(sandbox.pid);
    }
    if (sandbox.zygote == null && sandbox.namespace()) {
      linux.kill(sandbox.init, Linux.SIGKILL);
      return;
    }
    if (sandbox.zygote != null) {
      sandbox.peakRssKib = peaks.ofChildren(sandbox.pid);
    }
    if (sandbox.namespace()) {
      linux.kill(sandbox.pid, Linux.SIGKILL);
    } else {
      tree.kill(sandbox.pid);
    }
  }

  // ---- what zygotes tell ----

  private void hear(Zygote zygote) {
    try {
      while (true) {
        switch (zygote.wire.tryReceive()) {
          case NOTHING -> {
            watchZygote(zygote);
            return;
          }
          case END -> {
            deaf(zygote);
            return;
          }
          case MESSAGE -> heard(zygote);
        }
      }
    } catch (LinuxException broken) {
      if (broken.errno() != Errno.EPROTO) {
        throw broken;
      }
      deaf(zygote);
    }
  }

  /** It can be asked no more: it shall end, and is told gone when it is reaped. */
  private void deaf(Zygote zygote) {
    if (!zygote.deaf) {
      zygote.deaf = true;
      watch(Linux.EPOLL_CTL_DEL, zygote.wire.fd(), 0, 0);
    }
    endZygote(zygote);
  }

  private void heard(Zygote zygote) {
    Wire wire = zygote.wire;
    int id = wire.id();
    switch (wire.op()) {
      case Op.ZYGOTE_READY -> {
        zygote.namespaces = wire.b() == 1;
        answers.send(Op.ZYGOTE_READY, zygote.id, wire.a(), wire.b(), wire.text());
      }
      case Op.FORKED -> forked(unnamed(zygote, id), wire.a());
      case Op.ERROR -> {
        sandboxes.remove(unnamed(zygote, id));
        answers.send(Op.ERROR, id, wire.a(), Op.FORK, wire.text());
      }
      default -> throw new LinuxException("zygote's " + Op.name(wire.op()), Errno.EPROTO);
    }
  }

  private Sandbox unnamed(Zygote zygote, int id) {
    Sandbox sandbox = sandboxes.byId(id);
    if (sandbox == null || sandbox.zygote != zygote || sandbox.pid != 0) {
      throw new LinuxException("zygote names sandbox " + id, Errno.EPROTO);
    }
    return sandbox;
  }

  private void forked(Sandbox sandbox, int pid) {
    sandboxes.named(sandbox, pid);
    tell(sandbox);
  }

  /** Names it to the engine; without a descriptor for it, it is ended instead. */
  private void tell(Sandbox sandbox) {
    int pidfd = linux.pidfdOpen(sandbox.pid); // a zombie has one too
    if (pidfd >= 0) {
      answers.send(Op.FORKED, sandbox.id, sandbox.pid, 0, "", pidfd);
    } else {
      sandbox.refused = -pidfd;
      sandbox.killed = true;
    }
    if (sandbox.killed) {
      killNow(sandbox);
    }
  }

  /** Nothing of it runs any more. */
  private void over(Sandbox sandbox, int status, long peakRssKib) {
    sandboxes.remove(sandbox);
    if (sandbox.refused == 0) {
      answers.send(Op.EXIT, sandbox.id, status, peakRssKib, "");
    } else {
      int asked = sandbox.zygote == null ? Op.SPAWN : Op.FORK;
      answers.send(Op.ERROR, sandbox.id, sandbox.refused, asked, "pidfd_open");
    }
  }

  // ---- who has ended ----

  private void reap() {
    int pid;
    while ((pid = reaper.next()) > 0) {
      Sandbox sandbox = sandboxes.byPid(pid);
      Zygote zygote = zygoteOf(pid);
      if (zygote != null) {
        ended(zygote);
      } else if (sandbox != null
          && sandbox.zygote == null
          && (sandbox.namespace() || !sandboxes.anyUnnamed())) {
        endedSpawned(sandbox, pid);
      } else if (sandbox != null && sandbox.namespace()) {
        ended(sandbox);
      } else if (sandboxes.anyUnnamed()) {
        // An unknown one may be what a zygote is about to name; strays cannot be told from such
        // either.
        if (!anyZygoteEnded()) {
          return;
        }
      } else if (sandbox != null) {
        ended(sandbox);
      } else {
        reaper.reap(pid); // an orphan, or a sandbox that was never named
      }
    }
  }

  private Zygote zygoteOf(int pid) {
    for (Zygote zygote : zygotes.values()) {
      if (zygote.pid == pid) {
        return zygote;
      }
    }
    return null;
  }

  /** Looks behind an unknown zombie, which hides what ended after it. */
  private boolean anyZygoteEnded() {
    for (Zygote zygote : List.copyOf(zygotes.values())) {
      if (ended(zygote)) {
        return true;
      }
    }
    return false;
  }

  private void ended(Sandbox sandbox) {
    if (!reaper.reap(sandbox.pid)) {
      return;
    }
    int status = reaper.status();
    if (!sandbox.namespace()) {
      killStrays(tree);
    }
    reports.read(sandboxes);
    if (WaitStatus.exited(status) && sandbox.reported >= 0) {
      status = sandbox.reported;
    }
    // Seen before the kill, or reported; what PID 1 itself has as its peak may be the zygote's.
    long peak = sandbox.peakRssKib > 0 ? sandbox.peakRssKib : reaper.peakRssKib();
    over(sandbox, status, peak);
  }

  /** One of the processes that the keeper itself made for a sandbox; it is over when both are. */
  private void endedSpawned(Sandbox sandbox, int pid) {
    if (!reaper.reap(pid)) {
      return;
    }
    sandboxes.reaped(pid);
    if (pid == sandbox.init) {
      sandbox.init = 0;
    } else {
      sandbox.ended = true;
      sandbox.status = reaper.status();
      if (reaper.peakRssKib() > sandbox.inheritedPeakKib) {
        sandbox.peakRssKib = Math.max(sandbox.peakRssKib, reaper.peakRssKib());
      }
      if (sandbox.init != 0) {
        linux.kill(sandbox.init, Linux.SIGKILL); // and with it what the function left running
      }
      if (!sandbox.namespace()) {
        killStrays(tree);
      }
    }
    if (sandbox.ended && sandbox.init == 0) {
      over(sandbox, sandbox.status, sandbox.peakRssKib);
    }
  }

  /**
   * What forks faster than it is killed goes on being killed in later turns: it keeps the keeper
   * from nothing else. What was just forked and is not named yet looks like a stray.
   */
  private void killStrays(ProcessTree within) {
    strays = sandboxes.anyUnnamed() || !within.killBelow(self, this::stray);
  }

  /**
   * Without namespaces: what a PID 1 that was killed left behind has become a child of the keeper.
   */
  private boolean stray(int pid) {
    return sandboxes.byPid(pid) == null && zygoteOf(pid) == null;
  }

  private boolean ended(Zygote zygote) {
    if (!reaper.reap(zygote.pid)) {
      return false;
    }
    int status = reaper.status();
    zygote.ending = true;
    zygote.reaped = true;
    if (!zygote.deaf) {
      hear(zygote); // what it said before it ended
    }
    for (Sandbox sandbox : sandboxes.unnamed(zygote)) {
      sandboxes.remove(sandbox);
      answers.send(Op.ERROR, sandbox.id, Errno.ESRCH, Op.FORK, "the zygote ended");
    }
    zygotes.remove(zygote.id);
    zygote.close();
    answers.send(Op.ZYGOTE_GONE, zygote.id, status, 0, "");
    return true;
  }

  /** The kernel kills a whole namespace with its PID 1; without one the keeper does. */
  private void endAll() {
    if (self == 1) {
      return;
    }
    do {
      tree.killBelow(self, child -> true);
      int pid;
      while ((pid = reaper.next()) > 0) {
        reaper.reap(pid);
      }
      linux.pollOne(reaper.fd(), Linux.POLLIN, 1_000_000);
      reaper.clear();
    } while (reaper.next() != -Errno.ECHILD);
  }
}
