package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.channel.ChannelBuffers;
import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.spi.Fault;

/**
 * Brings environments and processes together: a generic process is bound, or a process is started
 * for the environment where no generic one will do. Dispatcher only.
 */
final class Binder {
  private final KeeperClient client;
  private final ChannelBuffers buffers;
  private final SandboxProcesses processes;
  private final RuntimePools pools;
  private final EnvironmentEnds ends;
  private final DriverCounters counters;
  private final BindTemplates templates;

  Binder(
      RuntimeSettings settings,
      KeeperClient client,
      ChannelBuffers buffers,
      SandboxProcesses processes,
      RuntimePools pools,
      EnvironmentEnds ends,
      DriverCounters counters) {
    templates = new BindTemplates(settings);
    this.client = client;
    this.buffers = buffers;
    this.processes = processes;
    this.pools = pools;
    this.ends = ends;
    this.counters = counters;
  }

  /** Has the version's template written beside the dispatcher, before a cold start needs it. */
  void expect(Note.Expected announced) {
    RuntimePools.Entry entry = pools.entry(announced.spec().runtime());
    if (entry.match == null) {
      entry.announced.add(announced);
    } else if (entry.match.interpreter() != null
        && !templates.has(announced.version(), announced.spec())) {
      client.command(
          new KeeperCommand.WriteTemplate(
              announced.version(), announced.spec(), entry.match.interpreter()));
    }
  }

  /** An expected version's template was written. */
  void expected(long version, BindTemplate template) {
    templates.keep(version, template);
  }

  /** Finds a process for an environment that awaits one. */
  void findProcess(Environment environment) {
    RuntimePools.Entry entry = pools.entry(environment.spec.runtime());
    if (entry.match == null) {
      entry.waiting.add(environment);
      return;
    }
    Interpreter interpreter = entry.match.interpreter();
    if (interpreter == null) {
      // Without its own files the engine could not look.
      Fault fault = client.bootstraps() == null ? Fault.PLATFORM : Fault.NO_RUNTIME;
      ends.lose(environment, fault, environment.spec.runtime() + ": " + entry.match.reason());
      return;
    }
    BindTemplate template = templates.of(environment, interpreter, client.bootstraps());
    if (!RuntimePools.isPooled(interpreter) || template.startsItsOwnProcess()) {
      startOwn(environment, template, interpreter);
      return;
    }
    GenericPool pool = pools.pool(interpreter, environment.spec.memoryMb());
    SandboxProcess process = pool.ready.pollLast();
    if (process != null) {
      bind(environment, process, template);
    } else {
      pool.tryAgain();
      pool.waiting.add(environment);
    }
    pool.demanded(System.nanoTime());
    if (process == null || pool.ready.isEmpty()) {
      pools.refill(pool);
    } // else when this cold start is over: refilling takes processors from it
  }

  private void startOwn(Environment environment, BindTemplate template, Interpreter interpreter) {
    counters.ownStarts++;
    OwnStart start =
        new OwnStart(environment.id, template, interpreter, environment.kit, environment.logStream);
    processes.start(environment, start);
  }

  private void bind(Environment environment, SandboxProcess process, BindTemplate template) {
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
    sendBind(process, template);
  }

  private void sendBind(SandboxProcess process, BindTemplate template) {
    Environment environment = process.environment;
    boolean wrapped = process.own != null && template.wrapper() != null;
    byte[] frame =
        wrapped
            ? template.frameWithoutVariables(environment.logStream)
            : template.frame(environment.kit, environment.logStream);
    process.inline.bind(buffers, frame);
    processes.watchRequest(process);
    counters.binds++;
  }

  /** The keeper named a process. */
  void forked(SandboxProcess process) {
    processes.add(process);
    if (process.own == null) {
      return;
    }
    Environment environment = process.intended;
    process.intended = null;
    if (environment == null) {
      process.abandoned = process.kit; // what it may have written is not for another one
      process.kit = null;
      processes.kill(process);
      return;
    }
    environment.coming = null;
    environment.state = environment.state.to(EnvironmentState.BINDING);
    environment.process = process;
    process.environment = environment;
    if (environment.kit == null) {
      environment.kit = process.kit;
      environment.logStream = process.logStream;
      process.kit = null;
    }
    if (process.own.byRuntimeApi()) {
      process.state = process.state.to(ProcessState.BOUND);
    }
  }

  /** A process spoke its first frame. */
  void started(SandboxProcess process) {
    if (process.own != null) {
      process.state = process.state.to(ProcessState.BOUND);
      sendBind(process, process.own.template());
      return;
    }
    GenericPool pool = process.pool;
    process.state = process.state.to(ProcessState.GENERIC);
    pool.coming--;
    pool.succeeded();
    Environment waiting = pool.waiting.poll();
    if (waiting == null) {
      pool.keep(process);
      pools.refill(pool);
    } else {
      bind(waiting, process, templates.of(waiting, pool.interpreter, client.bootstraps()));
    }
  }

  /** A process will never be there. */
  void failed(SandboxProcess process, String reason, boolean again) {
    process.state = process.state.to(ProcessState.GONE);
    counters.forkFailures++;
    if (process.own == null) {
      process.pool.coming--;
      failedToStart(process, reason, again);
      return;
    }
    Environment environment = process.intended;
    if (environment == null) {
      return;
    }
    environment.coming = null;
    if (again) {
      processes.start(environment, process.own);
    } else {
      ends.lose(environment, Fault.PLATFORM, "no sandbox process: " + reason);
    }
  }

  /** An environment's own process will never be there, by the function's fault. */
  void refused(SandboxProcess process, String errorType, String text) {
    process.state = process.state.to(ProcessState.GONE);
    Environment environment = process.intended;
    if (environment != null) {
      environment.coming = null;
      ends.refuse(environment, errorType, text);
    }
  }

  /** A process that serves nobody will not serve: its pool forgets it. */
  void unready(SandboxProcess process, String reason) {
    if (process.pool == null) {
      return;
    }
    if (process.state == ProcessState.STARTING) {
      process.pool.coming--;
      failedToStart(process, reason, false);
    } else if (process.pool.ready.remove(process)) {
      pools.refill(process.pool);
    }
  }

  private void failedToStart(SandboxProcess process, String reason, boolean again) {
    GenericPool pool = process.pool;
    if (!again) {
      pool.failed(process.number, processes.lastNumber());
    }
    if (pool.isBroken()) {
      while (!pool.waiting.isEmpty()) {
        ends.lose(pool.waiting.peek(), Fault.PLATFORM, "no sandbox process: " + reason);
      }
    } else {
      pools.refill(pool);
    }
  }
}
