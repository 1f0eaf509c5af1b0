package io.ringmaster.sandbox.spi;

/** What a driver tells the dispatcher out of {@link SandboxDriver#poll}. Dispatcher thread only. */
public interface DriverEvents {

  /**
   * The handler is loaded: the sandbox's slots can take invocations.
   *
   * @param slots number of slots, 1 to {@link Slots#PER_SANDBOX_MAX}
   * @param bindNs from {@code prepare} (or from the {@code offer} that restarted it) until the
   *     handler began to load, ≥ 0
   * @param initNs time the handler took to load, ≥ 0
   */
  void ready(int sandbox, int slots, long bindNs, long initNs);

  /**
   * The function's init failed, by its own fault: the runtime reported an error (an import that
   * raised, a missing handler). The environment stays; its process is gone or going, and an {@code
   * exited} follows.
   *
   * @param error the error document as the runtime wrote it (JSON); the callee may keep it
   * @param initNs time until the failure, ≥ 0
   */
  void initFailed(int sandbox, byte[] error, long initNs);

  /**
   * As {@link #initFailed}, where the runtime could not even be started, by the function's fault
   * (its package brings no program that can run): so nobody wrote a document. An {@code exited}
   * follows here too.
   *
   * @param errorType such as {@code Runtime.InvalidEntrypoint}
   * @param text what callers are told after the request's id; nothing in it needs escaping in JSON
   * @param initNs time until the failure, ≥ 0
   */
  void initRefused(int sandbox, String errorType, String text, long initNs);

  /**
   * An invocation that had been offered behind another one was begun just now: its time begins
   * anew. Told after the terminal answer of the one before it, and only where that was noticeably
   * earlier or {@link SandboxDriver#revoke} left it open; without this it counts as begun at that
   * answer. Also told before {@link #failed}, of one behind an answer that was lost.
   */
  void taken(int slot, long sequence);

  /**
   * An invocation that had been offered behind another one was not begun, and will not be: it
   * belongs to the dispatcher again. Told of what {@link SandboxDriver#revoke} left open; and,
   * before {@link #exited} or {@link #failed}, of one that the sandbox had not begun though the one
   * before it had been answered; not if {@link SandboxDriver#revoke} left it open or the sandbox
   * broke its protocol: it counts as begun then. What lies behind an unanswered one then has not
   * begun, unless {@link #taken} was told of it.
   */
  void skipped(int slot, long sequence);

  /**
   * More of a streamed response is in {@link Invocation#responseBuffer()}: so many bytes after
   * those that were told before. Bytes that stand behind them are told later, or belong to the
   * terminal answer.
   *
   * <p>Where the caller takes the answer as it comes, the bytes told are gone from the buffer when
   * this returns, and {@link SandboxDriver#credit} gives their room back later.
   */
  void chunk(int slot, long sequence, int bytes);

  /**
   * The invocation's terminal answer; its body, or its rest after the chunks that were told, is in
   * {@link Invocation#responseBuffer()}.
   *
   * @param functionError the body is an error document of the function, from {@link
   *     ResponseBuffer#errorStart} on; what stands before it are parts that came with it
   * @param logMark log bytes that the sandbox process had written, framed, when it answered: the
   *     log agent has the whole output of this invocation when it has read that many
   * @param maxMemoryKb peak resident memory of the process so far in KiB; 0: unknown
   */
  void response(int slot, long sequence, boolean functionError, long logMark, int maxMemoryKb);

  /**
   * As {@link #response}, of a process that ends by itself after this answer: what was offered
   * behind it has not begun and belongs to the dispatcher again, and nothing can be offered before
   * {@link #exited} follows.
   */
  default void lastResponse(
      int slot, long sequence, boolean functionError, long logMark, int maxMemoryKb) {
    response(slot, sequence, functionError, logMark, maxMemoryKb);
  }

  /**
   * Nothing of the sandbox's process runs any more; the environment stays. What was in its slots is
   * lost.
   *
   * @param status wait status as waitpid(2) gives it: low 7 bits the signal or 0, next 8 bits the
   *     exit code
   * @param maxMemoryKb peak resident memory in KiB; 0: unknown
   */
  void exited(int sandbox, int status, int maxMemoryKb);

  /**
   * The sandbox is lost, its environment included, by its own or the platform's fault: a protocol
   * violation, the keeper died, or nothing serves its runtime. The driver has discarded it already;
   * what was in its slots is lost.
   *
   * @param fault {@link Fault#VIOLATION}, {@link Fault#PLATFORM} or {@link Fault#NO_RUNTIME}
   * @param detail for the log; with {@code NO_RUNTIME} for callers too
   */
  void failed(int sandbox, Fault fault, String detail);
}
