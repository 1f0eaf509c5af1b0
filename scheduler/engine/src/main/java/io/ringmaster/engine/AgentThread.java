package io.ringmaster.engine;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.concurrent.Agent;

/**
 * Turns one agent until it is closed: works while there is work, then sleeps the agent's own way.
 */
final class AgentThread implements Runnable, AutoCloseable {
  private static final int FAILURES_MAX = 100;
  private static final long END_NS = TimeUnit.SECONDS.toNanos(10);

  private final Agent agent;
  private final Runnable sleep;
  private final Runnable wake;
  private final Consumer<Throwable> failures;
  private final Thread thread;
  private volatile boolean ending;

  /**
   * @param sleep returns when there may be work, or when woken
   * @param wake ends a sleep, from any thread
   * @param failures told of what the agent throws; it goes on afterwards
   */
  AgentThread(
      String name, Agent agent, Runnable sleep, Runnable wake, Consumer<Throwable> failures) {
    this.agent = agent;
    this.sleep = sleep;
    this.wake = wake;
    this.failures = failures;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this);
  }

  AgentThread start() {
    thread.start();
    return this;
  }

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  @Override
  public void run() {
    int failuresInARow = 0;
    while (true) {
      boolean last = ending;
      int work;
      try {
        work = agent.doWork();
        failuresInARow = 0;
      } catch (Throwable thrown) {
        failures.accept(thrown);
        work = ++failuresInARow < FAILURES_MAX ? 1 : 0; // there may be more behind what failed
      }
      if (work == 0) {
        if (last) {
          return; // it was told to end before it found nothing more to do
        }
        sleep.run();
      }
    }
  }

  /**
   * Lets the agent finish what is there, and waits until its thread has ended; but not for ever,
   * since an embedder's callback may never return. Then the thread, a daemon, is left behind, and
   * that is reported.
   */
  @Override
  public void close() {
    ending = true;
    long untilNs = System.nanoTime() + END_NS;
    boolean interrupted = false;
    while (thread.isAlive() && !isCurrent()) {
      if (System.nanoTime() - untilNs >= 0) {
        failures.accept(
            new IllegalStateException(thread.getName() + " does not end: a callback blocks it"));
        break;
      }
      wake.run();
      try {
        thread.join(10);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
