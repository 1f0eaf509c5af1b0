package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.channel.Channel;
import io.ringmaster.sandbox.spi.DriverEvents;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.Slots;
import java.util.ArrayDeque;

/**
 * How environments lose their process, or end: what is due to be told whatever channels say.
 * Dispatcher only.
 */
final class EnvironmentEnds {
  private static final int SIGKILLED = 9;
  private static final int EXITED_WITH_1 = 1 << 8;

  /** Told if its environment still is in that state. */
  private sealed interface Due {}

  /**
   * @param skipped number of an invocation that was not begun though its turn had come; 0: none
   * @param begun numbers of what has begun, or may have
   */
  private record Lost(
      Environment environment, Fault fault, String detail, long skipped, long[] begun)
      implements Due {}

  private record Exited(Environment environment) implements Due {}

  private record Refused(Environment environment, String errorType, String text) implements Due {}

  private final Environments environments;
  private final SandboxProcesses processes;
  private final RuntimePools pools;
  private final FolderRemover remover;
  private final ArrayDeque<Due> due = new ArrayDeque<>();

  EnvironmentEnds(
      Environments environments,
      SandboxProcesses processes,
      RuntimePools pools,
      FolderRemover remover) {
    this.environments = environments;
    this.processes = processes;
    this.pools = pools;
    this.remover = remover;
  }

  /** Whether {@link #tell} would find something. */
  boolean any() {
    return !due.isEmpty();
  }

  /** Its process shall go, and its exit be told; what ends already needs nothing. */
  void reset(Environment environment) {
    environment.invocation = null;
    switch (environment.state) {
      case AWAITING -> {
        pools.stopWaiting(environment);
        vacant(environment);
      }
      case VACANT -> due.add(new Exited(environment));
      case BINDING, IDLE, BUSY, INIT_FAILED -> {
        if (environment.process == null) {
          vacant(environment); // its program was never started
        } else {
          environment.state = environment.state.to(EnvironmentState.ENDING);
          processes.kill(environment.process);
        }
      }
      default -> {
        return; // its exit follows already, or its loss
      }
    }
  }

  private void vacant(Environment environment) {
    environment.state = environment.state.to(EnvironmentState.VACANT);
    due.add(new Exited(environment));
  }

  /**
   * Lost by a violation or by the platform: nothing of it stays but the event. What the platform
   * lost before it was begun is given back; what one says that broke the protocol is not believed.
   */
  void lose(Environment environment, Fault fault, String detail) {
    long[] begun = Channel.NONE;
    boolean unbegun = false;
    if (fault == Fault.PLATFORM
        && environment.state == EnvironmentState.BUSY
        && environment.process != null
        && environment.process.channel.prefetches() > 0) {
      unbegun = environment.process.channel.unbegun();
      begun = environment.process.channel.takeBack();
      unbegun &= !contains(begun, environment.sequence);
    }
    abandon(environment);
    environment.state = environment.state.to(EnvironmentState.LOST);
    due.add(new Lost(environment, fault, detail, unbegun ? environment.sequence : 0, begun));
  }

  private static boolean contains(long[] sequences, long wanted) {
    for (long sequence : sequences) {
      if (sequence == wanted) {
        return true;
      }
    }
    return false;
  }

  /** Its program cannot be started, by the function's fault: an init error, then an exit. */
  void refuse(Environment environment, String errorType, String text) {
    environment.state = environment.state.to(EnvironmentState.BINDING);
    environment.state = environment.state.to(EnvironmentState.INIT_FAILED);
    environment.invocation = null;
    due.add(new Refused(environment, errorType, text));
  }

  /**
   * Parts it from its process, which is killed, and from its folder, which is removed when the
   * process is gone.
   */
  void abandon(Environment environment) {
    environment.invocation = null;
    if (environment.state == EnvironmentState.AWAITING) {
      pools.stopWaiting(environment);
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

  /** Tells what is due; answers how many events. */
  int tell(DriverEvents sink, int limit) {
    int delivered = 0;
    while (delivered < limit && !due.isEmpty()) {
      switch (due.remove()) {
        case Lost lost -> delivered += tell(lost, sink);
        case Exited(Environment environment) -> {
          if (environment.state == EnvironmentState.VACANT) {
            sink.exited(environment.id, SIGKILLED, environment.maxMemoryKb);
            delivered++;
          }
        }
        case Refused refused -> delivered += tell(refused, sink);
      }
    }
    return delivered;
  }

  private int tell(Lost lost, DriverEvents sink) {
    Environment environment = lost.environment;
    int told = 0;
    for (long sequence : lost.begun) {
      if (sequence != environment.sequence && environment.state == EnvironmentState.LOST) {
        sink.taken(Slots.slot(environment.id, 0), sequence);
        told++;
      }
    }
    if (lost.skipped != 0 && environment.state == EnvironmentState.LOST) {
      sink.skipped(Slots.slot(environment.id, 0), lost.skipped);
      told++;
    }
    if (environment.state == EnvironmentState.LOST) {
      environments.remove(environment);
      sink.failed(environment.id, lost.fault, lost.detail);
      told++;
    }
    return told;
  }

  private static int tell(Refused refused, DriverEvents sink) {
    Environment environment = refused.environment;
    if (environment.state != EnvironmentState.INIT_FAILED) {
      return 0;
    }
    long elapsedNs = Math.max(0, System.nanoTime() - environment.askedNs);
    sink.initRefused(environment.id, refused.errorType, refused.text, elapsedNs);
    if (environment.state != EnvironmentState.INIT_FAILED) {
      return 1;
    }
    environment.state = environment.state.to(EnvironmentState.VACANT);
    sink.exited(environment.id, EXITED_WITH_1, environment.maxMemoryKb);
    return 2;
  }
}
