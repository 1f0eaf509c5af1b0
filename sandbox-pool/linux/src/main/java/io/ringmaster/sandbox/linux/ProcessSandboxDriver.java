package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.channel.ChannelBuffers;
import io.ringmaster.sandbox.linux.channel.Transfer;
import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Slots;
import io.ringmaster.sandbox.system.Linux;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Sandboxes that are real processes.
 *
 * <p>What the dispatcher asks for happens here at once where it can (writing to pipes), and by the
 * keeper's client where it cannot (forks, kills, files), or by the copier (large payloads). What
 * happened is found in five places, which {@link #poll} looks into: the client's notes, the ready
 * descriptors, what the copier has moved, the sessions of the Runtime API that have something to
 * tell, and what followed from the dispatcher's own calls.
 *
 * <p>An exit is told when the client noted it and the channel is read to its end: an answer that
 * was written before the exit is delivered before it.
 */
final class ProcessSandboxDriver implements SandboxDriver {
  private static final int SIGKILLED = 9;

  /** Of functions that say nothing else. */
  private static final int DEFAULT_MEMORY_MB = 128;

  private final EpollSleeper sleeper;
  private final KeeperClient client;
  private final Queue<Note> notes;
  private final Queue<SandboxProcess> arrivals;
  private final Runnable endProcesses;
  private final Runnable endRest;
  private final DriverCounters counters = new DriverCounters();
  private final Environments environments;
  private final SandboxProcesses processes;
  private final RuntimePools pools;
  private final EnvironmentEnds ends;
  private final Binder binder;
  private final Receiver receiver;
  private final PolledChannels polled;
  private final Queue<Transfer> moved = new ConcurrentLinkedQueue<>();
  private final Copier copier;
  private final ArrayDeque<SandboxProcess> answering = new ArrayDeque<>();
  private final ArrayDeque<SandboxProcess> speaking = new ArrayDeque<>();
  private final ArrayDeque<SandboxProcess> exiting = new ArrayDeque<>();
  private int cursor;
  private boolean closed;

  /**
   * @param notes from the keeper's client
   * @param arrivals processes whose session has something to tell, {@link SandboxProcess#told} set
   * @param endProcesses ends the keeper and its client, and waits for that
   * @param endRest removes what is left on disk
   */
  ProcessSandboxDriver(
      ProcessPoolConfig config,
      EpollSleeper sleeper,
      KeeperClient client,
      Queue<Note> notes,
      Queue<SandboxProcess> arrivals,
      FolderRemover remover,
      Runnable endProcesses,
      Runnable endRest) {
    this.sleeper = sleeper;
    this.client = client;
    this.notes = notes;
    this.arrivals = arrivals;
    this.endProcesses = endProcesses;
    this.endRest = endRest;
    Linux linux = new Linux();
    copier = new Copier(moved, sleeper);
    ChannelBuffers buffers = new ChannelBuffers(linux, copier);
    environments = new Environments(config.sandboxesMax());
    polled = new PolledChannels(buffers, counters);
    sleeper.polls(polled);
    processes = new SandboxProcesses(linux, sleeper, client, remover, polled);
    pools = new RuntimePools(config, client, processes);
    ends = new EnvironmentEnds(environments, processes, pools, remover);
    binder = new Binder(config.runtimes(), client, buffers, processes, pools, ends, counters);
    receiver =
        new Receiver(client, linux, buffers, processes, pools, binder, ends, polled, counters);
    config.preparedRuntimes().forEach(runtime -> pools.expect(runtime, DEFAULT_MEMORY_MB));
  }

  // ---- what the dispatcher asks for ----

  @Override
  public int prepare(PoolKey key, SandboxSpec spec) {
    Environment environment = environments.add(key, spec, System.nanoTime());
    if (environment == null) {
      return -1;
    }
    binder.findProcess(environment);
    return environment.id;
  }

  @Override
  public boolean offer(int slot, Invocation invocation) {
    Environment environment = environments.find(Slots.sandbox(slot));
    if (environment == null || Slots.index(slot) != 0) {
      return false;
    }
    switch (environment.state) {
      case IDLE -> {
        environment.state = environment.state.to(EnvironmentState.BUSY);
        environment.invocation = invocation;
        environment.sequence = invocation.sequence();
        receiver.invoke(environment);
        return true;
      }
      case VACANT -> {
        environment.state = environment.state.to(EnvironmentState.AWAITING);
        environment.invocation = invocation;
        environment.sequence = invocation.sequence();
        environment.askedNs = System.nanoTime();
        binder.findProcess(environment);
        return true;
      }
      case BUSY -> {
        return receiver.invokeBehind(environment, invocation);
      }
      case LOST -> {
        return true; // that it failed is told next, of this invocation too
      }
      default -> {
        return false;
      }
    }
  }

  @Override
  public int prefetches(int sandbox) {
    Environment environment = environments.find(sandbox);
    return environment == null || environment.process == null
        ? 0
        : environment.process.channel.prefetches();
  }

  @Override
  public boolean revoke(int slot, long sequence) {
    Environment environment = environments.find(Slots.sandbox(slot));
    if (environment == null) {
      return false;
    }
    if (environment.state == EnvironmentState.BUSY
        || environment.state == EnvironmentState.ENDING) {
      return receiver.revoke(environment, sequence);
    }
    if (environment.invocation == null || environment.sequence != sequence) {
      return false;
    }
    environment.invocation = null; // its process was not there yet, and goes on becoming ready
    return true;
  }

  @Override
  public void reset(int sandbox, Fault reason) {
    Environment environment = environments.find(sandbox);
    if (environment != null) {
      ends.reset(environment);
    }
  }

  @Override
  public void discard(int sandbox, Fault reason) {
    Environment environment = environments.find(sandbox);
    if (environment != null) {
      ends.abandon(environment);
      environments.remove(environment);
    }
  }

  @Override
  public void credit(int slot, int bytes) {
    Environment environment = environments.find(Slots.sandbox(slot));
    if (environment != null && environment.state == EnvironmentState.BUSY) {
      receiver.credit(environment, bytes);
    }
  }

  @Override
  public String logStream(int sandbox) {
    Environment environment = environments.find(sandbox);
    return environment == null || environment.logStream == null ? "" : environment.logStream;
  }

  @Override
  public long initLogPosition(int sandbox) {
    Environment environment = environments.find(sandbox);
    return environment == null ? ResponseBuffer.UNKNOWN : environment.initLogPosition;
  }

  @Override
  public boolean killable() {
    return true;
  }

  @Override
  public boolean hasEvents() {
    return !notes.isEmpty()
        || ends.any()
        || !exiting.isEmpty()
        || !speaking.isEmpty()
        || !arrivals.isEmpty()
        || !answering.isEmpty()
        || !moved.isEmpty()
        || polled.any()
        || sleeper.readyCount() > 0;
  }

  @Override
  public int poll(DriverEvents sink, int limit) {
    int delivered = tell(sink, limit);
    int noted = 0; // each costs as much as an event, whether one follows from it or not
    Note note;
    while (delivered + noted < limit && (note = notes.poll()) != null) {
      heard(note);
      noted++;
      delivered += tell(sink, limit - delivered);
    }
    delivered += hear(sink, limit - delivered);
    delivered += takeMoved(sink, limit - delivered);
    delivered += takeAnswers(sink, limit - delivered);
    if (cursor == 0) {
      sleeper.lookIfOverdue();
    }
    while (delivered < limit && cursor < sleeper.readyCount()) {
      long data = sleeper.readyData(cursor++);
      SandboxProcess process = data < 0 ? null : processes.find(data);
      if (process != null) {
        delivered += ready(process, data, sink);
        delivered += tell(sink, limit - delivered);
      }
    }
    if (cursor >= sleeper.readyCount()) {
      sleeper.forgetReady();
      cursor = 0;
    }
    return delivered;
  }

  private int ready(SandboxProcess process, long data, DriverEvents sink) {
    if (SandboxProcesses.isRequest(data)) {
      if (process.watchingRequest) {
        receiver.flush(process);
      }
      return 0;
    }
    return process.watchingResponse ? receive(process, sink) : 0;
  }

  private int receive(SandboxProcess process, DriverEvents sink) {
    int told = receiver.receive(process, sink);
    if (told > 0 && !process.answering && process.channel.holdsAnswer()) {
      process.answering = true;
      answering.add(process);
    }
    return told;
  }

  /** What the copier has moved. */
  private int takeMoved(DriverEvents sink, int limit) {
    int delivered = 0;
    Transfer transfer;
    while (delivered < limit && (transfer = moved.poll()) != null) {
      SandboxProcess process = processes.find(transfer.owner());
      if (process == null) {
        continue;
      }
      boolean wanted = process.inline.moved(transfer);
      if (process.leavesWhenMoved) {
        receiver.exits(process); // the copier has taken of what was there
        leaves(process);
      } else if (wanted) {
        processes.watchMoving(process);
        processes.watchRequest(process);
        delivered += receive(process, sink);
      }
      delivered += tell(sink, limit - delivered);
    }
    return delivered;
  }

  /** Answers that lie in segments, and what was read together with an answer. */
  private int takeAnswers(DriverEvents sink, int limit) {
    int delivered = 0;
    for (int i = answering.size(); i > 0 && delivered < limit; i--) {
      SandboxProcess process = answering.remove();
      process.answering = false;
      if (process.state == ProcessState.BOUND && !process.responseEnded) {
        delivered += receive(process, sink);
        delivered += tell(sink, limit - delivered);
      }
    }
    for (int i = polled.count() - 1; i >= 0 && delivered < limit; i--) {
      if (i < polled.count() && polled.answers(i)) {
        delivered += receive(polled.get(i), sink);
        delivered += tell(sink, limit - delivered);
      }
    }
    return delivered;
  }

  /** What sessions of the Runtime API tell. */
  private int hear(DriverEvents sink, int limit) {
    SandboxProcess arrived;
    while ((arrived = arrivals.poll()) != null) {
      arrived.told.set(false);
      speaking.add(arrived);
    }
    int delivered = 0;
    while (delivered < limit && !speaking.isEmpty()) {
      SandboxProcess process = speaking.peek();
      boolean over = process.exited && process.session.finished(); // before the last look
      int told = process.state == ProcessState.BOUND ? receiver.receive(process, sink) : 0;
      if (told == 0) {
        speaking.remove(); // one that is not there yet is heard when it comes
        if (over) {
          leaves(process);
        }
      }
      delivered += told;
      delivered += tell(sink, limit - delivered);
    }
    return delivered;
  }

  /** Events that are due whatever channels say: exits, and what followed from the calls. */
  private int tell(DriverEvents sink, int limit) {
    int delivered = ends.tell(sink, limit);
    while (delivered < limit && !exiting.isEmpty()) {
      int told = receiver.readToItsEnd(exiting.peek(), sink);
      if (exiting.peek().state == ProcessState.GONE) {
        exiting.remove();
      }
      delivered += Math.abs(told);
    }
    return delivered;
  }

  // ---- what the keeper's client noted ----

  private void heard(Note note) {
    switch (note) {
      case Note.Resolved(var match) -> {
        RuntimePools.Entry entry = pools.resolved(match);
        while (!entry.waiting.isEmpty()) {
          binder.findProcess(entry.waiting.remove());
        }
        while (!entry.announced.isEmpty()) {
          binder.expect(entry.announced.remove());
        }
      }
      case Note.Forked(SandboxProcess process) -> {
        binder.forked(process);
        if (process.session != null) {
          speaking.add(process); // what it said meanwhile was not heard
        }
      }
      case Note.ForkFailed(SandboxProcess process, String reason, boolean again) ->
          binder.failed(process, reason, again);
      case Note.Refused(SandboxProcess process, String errorType, String text) ->
          binder.refused(process, errorType, text);
      case Note.Exited(SandboxProcess process, int status, int maxMemoryKb) -> {
        process.exited = true;
        process.exitStatus = status;
        process.exitMemoryKb = maxMemoryKb;
        receiver.exits(process);
        if (process.session != null && process.state == ProcessState.BOUND) {
          process.session.finish(); // its last words may be unread; it leaves when they are told
        } else {
          leaves(process);
        }
      }
      case Note.KeeperGone(String reason) -> keeperGone(reason);
      case Note.Expected expected -> {
        pools.expect(expected.spec().runtime(), expected.spec().memoryMb());
        binder.expect(expected);
      }
      case Note.TemplateWritten(long version, BindTemplate template) ->
          binder.expected(version, template);
      case Note.Tick() -> pools.trim(System.nanoTime());
    }
  }

  private void leaves(SandboxProcess process) {
    process.channel.exits();
    if (process.channel.moving()) {
      process.leavesWhenMoved = true;
    } else if (!process.leaving) {
      process.leaving = true;
      exiting.add(process);
    }
  }

  private void keeperGone(String reason) {
    counters.keeperDeaths++;
    for (SandboxProcess process : processes) {
      if (process.exited) {
        continue;
      }
      process.exited = true;
      process.exitStatus = SIGKILLED;
      Environment environment = process.environment;
      if (environment != null && environment.state != EnvironmentState.ENDING) {
        ends.lose(environment, Fault.PLATFORM, "the keeper died: " + reason);
      }
      leaves(process);
    }
  }

  // ---- status and end ----

  /** What there is now. */
  ProcessDriverStatus status() {
    List<ProcessDriverStatus.SandboxStatus> all = new ArrayList<>();
    for (Environment environment : environments.all()) {
      all.add(
          new ProcessDriverStatus.SandboxStatus(
              environment.id,
              environment.kit == null ? "" : environment.kit.id(),
              environment.logStream == null ? "" : environment.logStream,
              environment.state.name(),
              environment.process == null ? 0 : environment.process.pid,
              environment.maxMemoryKb));
    }
    KeeperMode mode = client.mode();
    return new ProcessDriverStatus(
        "L1",
        mode == null ? "STARTING" : mode.name(),
        all,
        pools.ready(),
        counters.all(client.keeperStarts()));
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    pools.close();
    for (Environment environment : environments.all()) {
      discard(environment.id, Fault.ENGINE_CLOSING);
    }
    endProcesses.run();
    Note note;
    while ((note = notes.poll()) != null) {
      if (note instanceof Note.Forked(SandboxProcess process)) {
        processes.never(process);
      }
    }
    for (SandboxProcess process : processes) {
      processes.gone(process);
    }
    copier.close();
    endRest.run();
  }
}
