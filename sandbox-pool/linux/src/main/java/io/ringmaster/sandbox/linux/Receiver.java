package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.channel.Channel;
import io.ringmaster.sandbox.linux.channel.ChannelBuffers;
import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.Slots;
import io.ringmaster.sandbox.system.Linux;

/** What processes say, as events; and the invocations that go to them. Dispatcher only. */
final class Receiver {
  private final KeeperClient client;
  private final ChannelBuffers buffers;
  private final SandboxProcesses processes;
  private final RuntimePools pools;
  private final Binder binder;
  private final EnvironmentEnds ends;
  private final DriverCounters counters;
  private final Linux linux;
  private final PeakMemory peaks;
  private final PolledChannels polled;

  Receiver(
      KeeperClient client,
      Linux linux,
      ChannelBuffers buffers,
      SandboxProcesses processes,
      RuntimePools pools,
      Binder binder,
      EnvironmentEnds ends,
      PolledChannels polled,
      DriverCounters counters) {
    this.client = client;
    this.buffers = buffers;
    this.processes = processes;
    this.pools = pools;
    this.binder = binder;
    this.ends = ends;
    this.counters = counters;
    this.linux = linux;
    this.polled = polled;
    peaks = new PeakMemory(linux);
  }

  /** Hands an environment's invocation to its process. */
  void invoke(Environment environment) {
    SandboxProcess process = environment.process;
    process.uncredited = 0;
    try {
      process.channel.invoke(buffers, environment.invocation);
      if (process.channel.moving()) {
        processes.watchMoving(process);
      } else if (process.channel.sending()) {
        processes.watchRequest(process);
      }
    } catch (IllegalArgumentException unfit) {
      ends.lose(environment, Fault.PLATFORM, unfit.getMessage());
    }
  }

  /** Hands one more over while one runs; false: there is no place for it. */
  boolean invokeBehind(Environment environment, Invocation invocation) {
    SandboxProcess process = environment.process;
    if (process == null || tellsNoMarks(environment, process) || invocation.logTailWanted()) {
      return false; // whose output it is could not be told
    }
    try {
      return process.channel.invokeBehind(buffers, invocation);
    } catch (IllegalArgumentException unfit) {
      return false; // as the first of its slot it is told
    }
  }

  /** Takes one back that lay behind another; true: it is as if it had never been offered. */
  boolean revoke(Environment environment, long sequence) {
    SandboxProcess process = environment.process;
    if (process == null || !process.channel.revoke(sequence)) {
      return false;
    }
    if (environment.state == EnvironmentState.BUSY && environment.sequence == sequence) {
      advance(environment);
    }
    return true;
  }

  /** What lay behind is next, if something did. */
  private static void advance(Environment environment) {
    environment.invocation = environment.process.channel.running();
    if (environment.invocation != null) {
      environment.sequence = environment.invocation.sequence();
      environment.process.uncredited = 0;
    } else {
      environment.state = environment.state.to(EnvironmentState.IDLE);
    }
  }

  private void skipped(Environment environment, DriverEvents sink) {
    long sequence = environment.process.channel.skipped();
    advance(environment);
    sink.skipped(Slots.slot(environment.id, 0), sequence);
  }

  /** The request pipe takes more. */
  void flush(SandboxProcess process) {
    process.channel.flush(buffers);
    processes.watchRequest(process);
  }

  /** The caller consumed parts of a streamed answer. */
  void credit(Environment environment, int bytes) {
    SandboxProcess process = environment.process;
    process.channel.credit(bytes);
    processes.uncredited(process, -bytes, environment.invocation.windowBytes());
  }

  /** Takes one thing that a process says, if there is one; answers how many events that was. */
  int receive(SandboxProcess process, DriverEvents sink) {
    Channel channel = process.channel;
    Environment environment = process.environment;
    switch (channel.receive(buffers)) {
      case NOTHING -> {
        if (channel.moving()) {
          processes.watchMoving(process);
        }
        return 0;
      }
      case STARTED -> binder.started(process);
      case READY -> {
        loaded(environment, sink);
        return 1;
      }
      case INIT_ERROR -> {
        initFailed(environment, sink);
        return 1;
      }
      case SKIPPED -> skipped(environment, sink);
      case CHUNK -> chunk(environment, process, sink);
      case ANSWER -> answered(environment, sink);
      case END -> {
        ended(process);
        return 0;
      }
      case VIOLATION -> {
        violated(process);
        return 0;
      }
    }
    return environment == null ? 0 : 1;
  }

  private void chunk(Environment environment, SandboxProcess process, DriverEvents sink) {
    int bytes = process.channel.chunkBytes();
    Invocation invocation = environment.invocation;
    if (invocation != null) {
      processes.uncredited(process, bytes, invocation.windowBytes());
    }
    sink.chunk(Slots.slot(environment.id, 0), environment.sequence, bytes);
  }

  private void ended(SandboxProcess process) {
    if (process.responseEnded) {
      return;
    }
    polled.leave(process);
    processes.endResponse(process);
    if (!process.exited) {
      client.command(new KeeperCommand.ExpectExit(process.number));
    }
    if (process.state == ProcessState.GENERIC && process.pool.ready.remove(process)) {
      pools.refill(process.pool); // it ends: no function is to be bound to it
    }
  }

