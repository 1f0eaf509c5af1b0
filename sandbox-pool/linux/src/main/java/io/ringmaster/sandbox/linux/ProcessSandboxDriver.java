package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.channel.ChannelBuffers;
import io.ringmaster.sandbox.linux.channel.InlineChannel;
import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.PoolKey;
import io.ringmaster.sandbox.spi.SandboxDriver;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.spi.Slots;
import io.ringmaster.sandbox.system.Linux;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Sandboxes that are real processes.
 *
 * <p>What the dispatcher asks for happens here at once where it can (writing to pipes), and by the
 * keeper's client where it cannot (forks, kills, files). What happened is found in three places,
 * which {@link #poll} looks into: the client's notes, the ready descriptors, and what followed from
 * the dispatcher's own calls ({@code deferred}).
 *
 * <p>An exit is told when the client noted it and the response pipe is read to its end: an answer
 * that was written before the exit is delivered before it.
 */
final class ProcessSandboxDriver implements SandboxDriver {
  private static final int SIGKILLED = 9;

  /** An event that did not come from a pipe; told if its environment still is in that state. */
  private record Deferred(Environment environment, Fault fault, String detail) {}

  private final EpollSleeper sleeper;
  private final KeeperClient client;
  private final Queue<Note> notes;
  private final FolderRemover remover;
  private final Runnable endProcesses;
  private final Runnable endRest;
  private final Linux linux = new Linux();
  private final ChannelBuffers buffers = new ChannelBuffers(linux);
  private final SandboxProcesses processes;
  private final RuntimePools pools;
  private final ArrayDeque<Deferred> deferred = new ArrayDeque<>();
  private final ArrayDeque<SandboxProcess> exiting = new ArrayDeque<>();
  private final Environments environments;
  private final BindTemplates templates = new BindTemplates();
  private int cursor;
  private boolean closed;
  private long violations;
  private long binds;
  private long forkFailures;
  private long keeperDeaths;

  /**
   * @param endProcesses ends the keeper and its client, and waits for that
   * @param endRest removes what is left on disk
   */
  ProcessSandboxDriver(
      ProcessPoolConfig config,
      EpollSleeper sleeper,
      KeeperClient client,
      Queue<Note> notes,
      FolderRemover remover,
      Runnable endProcesses,
      Runnable endRest) {
    this.sleeper = sleeper;
    this.client = client;
    this.notes = notes;
    this.remover = remover;
    this.endProcesses = endProcesses;
    this.endRest = endRest;
    processes = new SandboxProcesses(linux, sleeper, client, remover);
    pools = new RuntimePools(config, client, processes);
    environments = new Environments(config.sandboxesMax());
    config.preparedRuntimes().forEach(pools::entry);
  }

  // ---- what the dispatcher asks for ----

  @Override
  public int prepare(PoolKey key, SandboxSpec spec) {
    Environment environment = environments.add(key, spec, System.nanoTime());
    if (environment == null) {
      return -1;
    }
    findProcess(environment);
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
        invoke(environment);
        return true;
      }
      case VACANT -> {
        environment.state = environment.state.to(EnvironmentState.AWAITING);
        environment.invocation = invocation;
        environment.sequence = invocation.sequence();
        environment.askedNs = System.nanoTime();
        findProcess(environment);
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  @Override
  public boolean revoke(int slot, long sequence) {
    Environment environment = environments.find(Slots.sandbox(slot));
    if (environment == null
        || environment.invocation == null
        || environment.sequence != sequence
        || environment.state == EnvironmentState.BUSY) {
      return false;
    }
    environment.invocation = null; // its process was not there yet, and goes on becoming ready
    return true;
  }

  @Override
  public void reset(int sandbox, Fault reason) {
    Environment environment = environments.find(sandbox);
    if (environment == null) {
      return;
    }
    environment.invocation = null;
    switch (environment.state) {
      case AWAITING -> {
        stopWaiting(environment);
        environment.state = environment.state.to(EnvironmentState.VACANT);
        deferred.add(new Deferred(environment, null, ""));
      }
      case VACANT -> deferred.add(new Deferred(environment, null, ""));
      case BINDING, IDLE, BUSY, INIT_FAILED -> {
        environment.state = environment.state.to(EnvironmentState.ENDING);
        processes.kill(environment.process);
      }
      default -> {
        return; // its exit follows already, or its loss
      }
    }
  }

  @Override
  public void discard(int sandbox, Fault reason) {
    Environment environment = environments.find(sandbox);
    if (environment != null) {
      abandon(environment);
      environments.remove(environment);
    }
  }

  @Override
  public void credit(int slot, int bytes) {
    // Streamed parts are bounded by the longest answer, which the response buffer holds anyway.
  }

  @Override
  public boolean killable() {
    return true;
  }

  @Override
  public boolean hasEvents() {
    return !notes.isEmpty()
        || !deferred.isEmpty()
        || !exiting.isEmpty()
        || sleeper.readyCount() > 0;
  }

  @Override
  public int poll(DriverEvents sink, int limit) {
    int delivered = tell(sink, limit);
    Note note;
    while (delivered < limit && (note = notes.poll()) != null) {
      heard(note);
      delivered += tell(sink, limit - delivered);
    }
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

  // ---- from environments to processes ----

  private void findProcess(Environment environment) {
    RuntimePools.Entry entry = pools.entry(environment.spec.runtime());
    if (entry.match == null) {
      entry.waiting.add(environment);
      return;
    }
    if (entry.pool == null) {
      lose(environment, Fault.PLATFORM, environment.spec.runtime() + ": " + entry.match.reason());
      return;
    }
    GenericPool pool = entry.pool;
    SandboxProcess process = pool.ready.pollLast();
    if (process != null) {
      bind(environment, process);
    } else {
      pool.failures = Math.min(pool.failures, RuntimePools.FORK_FAILURES_MAX - 1);
      pool.waiting.add(environment);
    }
    pool.demanded(System.nanoTime());
    if (process == null || pool.ready.isEmpty()) {
      pools.refill(pool);
    } // else when this cold start is over: refilling takes processors from it
  }

  private void stopWaiting(Environment environment) {
    RuntimePools.Entry entry = pools.entry(environment.spec.runtime());
    entry.waiting.remove(environment);
    if (entry.pool != null) {
      entry.pool.waiting.remove(environment);
    }
  }

  private void bind(Environment environment, SandboxProcess process) {
    process.state = process.state.to(ProcessState.BOUND);
    environment.state = environment.state.to(EnvironmentState.BINDING);
    environment.process = process;
    process.environment = environment;
    if (environment.kit == null) {
      environment.kit = process.kit;
      environment.logStream = templates.logStream(environment);
    } else {
      client.command(new KeeperCommand.Reuse(process.kit));
    }
    process.kit = null;
    process.logs.belongsTo(environment.id);
    process.channel.bind(buffers, templates.frame(environment, client.bootstraps()));
    processes.watchRequest(process);
    binds++;
  }

  private void invoke(Environment environment) {
    try {
      environment.process.channel.invoke(buffers, environment.invocation);
      if (environment.process.channel.sending()) {
        processes.watchRequest(environment.process);
      }
    } catch (IllegalArgumentException unfit) {
      lose(environment, Fault.PLATFORM, unfit.getMessage());
    }
  }

  // ---- the end of environments ----

  /** Lost by a violation or by the platform: nothing of it stays but the event. */
  private void lose(Environment environment, Fault fault, String detail) {
    abandon(environment);
    environment.state = environment.state.to(EnvironmentState.LOST);
    deferred.add(new Deferred(environment, fault, detail));
  }

  /**
   * Parts it from its process, which is killed, and from its folder, which is removed when the
   * process is gone.
   */
  private void abandon(Environment environment) {
    environment.invocation = null;
    if (environment.state == EnvironmentState.AWAITING) {
      stopWaiting(environment);
    }
    SandboxProcess process = environment.process;
    if (process != null) {
      environment.process = null;
      process.environment = null;
      process.abandoned = environment.kit;
      processes.kill(process);
    } else if (environment.kit != null) {
      remover.remove(environment.kit.folder());
    }
    environment.kit = null;
  }

  /** Events that are due whatever pipes say: exits, and what was deferred. */
  private int tell(DriverEvents sink, int limit) {
    int delivered = 0;
    while (delivered < limit && !deferred.isEmpty()) {
      Deferred event = deferred.remove();
      Environment environment = event.environment;
      if (environment.state == EnvironmentState.LOST && event.fault != null) {
        environments.remove(environment);
        sink.failed(environment.id, event.fault, event.detail);
        delivered++;
      } else if (environment.state == EnvironmentState.VACANT && event.fault == null) {
        sink.exited(environment.id, SIGKILLED, environment.maxMemoryKb);
        delivered++;
      }
    }
    while (delivered < limit && !exiting.isEmpty()) {
      delivered += readToItsEnd(exiting.peek(), sink);
    }
    return delivered;
  }

  // ---- what the keeper's client noted ----

  private void heard(Note note) {
    switch (note) {
      case Note.Resolved(var match) -> {
        RuntimePools.Entry entry = pools.resolved(match);
        while (!entry.waiting.isEmpty()) {
          findProcess(entry.waiting.remove());
        }
        if (entry.pool != null) {
          pools.refill(entry.pool);
        }
      }
      case Note.Forked(SandboxProcess process) -> processes.add(process);
      case Note.ForkFailed(SandboxProcess process, String reason) -> {
        process.state = process.state.to(ProcessState.GONE);
        process.pool.coming--;
        forkFailures++;
        failedToStart(process.pool, reason);
      }
      case Note.Exited(SandboxProcess process, int status, int maxMemoryKb) -> {
        process.exited = true;
        process.exitStatus = status;
        process.exitMemoryKb = maxMemoryKb;
        exiting.add(process);
      }
      case Note.KeeperGone(String reason) -> keeperGone(reason);
      case Note.Expected(String runtime) -> pools.entry(runtime);
      case Note.Tick() -> {
        pools.trim();
      }
    }
  }

  private void failedToStart(GenericPool pool, String reason) {
    pool.failures++;
    if (pool.failures >= RuntimePools.FORK_FAILURES_MAX) {
      while (!pool.waiting.isEmpty()) {
        lose(pool.waiting.peek(), Fault.PLATFORM, "no sandbox process: " + reason);
      }
    } else {
      pools.refill(pool);
    }
  }

  private void keeperGone(String reason) {
    keeperDeaths++;
    for (SandboxProcess process : processes) {
      if (process.exited) {
        continue;
      }
      process.exited = true;
      process.exitStatus = SIGKILLED;
      Environment environment = process.environment;
      if (environment != null && environment.state != EnvironmentState.ENDING) {
        lose(environment, Fault.PLATFORM, "the keeper died: " + reason);
      }
      exiting.add(process);
    }
  }

  // ---- what pipes say ----

  private int ready(SandboxProcess process, long data, DriverEvents sink) {
    if (SandboxProcesses.isRequest(data)) {
      if (process.watchingRequest) {
        process.channel.flush(buffers);
        processes.watchRequest(process);
      }
      return 0;
    }
    return process.watchingResponse ? receive(process, sink) : 0;
  }

  private int receive(SandboxProcess process, DriverEvents sink) {
    InlineChannel channel = process.channel;
    Environment environment = process.environment;
    switch (channel.receive(buffers)) {
      case NOTHING -> {
        return 0;
      }
      case STARTED -> started(process);
      case READY -> {
        loaded(environment, sink);
        return 1;
      }
      case INIT_ERROR -> {
        initFailed(environment, sink);
        return 1;
      }
      case CHUNK ->
          sink.chunk(Slots.slot(environment.id, 0), environment.sequence, channel.chunkBytes());
      case ANSWER -> answered(environment, sink);
      case END -> {
        processes.unwatchResponse(process);
        if (!process.exited) {
          client.command(new KeeperCommand.ExpectExit(process.number));
        }
        if (process.state == ProcessState.GENERIC && process.pool.ready.remove(process)) {
          pools.refill(process.pool); // it ends: no function is to be bound to it
        }
        return 0;
      }
      case VIOLATION -> {
        violated(process);
        return 0;
      }
    }
    return environment == null ? 0 : 1;
  }

  private void started(SandboxProcess process) {
    GenericPool pool = process.pool;
    process.state = process.state.to(ProcessState.GENERIC);
    pool.coming--;
    pool.failures = 0;
    Environment waiting = pool.waiting.poll();
    if (waiting == null) {
      pool.ready.add(process);
    } else {
      bind(waiting, process);
    }
  }

  private void loaded(Environment environment, DriverEvents sink) {
    long elapsedNs = Math.max(0, System.nanoTime() - environment.askedNs);
    long initNs = Math.min(environment.process.channel.initNs(), elapsedNs);
    boolean invoking = environment.invocation != null;
    environment.state =
        environment.state.to(invoking ? EnvironmentState.BUSY : EnvironmentState.IDLE);
    SandboxProcess process = environment.process;
    long sequence = environment.sequence;
    sink.ready(environment.id, 1, elapsedNs - initNs, initNs);
    pools.refill(process.pool);
    if (invoking
        && environment.state == EnvironmentState.BUSY
        && environment.process == process
        && environment.sequence == sequence) {
      invoke(environment);
    }
  }

  private void initFailed(Environment environment, DriverEvents sink) {
    SandboxProcess process = environment.process;
    environment.state = environment.state.to(EnvironmentState.INIT_FAILED);
    environment.invocation = null;
    client.command(new KeeperCommand.ExpectExit(process.number));
    long elapsedNs = Math.max(0, System.nanoTime() - environment.askedNs);
    sink.initFailed(environment.id, process.channel.initError(), elapsedNs);
  }

  private void answered(Environment environment, DriverEvents sink) {
    InlineChannel channel = environment.process.channel;
    environment.state = environment.state.to(EnvironmentState.IDLE);
    environment.invocation = null;
    environment.maxMemoryKb = Math.max(environment.maxMemoryKb, channel.maxMemoryKb());
    sink.response(
        Slots.slot(environment.id, 0),
        environment.sequence,
        channel.functionError(),
        channel.logMark(),
        environment.maxMemoryKb);
  }

  private void violated(SandboxProcess process) {
    violations++;
    Environment environment = process.environment;
    String detail = process.channel.violation();
    if (environment != null) {
      lose(environment, Fault.VIOLATION, detail);
      return;
    }
    unready(process, detail);
    processes.kill(process);
  }

  /** A process that serves nobody will not serve: its pool forgets it. */
  private void unready(SandboxProcess process, String reason) {
    if (process.state == ProcessState.STARTING) {
      process.pool.coming--;
      failedToStart(process.pool, reason);
    } else if (process.pool.ready.remove(process)) {
      pools.refill(process.pool);
    }
  }

  /** One step on the way of a process that exited: what it wrote before comes first. */
  private int readToItsEnd(SandboxProcess process, DriverEvents sink) {
    if (process.watchingResponse && process.state == ProcessState.BOUND) {
      int told = receive(process, sink);
      if (told > 0 || process.watchingResponse && process.channel.receivedAny()) {
        return told;
      }
    }
    exiting.remove();
    Environment environment = process.environment;
    if (environment == null) {
      unready(process, "it ended with status " + process.exitStatus);
    }
    int status = process.exitStatus;
    int memoryKb = process.exitMemoryKb;
    pools.refill(process.pool);
    processes.gone(process);
    if (environment == null) {
      return 0;
    }
    process.environment = null;
    environment.process = null;
    environment.invocation = null;
    environment.state = environment.state.to(EnvironmentState.VACANT);
    environment.maxMemoryKb = Math.max(environment.maxMemoryKb, memoryKb);
    sink.exited(environment.id, status, environment.maxMemoryKb);
    return 1;
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
        Map.of(
            "protocolViolations", violations,
            "sandboxBinds", binds,
            "forkFailures", forkFailures,
            "keeperDeaths", keeperDeaths,
            "keeperStarts", client.keeperStarts()));
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
    endRest.run();
  }
}
