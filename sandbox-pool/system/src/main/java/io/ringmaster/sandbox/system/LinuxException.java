package io.ringmaster.sandbox.system;

/**
 * A system call failed where the caller has no use for its number: a fault of the platform, never
 * of a function.
 */
public final class LinuxException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int errno;

  public LinuxException(String call, int errno) {
    super(call + ": " + Errno.name(errno));
    this.errno = errno;
  }

  /** The positive error number, see {@link Errno}. */
  public int errno() {
    return errno;
  }

  /**
   * Passes a result on, or throws.
   *
   * @param result what a method of {@link Linux} answered
   */
  public static long check(String call, long result) {
    if (result < 0) {
      throw new LinuxException(call, (int) -result);
    }
    return result;
  }
}
