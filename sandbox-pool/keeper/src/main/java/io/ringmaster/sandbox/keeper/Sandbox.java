package io.ringmaster.sandbox.keeper;

/** One sandbox, from FORK or SPAWN to EXIT. */
final class Sandbox {
  final int id;

  /** Null: it is a program of its own. */
  final Zygote zygote;

  /** Proves to the keeper that a report of a death comes from this sandbox's PID 1. */
  final long token;

  /**
   * In the keeper's namespace: that of its PID 1 where a zygote made it, of the function process
   * where the keeper did; 0: not forked yet.
   */
  int pid;

  /** That of its PID 1 where the keeper made one; 0: none, or gone. */
  int init;

  /** The engine wants it dead. */
  boolean killed;

  /** The errno for which the engine could not be told of it: it is ended, and never was; or 0. */
  int refused;

  /** Its function process has ended, with {@link #status}; its PID 1 has not yet. */
  boolean ended;

  int status;

  /** Its peak resident memory as it was seen before a kill, or reported, KiB; 0: unknown. */
  long peakRssKib;

  /** The wait status that its PID 1 reported of the function process; −1: none. */
  int reported = -1;

  /**
   * What a process that the keeper made takes over as its peak, for it begins with the keeper's
   * memory, KiB: a peak that is not above says nothing.
   */
  long inheritedPeakKib;

  private final boolean spawnedNamespace;

  Sandbox(int id, Zygote zygote, long token) {
    this(id, zygote, token, false);
  }

  private Sandbox(int id, Zygote zygote, long token, boolean spawnedNamespace) {
    this.id = id;
    this.zygote = zygote;
    this.token = token;
    this.spawnedNamespace = spawnedNamespace;
  }

  /**
   * One that the keeper itself made.
   *
   * @param init its PID 1; 0: it has no namespace
   */
  static Sandbox spawned(int id, int pid, int init) {
    Sandbox sandbox = new Sandbox(id, null, 0, init != 0);
    sandbox.pid = pid;
    sandbox.init = init;
    return sandbox;
  }

  /** Whether all of it dies with its PID 1. */
  boolean namespace() {
    return zygote == null ? spawnedNamespace : zygote.namespaces;
  }
}
