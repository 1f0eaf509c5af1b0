package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import io.ringmaster.sandbox.spi.SandboxSpec;

/**
 * What the keeper's client (and, for one of them, any thread) tells the dispatcher, in the order it
 * happened.
 */
sealed interface Note {
  /** The interpreter for a runtime identifier was found, or there is none. */
  record Resolved(RuntimeMatch match) implements Note {}

  /** The process is there; its descriptors are the dispatcher's from now on. */
  record Forked(SandboxProcess process) implements Note {}

  /**
   * The process will never be there, by the platform's fault.
   *
   * @param again the keeper died, which tells nothing of the next attempt
   */
  record ForkFailed(SandboxProcess process, String reason, boolean again) implements Note {}

  /**
   * The process will never be there, by the fault of the function whose own it should be.
   *
   * @param errorType as Lambda has it, such as {@code Runtime.InvalidEntrypoint}
   * @param text what Lambda says of it, after the request's id
   */
  record Refused(SandboxProcess process, String errorType, String text) implements Note {}

  /** Nothing of the process runs any more. */
  record Exited(SandboxProcess process, int status, int maxMemoryKb) implements Note {}

  /** The keeper is gone, and with it every process that was forked so far. */
  record KeeperGone(String reason) implements Note {}

  /** Invocations of this version are to be expected. */
  record Expected(long version, SandboxSpec spec) implements Note {}

  /** What a process is told of an expected version. */
  record TemplateWritten(long version, BindTemplate template) implements Note {}

  /** Time to look whether more is kept ready than demand asks for. */
  record Tick() implements Note {}
}
