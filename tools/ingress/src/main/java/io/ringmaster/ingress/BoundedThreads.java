package io.ringmaster.ingress;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for what may wait, and a bounded queue before them. What must not wait for something else
 * has threads of its own. Threads end when there is nothing to do for them. Any thread.
 */
public final class BoundedThreads {
  private static final long IDLE_S = 5;

  private final ThreadPoolExecutor threads;

  /**
   * @param name of the threads, with a number behind it
   * @param threadsMax 1 or more
   * @param waitingMax what may wait for a thread, 1 or more
   */
  public BoundedThreads(String name, int threadsMax, int waitingMax) {
    threads =
        new ThreadPoolExecutor(
            threadsMax,
            threadsMax,
            IDLE_S,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waitingMax),
            Thread.ofPlatform().name(name + '-', 0).daemon().factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Runs something that throws nothing.
   *
   * @return false: too much waits already, or they are closed
   */
  public boolean run(Runnable run) {
    try {
      threads.execute(run);
      return true;
    } catch (RejectedExecutionException full) {
      return false;
    }
  }

  /**
   * Begins nothing more; waits for what runs, and for what waits.
   *
   * @return false: that is not over yet
   */
  public boolean close(Duration most) throws InterruptedException {
    threads.shutdown();
    return threads.awaitTermination(most.toNanos(), TimeUnit.NANOSECONDS);
  }
}
