package io.ringmaster.persistence.spi;

/**
 * Waits that an interrupt does not end: a store's caller may be interrupted at any time, and what
 * it asked for goes on all the same. Any thread.
 */
public final class Uninterruptibly {
  /** Something to wait for. */
  @FunctionalInterface
  public interface Wait {
    /**
     * Waits, until it is over or the thread is interrupted. It is called again after an interrupt,
     * so it looks first whether there is still something to wait for: {@link Object#wait()} alone
     * would miss a notification that came together with the interrupt.
     *
     * @throws InterruptedException it is waited for again
     */
    void run() throws InterruptedException;
  }

  private Uninterruptibly() {}

  /** Waits; the thread is interrupted again afterwards if it was meanwhile. */
  public static void run(Wait wait) {
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
