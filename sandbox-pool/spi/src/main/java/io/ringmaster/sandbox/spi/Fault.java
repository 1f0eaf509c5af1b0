package io.ringmaster.sandbox.spi;

/** Why a sandbox's process, or the whole sandbox, ends. */
public enum Fault {
  /** The invocation ran over the function's time-out. */
  TIMEOUT,
  /** Init ran over its time-out. */
  INIT_TIMEOUT,
  /** The sandbox broke the channel's protocol. */
  VIOLATION,
  /** The platform failed: the keeper died, a system call failed. */
  PLATFORM,
  /** Nothing on this machine serves the function's runtime; trying again is no use. */
  NO_RUNTIME,
  /** Idle for longer than its keep-alive. */
  KEEP_ALIVE,
  /** Gave its place to another version. */
  EVICTED,
  /** Its version was deleted or its code or configuration replaced. */
  VERSION_GONE,
  /** Reached the end of its life. */
  MAXIMUM_LIFE,
  /** The engine closes. */
  ENGINE_CLOSING
}
