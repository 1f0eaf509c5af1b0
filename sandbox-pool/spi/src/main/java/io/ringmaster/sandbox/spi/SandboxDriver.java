package io.ringmaster.sandbox.spi;

/**
 * Sandboxes as the dispatcher sees them: implemented by the process pool, by in-JVM handlers and by
 * the simulator.
 *
 * <p>Dispatcher thread only. Never blocks; allocates nothing when warm.
 *
 * <p>A <i>sandbox</i> here is an environment with, at most times, a process in it. It has one or
 * more <i>slots</i>, each a place for one invocation; slot numbers are made from the sandbox id by
 * {@link Slots}.
 *
 * <p>The life of a sandbox: {@link #prepare} begins a binding → {@link DriverEvents#ready} or
 * {@link DriverEvents#initFailed} → {@link #offer} … → {@link #reset} (the process goes, the
 * environment stays; {@link DriverEvents#exited} tells when nothing of it runs any more; the next
 * {@link #offer} starts it again inside that invocation, telling {@code ready} or {@code
 * initFailed} on the way) → {@link #discard}.
 */
public interface SandboxDriver extends AutoCloseable {

  /**
   * Begins to bind a sandbox for one version; the answer arrives as {@link DriverEvents#ready},
   * {@link DriverEvents#initFailed} or {@link DriverEvents#failed}.
   *
   * @return the id of the sandbox, from 0 to {@link Slots#SANDBOXES_MAX} − 1, or −1: no capacity
   *     now (the dispatcher asks again later)
   */
  int prepare(PoolKey key, SandboxSpec spec);

  /**
   * Hands an invocation over. The driver keeps a reference to it, and reads its payload, until the
   * invocation's terminal event or until the sandbox is reset or discarded. On a sandbox that was
   * reset, or whose init failed, the process is started again first, inside this invocation.
   *
   * <p>Where the sandbox {@linkplain #prefetches prefetches}, others may be offered while one runs:
   * they lie behind it in the order in which they were offered, and each is the first of its slot
   * when the terminal answer of the one before it is told.
   *
   * @return false: there is no place behind what runs, or not for this one; never for a free slot
   */
  boolean offer(int slot, Invocation invocation);

  /**
   * How many invocations may be {@linkplain #offer offered} while another one runs; 0: none. Asked
   * when the sandbox becomes ready, and true until its process ends. Only for sandboxes of one
   * slot.
   */
  default int prefetches(int sandbox) {
    return 0;
  }

  /**
   * Asks for an offered invocation back before it was taken; once at most for each.
   *
   * @return true: taken back, no event of it follows; false: it was taken, or that is not known
   *     yet, and {@link DriverEvents#taken}, {@link DriverEvents#skipped}, a part of its answer or
   *     the sandbox's end will tell
   */
  boolean revoke(int slot, long sequence);

  /**
   * Kills the process tree and keeps the environment. Invocations in its slots are forgotten: no
   * event for them follows. {@link DriverEvents#exited} follows when nothing of the process runs
   * any more; until then the slot must not be used.
   */
  void reset(int sandbox, Fault reason);

  /**
   * Kills the process tree, if any, and removes the environment. No event of this sandbox follows.
   */
  void discard(int sandbox, Fault reason);

  /**
   * Delivers what happened since the last call.
   *
   * @param limit the most events to deliver; at least 1
   * @return the number of events delivered
   */
  int poll(DriverEvents sink, int limit);

  /** Whether {@link #poll} would find something: the last look before the dispatcher sleeps. */
  boolean hasEvents();

  /**
   * The caller consumed this many bytes of chunks that the slot's invocation was told:
   * back-pressure for streams, see {@link Invocation#windowBytes}. Never more than was told, and
   * never after the invocation's terminal event, reset or discard.
   */
  void credit(int slot, int bytes);

  /**
   * Name of the log stream that the sandbox's environment was told; it lasts as long as the
   * environment. Empty: it was told none yet, or this driver's sandboxes are never told any.
   */
  default String logStream(int sandbox) {
    return "";
  }

  /**
   * Bytes that the sandbox's process had written to its log, framed or not, when it became ready
   * for the last time: so much is init's. {@link ResponseBuffer#UNKNOWN}: nobody looked.
   */
  default long initLogPosition(int sandbox) {
    return ResponseBuffer.UNKNOWN;
  }

  /**
   * Whether {@link #reset} stops the code at once. True for processes, which can be killed: the
   * ledger unit of a timed-out invocation is free when it settles. False for in-JVM handlers, whose
   * thread can only be interrupted: the unit stays charged until {@link DriverEvents#exited}.
   */
  boolean killable();

  /** Discards all sandboxes and gives everything back; returns when nothing is left running. */
  @Override
  void close();
}
