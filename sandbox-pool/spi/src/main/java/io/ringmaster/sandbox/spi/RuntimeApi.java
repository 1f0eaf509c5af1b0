package io.ringmaster.sandbox.spi;

/**
 * AWS's Runtime API, served to sandbox processes whose runtime speaks it: custom runtimes ({@code
 * provided…}) and AWS's own runtime clients. One per engine.
 */
public interface RuntimeApi extends AutoCloseable {

  /**
   * Opens a listener of its own for one sandbox process, on a loopback port. Any thread; blocks for
   * no longer than the bind takes.
   *
   * @param slots invocations that the process may hold at once, 1 to {@link Slots#PER_SANDBOX_MAX}:
   *     what it is told as {@code AWS_LAMBDA_MAX_CONCURRENCY} when it is more than 1
   * @param arrived called, on any thread, when {@link RuntimeApiSession#poll} will find something
   *     that it did not find before; must not block
   * @throws java.io.UncheckedIOException when there is no port
   */
  RuntimeApiSession open(int slots, Runnable arrived);

  /** Closes every session that is left. */
  @Override
  void close();
}
