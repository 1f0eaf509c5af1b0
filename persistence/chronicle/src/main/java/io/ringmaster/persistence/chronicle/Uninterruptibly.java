package io.ringmaster.persistence.chronicle;

/** Waits that an interrupt does not end; the thread is interrupted again afterwards. */
final class Uninterruptibly {
  /** Something to wait for. */
  @FunctionalInterface
  interface Wait {
    void run() throws InterruptedException;
  }

  private Uninterruptibly() {}

  static void run(Wait wait) {
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
