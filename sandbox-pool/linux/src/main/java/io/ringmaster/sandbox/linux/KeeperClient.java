package io.ringmaster.sandbox.linux;

import io.ringmaster.bootstraps.Bootstraps;
import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import io.ringmaster.sandbox.system.Op;
import io.ringmaster.sandbox.system.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The engine's end of the wire to the keeper, an agent on a thread of its own: starts the keeper
 * (again, when it died) and the zygotes, and does for the dispatcher what may wait for files or for
 * the keeper. The two talk by {@link KeeperCommand} and {@link Note}; both queues are bounded by
 * the number of sandbox processes that the dispatcher allows itself.
 */
final class KeeperClient {
  private static final int FAILED_ROUNDS_MAX = 3;
  private static final long HELLO_LIMIT_NS = TimeUnit.SECONDS.toNanos(20);
  private static final long EXPECTED_EXIT_NS = TimeUnit.SECONDS.toNanos(1);
  private static final int COMMANDS_PER_TURN = 256;
  private static final long FULL_WIRE_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long END_PATIENCE_NS = TimeUnit.SECONDS.toNanos(5);
  private static final long WIRE = 0;
  private static final long KEEPER = 1;

  private record Message(int op, int id, int a, String text) {}

  // Any thread.
  private final Queue<KeeperCommand> commands = new ConcurrentLinkedQueue<>();
  private final EpollSleeper sleeper = EpollSleeper.open();
  private volatile boolean closing;

  // Read by any thread.
  private volatile Path bootstraps;
  private volatile KeeperMode mode;
  private final AtomicLong keeperStarts = new AtomicLong();

  // To the dispatcher.
  private final Queue<Note> notes;
  private final EpollSleeper dispatcher;
  private final PipeLogs logs;

  // This agent.
  private final Linux linux = new Linux();
  private final ProcessPoolConfig config;
  private final KeeperAttempts attempts;
  private final ProcessParts parts;
  private final ProcessStarts starts;
  private final RuntimeResolution resolution;
  private final Map<Integer, SandboxProcess> living = new HashMap<>();
  private final Map<Integer, Long> expectedExits = new HashMap<>();
  private final Set<Integer> killed = new HashSet<>();
  private final KeeperHeartbeat heartbeat = new KeeperHeartbeat();
  private final ArrayDeque<Message> outbox = new ArrayDeque<>();
  private KeeperProcess keeper;
  private boolean introduced;
  private long helloByNs;
  private long tickNs = Long.MAX_VALUE;

  KeeperClient(
      ProcessPoolConfig config,
      KeeperMode firstMode,
      Queue<Note> notes,
      EpollSleeper dispatcher,
      PipeLogs logs,
      ProcessParts parts) {
    this.config = config;
    this.parts = parts;
    starts = new ProcessStarts(linux, parts, this::tell);
    resolution = new RuntimeResolution(config.runtimes(), this::tell);
    attempts = new KeeperAttempts(firstMode, System.nanoTime());
    this.notes = notes;
    this.dispatcher = dispatcher;
    this.logs = logs;
  }

  // ---- any thread ----

  void command(KeeperCommand command) {
    commands.add(command);
    sleeper.wake();
  }

  /** Where the bootstraps lie; known before the first {@link Note.Resolved}. */
  Path bootstraps() {
    return bootstraps;
  }

  /** How the keeper runs; null while it starts. */
  KeeperMode mode() {
    return mode;
  }

  long keeperStarts() {
    return keeperStarts.get();
  }

  /** Asks the agent to end everything; {@link #run} returns when nothing is left. */
  void close() {
    closing = true;
    sleeper.wake();
  }

  // ---- the agent ----

  /** Runs until {@link #close}; the keeper starts while this agent goes on. */
  void run() {
    try {
      startKeeper();
      bootstraps = Bootstraps.extract(config.dataFolder().resolve("bootstraps"));
      starts.bootstraps(bootstraps);
      while (!closing) {
        long nowNs = duty();
        sleeper.await(System.nanoTime(), nextNs(nowNs), this::anythingArrived);
      }
    } catch (IOException | RuntimeException | Error e) {
      refuseAll(e);
    } finally {
      endKeeper();
      resolution.close();
      starts.close();
    }
  }

  private boolean anythingArrived() {
    return !commands.isEmpty() || closing;
  }

  /**
   * A fault of the platform: without this agent there are no processes; every wish for one is
   * refused from now on.
   */
  private void refuseAll(Throwable fault) {
    endKeeper();
    living.clear();
    tell(new Note.KeeperGone(fault.toString()));
    while (!closing) {
      takeCommands();
      starts.refuseAll(fault.toString());
      sleeper.await(System.nanoTime(), Long.MAX_VALUE, this::anythingArrived);
      sleeper.forgetReady();
    }
  }

