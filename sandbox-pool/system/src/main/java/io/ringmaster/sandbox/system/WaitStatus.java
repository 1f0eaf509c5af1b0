package io.ringmaster.sandbox.system;

/** A wait status as the kernel encodes it: how a process ended. */
public final class WaitStatus {
  /** The status of a process that exited with 0. */
  public static final int SUCCESS = 0;

  private WaitStatus() {}

  /** Whether the process called exit (or returned); otherwise a signal killed it. */
  public static boolean exited(int status) {
    return (status & 0x7f) == 0;
  }

  /** 0 to 255; only where {@link #exited}. */
  public static int exitCode(int status) {
    return status >> 8 & 0xff;
  }

  /** The signal that killed it, 1 to 64; 0 where it {@link #exited}. */
  public static int signal(int status) {
    return status & 0x7f;
  }

  /**
   * The words that Lambda's logs use after {@code Runtime exited with error: }, such as {@code
   * signal: killed}.
   */
  public static String describe(int status) {
    if (exited(status)) {
      return "exit status " + exitCode(status);
    }
    return "signal: " + signalName(signal(status)) + ((status & 0x80) != 0 ? " (core dumped)" : "");
  }

  private static String signalName(int signal) {
    return switch (signal) {
      case 1 -> "hangup";
      case 2 -> "interrupt";
      case 3 -> "quit";
      case 4 -> "illegal instruction";
      case 5 -> "trace/breakpoint trap";
      case 6 -> "aborted";
      case 7 -> "bus error";
      case 8 -> "floating point exception";
      case 9 -> "killed";
      case 10 -> "user defined signal 1";
      case 11 -> "segmentation fault";
      case 12 -> "user defined signal 2";
      case 13 -> "broken pipe";
      case 14 -> "alarm clock";
      case 15 -> "terminated";
      default -> "signal " + signal;
    };
  }
}
