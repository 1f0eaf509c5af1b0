package com.amazonaws.services.lambda.crac;

/** Hooks failed after a restore; what they threw is suppressed in it. */
public class RestoreException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Without a message. */
  public RestoreException() {}
}