  /** After {@link #run} returned, when nobody calls {@link #command} any more. */
  void release() {
    sleeper.close();
  }

  /** One turn; the time at which it looked whether forks are due. */
  private long duty() {
    if (keeper == null && System.nanoTime() - attempts.notBeforeNs() >= 0) {
      startKeeper();
    }
    takeCommands();
    listen();
    long nowNs = System.nanoTime();
    if (introduced) {
      starts.advance(keeper.wire, nowNs);
    }
    if (introduced && heartbeat.ask(nowNs, starts.awaitsAnswer() || !killed.isEmpty())) {
      send(Op.PING, 0, 0, "");
    }
    flush();
    expire(System.nanoTime());
    return nowNs;
  }

  /**
   * When there is something to do if nothing arrives.
   *
   * @param nowNs when the turn looked whether forks are due: those that were not then are later
   */
  private long nextNs(long nowNs) {
    long next = tickNs;
    if (keeper == null) {
      next = Math.min(next, attempts.notBeforeNs());
    } else if (!introduced) {
      next = Math.min(next, helloByNs);
    }
    if (introduced) {
      next = Math.min(next, Math.min(starts.nextNs(nowNs), heartbeat.overdueNs()));
    }
    if (!outbox.isEmpty()) {
      next = Math.min(next, System.nanoTime() + FULL_WIRE_NS);
    }
    for (long exitNs : expectedExits.values()) {
      next = Math.min(next, exitNs);
    }
    return next;
  }

  private void expire(long nowNs) {
    if (nowNs >= tickNs) {
      tickNs = Long.MAX_VALUE;
      tell(new Note.Tick());
    }
    if (keeper != null && !introduced && nowNs - helloByNs >= 0) {
      keeperGone("it did not say hello");
    }
    if (introduced
        && nowNs - heartbeat.overdueNs() >= 0
        && heartbeat.overdueNs() != Long.MAX_VALUE) {
      keeperGone("it does not answer");
    }
    for (Map.Entry<Integer, Long> expected : List.copyOf(expectedExits.entrySet())) {
      if (nowNs - expected.getValue() >= 0) {
        kill(expected.getKey());
      }
    }
  }

  private void tell(Note note) {
    notes.add(note);
    dispatcher.wake();
  }

  // ---- commands ----

  private void takeCommands() {
    KeeperCommand command;
    for (int n = 0; n < COMMANDS_PER_TURN && (command = commands.poll()) != null; n++) {
      switch (command) {
        case KeeperCommand.Resolve(String runtime) -> resolve(runtime);
        case KeeperCommand.WriteTemplate(long version, SandboxSpec spec, Interpreter interpreter) ->
            tell(
                new Note.TemplateWritten(
                    version, new BindTemplate(spec, interpreter, bootstraps, config.runtimes())));
        case KeeperCommand.Fork(SandboxProcess process) -> starts.addGeneric(process);
        case KeeperCommand.Start(SandboxProcess process) -> starts.addOwn(process);
        case KeeperCommand.Hurry() -> starts.hurry();
        case KeeperCommand.Kill(int number) -> kill(number);
        case KeeperCommand.ExpectExit(int number) -> {
          if (living.containsKey(number)) {
            expectedExits.putIfAbsent(number, System.nanoTime() + EXPECTED_EXIT_NS);
          }
        }
        case KeeperCommand.Reuse(EnvironmentKit kit) -> parts.reuse(kit);
        case KeeperCommand.TickLater(long inNs) ->
            tickNs = Math.min(tickNs, System.nanoTime() + inNs);
      }
    }
  }

  private void resolve(String runtime) {
    if (bootstraps == null) {
      String reason = "the engine's own bootstrap files cannot be used";
      tell(new Note.Resolved(RuntimeMatch.none(runtime, reason)));
    } else {
      resolution.resolve(runtime);
    }
  }

  private void kill(int number) {
    expectedExits.remove(number);
    if (living.containsKey(number)) {
      killed.add(number);
      send(Op.KILL, number, 0, "");
    }
  }

  private void send(int op, int id, int a, String text) {
    if (keeper != null) {
      outbox.add(new Message(op, id, a, text));
    }
  }

  private void flush() {
    while (keeper != null && introduced && !outbox.isEmpty()) {
      Message message = outbox.peek();
      if (keeper.wire.trySend(message.op, message.id, message.a, 0, message.text) != 0) {
        return; // full, or the keeper is gone, which its pidfd tells
      }
      outbox.remove();
    }
  }

