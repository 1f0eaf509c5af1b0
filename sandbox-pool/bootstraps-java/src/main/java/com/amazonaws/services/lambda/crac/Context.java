package com.amazonaws.services.lambda.crac;

/**
 * Resources that are told together.
 *
 * @param <R> what can be registered
 */
public abstract class Context<R extends Resource> implements Resource {
  /** For implementations. */
  protected Context() {}

  /** Tells all resources, the last registered first. */
  @Override
  public abstract void beforeCheckpoint(Context<? extends Resource> context)
      throws CheckpointException;

  /** Tells all resources, the first registered first. */
  @Override
  public abstract void afterRestore(Context<? extends Resource> context) throws RestoreException;

  /** Adds one; any thread. It is kept as long as the caller keeps it. */
  public abstract void register(R resource);
}
