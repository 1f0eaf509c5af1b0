package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.spi.SandboxSpec;

/** What the dispatcher asks of the keeper's client. */
sealed interface KeeperCommand {
  /** Find the interpreter for a runtime identifier. */
  record Resolve(String runtime) implements KeeperCommand {}

  /** Write the frame that binds a process to this version, before the first cold start needs it. */
  record WriteTemplate(long version, SandboxSpec spec, Interpreter interpreter)
      implements KeeperCommand {}

  /** Make this generic process, a little later: cold starts that run come first. */
  record Fork(SandboxProcess process) implements KeeperCommand {}

  /** Start this process, an environment's own, now. */
  record Start(SandboxProcess process) implements KeeperCommand {}

  /** Somebody waits: make what is to be made now. */
  record Hurry() implements KeeperCommand {}

  /** Kill this process's whole tree. */
  record Kill(int number) implements KeeperCommand {}

  /** This process should end by itself; kill it when it has not after a while. */
  record ExpectExit(int number) implements KeeperCommand {}

  /** An environment's folder that was never used can serve another. */
  record Reuse(EnvironmentKit kit) implements KeeperCommand {}

  /** Send {@link Note.Tick} so many nanoseconds from now at the latest. */
  record TickLater(long inNs) implements KeeperCommand {}
}
