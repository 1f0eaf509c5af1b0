package io.ringmaster.server.control;

/** Messages on the control socket. */
final class ControlOp {
  /** Give me your listening sockets, drain, end. */
  static final int TAKE_OVER = 201;

  /** Copy the data to the folder in the text. */
  static final int BACKUP = 202;

  /** The listening sockets are there, and will be used: end. */
  static final int TAKEN = 203;

  /** The listening sockets come along; the number is how long the server may drain, in ns. */
  static final int SOCKETS = 211;

  /** It is done. */
  static final int DONE = 212;

  /** It cannot be done; the text says why. */
  static final int FAILED = 213;

  private ControlOp() {}
}
