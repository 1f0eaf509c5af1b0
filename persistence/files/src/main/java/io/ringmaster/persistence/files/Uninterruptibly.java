package io.ringmaster.persistence.files;

import java.util.concurrent.CountDownLatch;

/** Waits that an interrupt does not end; the thread is interrupted again afterwards. */
final class Uninterruptibly {
  private interface Wait {
    void run() throws InterruptedException;
  }

  private Uninterruptibly() {}

  static void await(CountDownLatch latch) {
    wait(latch::await);
  }

  static void join(Thread thread) {
    wait(thread::join);
  }

  private static void wait(Wait wait) {
    boolean interrupted = false;
    boolean over = false;
    while (!over) {
      try {
        wait.run();
        over = true;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
