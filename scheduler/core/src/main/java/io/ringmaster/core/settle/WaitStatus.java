package io.ringmaster.core.settle;

/**
 * How a process ended, in the words of Lambda's error documents. The status is that of waitpid(2).
 */
final class WaitStatus {
  private static final String[] SIGNALS = {
    null,
    "hangup",
    "interrupt",
    "quit",
    "illegal instruction",
    "trace/breakpoint trap",
    "aborted",
    "bus error",
    "floating point exception",
    "killed",
    "user defined signal 1",
    "segmentation fault",
    "user defined signal 2",
    "broken pipe",
    "alarm clock",
    "terminated"
  };

  private WaitStatus() {}

  /** Such as {@code Runtime exited with error: exit status 1}. */
  static String text(int status) {
    int signal = status & 0x7f;
    int code = status >>> 8 & 0xff;
    if (signal != 0) {
      String name = signal < SIGNALS.length ? SIGNALS[signal] : "signal " + signal;
      return "Runtime exited with error: signal: " + name;
    }
    if (code != 0) {
      return "Runtime exited with error: exit status " + code;
    }
    return "Runtime exited without providing a reason";
  }
}
