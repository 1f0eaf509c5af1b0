package io.ringmaster.sandbox.keeper;

/** One sandbox, from FORK to EXIT. */
final class Sandbox {
  final int id;
  final Zygote zygote;

  /** Proves to the keeper that a report of a death comes from this sandbox's PID 1. */
  final long token;

  /** That of its PID 1 in the keeper's namespace; 0: not forked yet. */
  int pid;

  /** The engine wants it dead. */
  boolean killed;

  /** Its peak resident memory when it was about to be killed, KiB; 0: it was not. */
  long peakRssKib;

  /** The wait status that its PID 1 reported of the function process; −1: none. */
  int reported = -1;

  Sandbox(int id, Zygote zygote, long token) {
    this.id = id;
    this.zygote = zygote;
    this.token = token;
  }
}
