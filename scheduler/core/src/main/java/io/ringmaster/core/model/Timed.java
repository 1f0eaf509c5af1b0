package io.ringmaster.core.model;

/**
 * Something that has at most one timer: a running invocation or a sandbox in init. Dispatcher
 * thread only.
 */
public abstract class Timed {
  /** No timer. */
  public static final long NO_TIMER = Long.MAX_VALUE;

  /** The timer's id on the wheel, or {@link #NO_TIMER}. */
  public long timerId = NO_TIMER;
}