  // ---- what the keeper tells ----

  private void listen() {
    sleeper.look();
    sleeper.forgetReady();
    if (keeper == null) {
      return;
    }
    try {
      while (true) {
        switch (keeper.wire.tryReceive()) {
          case NOTHING -> {
            return;
          }
          case END -> {
            keeperGone("it closed its end");
            return;
          }
          case MESSAGE -> {
            heartbeat.heard(System.nanoTime());
            if (!heard(keeper.wire)) {
              keeperGone("it broke the protocol: " + Op.name(keeper.wire.op()));
              return;
            }
          }
        }
      }
    } catch (LinuxException e) {
      keeperGone(e.getMessage());
    }
  }

  private boolean heard(Wire wire) {
    int id = wire.id();
    if (wire.op() == Op.HELLO) {
      return hello(wire);
    }
    switch (wire.op()) {
      case Op.ZYGOTE_READY -> starts.zygoteReady(id);
      case Op.ZYGOTE_GONE ->
          starts.zygoteGone(id, "its zygote ended with status " + wire.a(), keeper.logTail());
      case Op.FORKED -> {
        return forked(starts.forked(wire));
      }
      case Op.EXIT -> {
        SandboxProcess process = living.remove(id);
        expectedExits.remove(id);
        killed.remove(id);
        if (process == null) {
          return false;
        }
        tell(new Note.Exited(process, wire.a(), (int) Math.min(Integer.MAX_VALUE, wire.b())));
      }
      case Op.ERROR -> {
        return starts.refused(wire, keeper.logTail());
      }
      case Op.PONG -> {
        return true;
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean hello(Wire wire) {
    int[] pidfd = wire.takeDescriptors();
    if (introduced || pidfd.length != 1) {
      for (int fd : pidfd) {
        linux.close(fd);
      }
      return false;
    }
    introduced = true;
    // One that dies young is not followed by the next at once.
    attempts.worked(System.nanoTime() + KeeperAttempts.ROUND_NS);
    keeper.introduced(pidfd[0]);
    sleeper.watch(pidfd[0], Linux.EPOLLIN, KEEPER);
    mode = keeper.mode;
    keeperStarts.incrementAndGet();
    return true;
  }

  private boolean forked(SandboxProcess process) {
    if (process == null) {
      return false;
    }
    living.put(process.number, process);
    logs.add(process.logs);
    tell(new Note.Forked(process));
    return true;
  }

  // ---- the keeper's life ----

  private void startKeeper() {
    try {
      Path log = config.dataFolder().resolve("keeper.log");
      keeper = KeeperProcess.start(linux, attempts.mode(), log);
      sleeper.watch(keeper.wire.fd(), Linux.EPOLLIN, WIRE);
      helloByNs = System.nanoTime() + HELLO_LIMIT_NS;
    } catch (LinuxException e) {
      boolean refused = e.errno() == Errno.ENOENT || e.errno() == Errno.EACCES;
      startFailed(e.toString(), refused);
    } catch (UncheckedIOException e) {
      startFailed(e.toString(), false);
    }
  }

  /**
   * The wire ended, or must. Returns when nothing of the keeper, and so of any sandbox, is left.
   */
  private void keeperGone(String reason) {
    boolean wasIntroduced = introduced;
    String tail = keeper.logTail();
    endKeeper();
    starts.keeperGone(reason);
    living.clear();
    expectedExits.clear();
    killed.clear();
    outbox.clear();
    if (wasIntroduced) {
      mode = null;
      tell(new Note.KeeperGone(reason));
    } else {
      startFailed(reason + "; " + tail, KeeperAttempts.isRefusal(tail));
    }
  }

  private void startFailed(String reason, boolean refused) {
    attempts.failed(refused, System.nanoTime());
    if (attempts.rounds() >= FAILED_ROUNDS_MAX) {
      starts.refuseAll("the keeper does not start: " + reason);
    }
  }

  private void endKeeper() {
    if (keeper == null) {
      return;
    }
    sleeper.unwatch(keeper.wire.fd());
    if (keeper.pidfd() >= 0) {
      sleeper.unwatch(keeper.pidfd());
    }
    KeeperProcess ended = keeper;
    keeper = null;
    introduced = false;
    if (ended.mode == KeeperMode.SUBREAPER) {
      // Without a namespace, what it kept does not die with it when it was killed.
      living.values().forEach(process -> linux.pidfdSendSignal(process.pidfd, Linux.SIGKILL));
    }
    ended.end(END_PATIENCE_NS);
  }
}
