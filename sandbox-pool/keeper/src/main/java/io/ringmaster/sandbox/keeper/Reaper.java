package io.ringmaster.sandbox.keeper;

import static io.ringmaster.sandbox.system.LinuxException.check;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.ringmaster.sandbox.system.Linux;
import java.lang.foreign.MemorySegment;

/**
 * Learns of children that ended, through a signalfd. A pid stays taken until its zombie is reaped,
 * so the keeper looks first and reaps when it knows whose end it is.
 */
final class Reaper {
  private final Linux linux;
  private final int signals;
  private final MemorySegment status;
  private final MemorySegment usage;
  private final MemorySegment delivered;

  Reaper(Linux linux) {
    this.linux = linux;
    signals = (int) check("signalfd", linux.signalfd(Linux.SIGCHLD));
    status = linux.allocate(4);
    usage = linux.allocate(Linux.RUSAGE_BYTES);
    delivered = linux.allocate(Linux.SIGNALFD_SIGINFO_BYTES);
  }

  /** Readable when children have ended. */
  int fd() {
    return signals;
  }

  /** Forgets the signal; several ends may have raised one. */
  void clear() {
    linux.read(signals, delivered.address(), delivered.byteSize());
  }

  /** The pid of an ended child that waits to be reaped; 0 or less: there is none. */
  int next() {
    return linux.peekEnded();
  }

  /** Reaps a child if it has ended; then {@link #status} and {@link #peakRssKib} are its. */
  boolean reap(int pid) {
    return linux.wait4(pid, status.address(), Linux.WNOHANG, usage.address()) == pid;
  }

  int status() {
    return status.get(JAVA_INT, 0);
  }

  /** That of the largest process among the child and those it reaped. */
  long peakRssKib() {
    return usage.get(JAVA_LONG, Linux.RUSAGE_MAXRSS);
  }
}
