package com.amazonaws.services.lambda.crac;

/** Something of the function's that a snapshot concerns, such as a connection. */
public interface Resource {
  /**
   * Runs before a snapshot is taken.
   *
   * @throws Exception no snapshot is taken then
   */
  void beforeCheckpoint(Context<? extends Resource> context) throws Exception;

  /**
   * Runs in each process that was restored from the snapshot, before its first invocation.
   *
   * @throws Exception the process is of no use then
   */
  void afterRestore(Context<? extends Resource> context) throws Exception;
}
