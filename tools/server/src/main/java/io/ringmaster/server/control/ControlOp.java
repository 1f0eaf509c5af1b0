package io.ringmaster.server.control;

/** Messages on the control socket. */
final class ControlOp {
  /** Give me your listening sockets, drain, end. */
  static final int TAKE_OVER = 201;

  /** Copy the data to the folder in the text. */
  static final int BACKUP = 202;

  /** The listening sockets are there, and will be used: give up the data folder. */
  static final int TAKEN = 203;

  /** I serve: end. */
  static final int READY = 204;

  /** The listening sockets come along; the number is how long the server may drain, in ns. */
  static final int SOCKETS = 211;

  /** It is done. */
  static final int DONE = 212;

  /** It cannot be done; the text says why. */
  static final int FAILED = 213;

  /** The data folder is free. */
  static final int RELEASED = 214;

  private ControlOp() {}
}
