package com.amazonaws.services.lambda.crac;

/** Hooks failed before a snapshot; what they threw is suppressed in it. */
public class CheckpointException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Without a message. */
  public CheckpointException() {}
}
