package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.channel.InlineChannel;

/**
 * One sandbox process, from the wish for it until nothing of it runs. Made by the dispatcher; the
 * keeper's client fills in what forking gave, and hands it back through its notes.
 */
final class SandboxProcess {
  /** Number on the wire to the keeper; never used again. */
  final int number;

  final GenericPool pool;

  // Keeper's client, before it hands the process over.
  EnvironmentKit kit;
  int requestFd = -1;
  int responseFd = -1;
  int pidfd = -1;
  int pid;
  LogPipe logs;

  // Dispatcher.
  ProcessState state = ProcessState.FORKING;
  InlineChannel channel;
  Environment environment;

  /** Place in the dispatcher's table; with {@link #number} it is what epoll gives back. */
  int index = -1;

  /** What its environment owned, to be removed with it; null while there is an environment. */
  EnvironmentKit abandoned;

  /** Its exit was told, with these figures; what it wrote before is still being read. */
  boolean exited;

  int exitStatus;
  int exitMemoryKb;

  boolean watchingRequest;
  boolean watchingResponse;

  SandboxProcess(int number, GenericPool pool) {
    this.number = number;
    this.pool = pool;
  }

  @Override
  public String toString() {
    return "sandbox process " + number + " " + state;
  }
}
