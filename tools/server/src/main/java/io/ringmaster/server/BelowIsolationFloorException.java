package io.ringmaster.server;

/** This machine does not isolate functions as strongly as was asked for. */
public final class BelowIsolationFloorException extends Exception {
  private static final long serialVersionUID = 1L;

  BelowIsolationFloorException(String message) {
    super(message);
  }
}
