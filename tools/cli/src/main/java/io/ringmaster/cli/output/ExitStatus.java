package io.ringmaster.cli.output;

/** How a command ended, as scripts see it. */
public final class ExitStatus {
  /** All well. */
  public static final int OK = 0;

  /** A check failed. */
  public static final int CHECK_FAILED = 1;

  /** Wrong usage, or an unsupported platform. */
  public static final int USAGE = 2;

  /** Below the isolation floor. */
  public static final int ISOLATION_FLOOR = 3;

  /** Data folder in use. */
  public static final int DATA_IN_USE = 4;

  private ExitStatus() {}
}
