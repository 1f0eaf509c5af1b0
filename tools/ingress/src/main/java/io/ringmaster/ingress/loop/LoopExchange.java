package io.ringmaster.ingress.loop;

/**
 * Something of a client's that belongs to an event loop and that the engine may have news for. The
 * loop's thread.
 */
public abstract class LoopExchange {
  /** The one below in its loop's list of those with news. Written by who pushes it. */
  LoopExchange below;

  /** Submitted, and without news since. */
  boolean underWay;

  /** For subclasses; belongs to one loop for its life. */
  protected LoopExchange() {}

  /**
   * Hands it to the engine, which {@link LoopTurn#submit} asked for.
   *
   * @return false: nobody waits for it any more
   */
  protected abstract boolean submitNow();

  /** There is news. */
  protected abstract void proceed();

  /** It could not be handed to the engine, or its news not be told: it ends without an answer. */
  protected abstract void failed(Throwable cause);
}