  private void loaded(Environment environment, DriverEvents sink) {
    SandboxProcess process = environment.process;
    long nowNs = System.nanoTime();
    long elapsedNs = Math.max(0, nowNs - environment.askedNs);
    long saidNs = process.channel.initNs();
    long initNs =
        Math.min(saidNs == Channel.UNKNOWN ? nowNs - process.startedNs : saidNs, elapsedNs);
    if (process.statusFd >= 0) {
      environment.maxMemoryKb = Math.max(environment.maxMemoryKb, peaks.read(process.statusFd));
    }
    environment.initLogPosition = process.logs.written(linux);
    boolean invoking = environment.invocation != null;
    environment.state =
        environment.state.to(invoking ? EnvironmentState.BUSY : EnvironmentState.IDLE);
    long sequence = environment.sequence;
    sink.ready(environment.id, 1, elapsedNs - initNs, initNs);
    if (process.pool != null) {
      pools.refill(process.pool);
    }
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
    SandboxProcess process = environment.process;
    Channel channel = process.channel;
    process.answered = true;
    boolean last = channel.processEnds();
    if (process.session != null || tellsNoMarks(environment, process)) {
      // Output without a mark that came before the answer is the answer's.
      environment.invocation.responseBuffer().logPosition(process.logs.written(linux));
    }
    long sequence = environment.sequence;
    if (last) {
      environment.state = environment.state.to(EnvironmentState.ENDING);
      environment.invocation = null;
      polled.leave(process);
      processes.endResponse(process); // whatever it still says, nobody has asked
    } else {
      advance(environment);
      if (process.shared != null) {
        polled.answered(process);
      }
    }
    int peakKb = process.statusFd < 0 ? channel.maxMemoryKb() : peaks.read(process.statusFd);
    environment.maxMemoryKb = Math.max(environment.maxMemoryKb, peakKb);
    int slot = Slots.slot(environment.id, 0);
    boolean error = channel.functionError();
    if (last) {
      if (!process.exited) {
        client.command(new KeeperCommand.ExpectExit(process.number));
      }
      sink.lastResponse(slot, sequence, error, channel.logMark(), environment.maxMemoryKb);
    } else {
      sink.response(slot, sequence, error, channel.logMark(), environment.maxMemoryKb);
    }
  }

  /** Whether output may come without a mark that matters to the one that runs. */
  private static boolean tellsNoMarks(Environment environment, SandboxProcess process) {
    return process.logs.writesRaw() || environment.invocation.logTailWanted();
  }

  private void violated(SandboxProcess process) {
    counters.violations++;
    Environment environment = process.environment;
    String detail = process.channel.violation();
    if (environment != null) {
      ends.lose(environment, Fault.VIOLATION, detail);
      return;
    }
    binder.unready(process, detail);
    processes.kill(process);
  }

  /** A process exited: what it wrote and was not read yet is its last words. */
  void exits(SandboxProcess process) {
    if (process.responseFd >= 0) {
      // Whoever else has the pipe's end may write for ever.
      process.lastWordsBytes = Math.max(0, linux.readable(process.responseFd));
    }
  }

  /**
   * One step on the way of a process that exited: what it said before comes first.
   *
   * @return how many events that was; −1: it is not over, and nothing was told
   */
  int readToItsEnd(SandboxProcess process, DriverEvents sink) {
    boolean spoke =
        process.session != null
            || !process.responseEnded
                && (process.lastWordsBytes > 0 || process.channel.holdsAnswer());
    if (spoke && process.state == ProcessState.BOUND) {
      int told = receive(process, sink);
      int bytes = process.channel.receivedBytes();
      process.lastWordsBytes -= bytes;
      if (told > 0) {
        return told;
      }
      if (!process.responseEnded && bytes > 0 && process.lastWordsBytes > 0) {
        return -1;
      }
    }
    boolean again = hasNotBegun(process);
    Environment environment = process.environment;
    boolean skips =
        environment != null
            && environment.state == EnvironmentState.BUSY
            && process.channel.unbegun();
    int told = 0;
    if (skips) {
      // Nothing more is offered here; the dispatcher may well discard the environment.
      environment.state = environment.state.to(EnvironmentState.ENDING);
      sink.skipped(Slots.slot(environment.id, 0), environment.sequence);
      told = 1;
    }
    gone(process);
    if (process.environment == null) {
      return told;
    }
    return again ? startAgain(process) : told + exited(process, sink);
  }

  /**
   * Whether the process ended after an answer and before it took the next invocation: that is its
   * successor's then, as on Lambda, where a runtime is asked again only when it polls.
   */
  private static boolean hasNotBegun(SandboxProcess process) {
    Environment environment = process.environment;
    return environment != null
        && environment.state == EnvironmentState.BUSY
        && process.answered
        && process.session != null
        && !process.session.taken(0);
  }

  private int startAgain(SandboxProcess process) {
    Environment environment = process.environment;
    process.environment = null;
    environment.process = null;
    environment.state = environment.state.to(EnvironmentState.VACANT).to(EnvironmentState.AWAITING);
    environment.maxMemoryKb = Math.max(environment.maxMemoryKb, lastPeakKb(process));
    environment.askedNs = System.nanoTime();
    binder.findProcess(environment);
    return 0;
  }

  private void gone(SandboxProcess process) {
    if (process.environment == null) {
      binder.unready(process, "it ended with status " + process.exitStatus);
    }
    if (process.pool != null) {
      pools.refill(process.pool);
    }
    processes.gone(process);
  }

  private static int lastPeakKb(SandboxProcess process) {
    return Math.max(process.exitMemoryKb, process.firstMemoryKb);
  }

  private int exited(SandboxProcess process, DriverEvents sink) {
    Environment environment = process.environment;
    process.environment = null;
    environment.process = null;
    environment.invocation = null;
    environment.state = environment.state.to(EnvironmentState.VACANT);
    environment.maxMemoryKb = Math.max(environment.maxMemoryKb, lastPeakKb(process));
    sink.exited(environment.id, process.exitStatus, environment.maxMemoryKb);
    return 1;
  }
}
