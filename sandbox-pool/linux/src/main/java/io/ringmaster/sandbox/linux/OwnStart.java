package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.runtimes.Interpreter;

/**
 * How a process is started for one environment, where no generic one can serve: the function brings
 * its own runtime, or sets variables that an interpreter reads when it starts. Immutable.
 *
 * @param sandbox the environment's sandbox id
 * @param template of the environment's version
 * @param interpreter what runs the function; family {@code provided}: its own {@code bootstrap}
 * @param kit the environment's; null: it has none yet
 * @param logStream the environment's; null with the kit
 */
record OwnStart(
    int sandbox,
    BindTemplate template,
    Interpreter interpreter,
    EnvironmentKit kit,
    String logStream) {

  /** Whether the process is served by the Runtime API, and not by frames. */
  boolean byRuntimeApi() {
    return interpreter.family().equals("provided");
  }
}
