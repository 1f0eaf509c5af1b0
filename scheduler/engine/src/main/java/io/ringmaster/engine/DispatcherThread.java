package io.ringmaster.engine;

import io.ringmaster.api.EngineException;
import io.ringmaster.core.dispatch.Dispatcher;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Turns one dispatcher. Ends when told to: drains until nothing is in flight or the drain's time is
 * over, abandons the rest. A turn that throws is a broken invariant: it is reported, everything is
 * abandoned, and the engine answers 500 from then on.
 */
final class DispatcherThread implements Runnable {
  private static final long ENDED_CHECK_MS = 50;

  private final Dispatcher dispatcher;
  private final Consumer<Throwable> failures;
  private final BooleanSupplier anythingArrived;
  private final Lingering lingering = new Lingering();
  private final Thread thread;

  /** Set once by close; {@link Long#MAX_VALUE}: not closing. */
  private volatile long drainUntilNs = Long.MAX_VALUE;

  private volatile boolean ended;

  /**
   * @param lookAround finds what has arrived at descriptors
   */
  DispatcherThread(Dispatcher dispatcher, Runnable lookAround, Consumer<Throwable> failures) {
    this.dispatcher = dispatcher;
    this.anythingArrived =
        () -> {
          lookAround.run();
          return dispatcher.anythingArrived();
        };
    this.failures = failures;
    this.thread = Thread.ofPlatform().name("ringmaster-dispatcher").daemon().unstarted(this);
  }

  void start() {
    thread.start();
  }

  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /** It cannot wait for itself: callbacks that promised not to block run on it. */
  void requireOther() {
    if (isCurrent()) {
      throw new IllegalStateException("a non-blocking callback must not wait for the engine");
    }
  }

  /** Drains and ends; returns when the thread has ended. */
  void close(long drainNs) {
    requireOther();
    drainUntilNs = System.nanoTime() + drainNs;
    dispatcher.beginClosing();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs a question on the dispatcher and waits for the answer. */
  <T> T ask(Function<Dispatcher, T> question) {
    requireOther();
    CompletableFuture<T> answer = new CompletableFuture<>();
    Runnable command =
        () -> {
          try {
            answer.complete(question.apply(dispatcher));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        };
    while (!ended && !dispatcher.execute(command)) {
      Thread.onSpinWait();
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return answer.get(ENDED_CHECK_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          if (ended && !answer.isDone()) {
            throw new EngineException("the engine is closed");
          }
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new EngineException("the dispatcher failed", e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void run() {
    try {
      while (turn()) {
        // the journey is in Dispatcher
      }
    } catch (Throwable broken) {
      failures.accept(broken);
    } finally {
      end();
    }
  }

  private void end() {
    try {
      dispatcher.end();
    } catch (Throwable broken) {
      failures.accept(broken);
    } finally {
      ended = true;
    }
  }

  /** One turn, and a sleep if there was nothing to do. False: drained. */
  private boolean turn() {
    long nowNs = System.nanoTime();
    int work = dispatcher.turn(nowNs, System.currentTimeMillis());
    long untilNs = drainUntilNs;
    if (nowNs >= untilNs) {
      return false; // also while it has work: the drain's time is a promise
    }
    if (work > 0) {
      return true;
    }
    if (untilNs != Long.MAX_VALUE && dispatcher.inFlight() == 0 && !dispatcher.hasArrivals()) {
      return false;
    }
    if (dispatcher.inFlight() == 0 || !lingering.waitFor(anythingArrived)) {
      dispatcher.sleep(untilNs);
    }
    return true;
  }
}
