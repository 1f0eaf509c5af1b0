package io.ringmaster.sandbox.keeper;

import static io.ringmaster.sandbox.system.LinuxException.check;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.ringmaster.sandbox.system.Linux;
import java.lang.foreign.MemorySegment;

/**
 * What the PID 1 of each sandbox reports of a function process that ended, at the least of one that
 * a signal killed: it cannot die by that signal itself, for the kernel shields a namespace's PID 1
 * from signals sent inside. A report is the token of its FORK (8 bytes), the wait status (4) and
 * the peak of its resident memory (4, KiB; 0: unknown), written at once, before PID 1 exits.
 * Function processes have no descriptor of this pipe, and cannot know another sandbox's token.
 */
final class Reports {
  private static final int REPORT_BYTES = 16;

  private final Linux linux;
  private final int readEnd;
  private final int writeEnd;
  private final MemorySegment buffer;

  Reports(Linux linux) {
    this.linux = linux;
    int[] ends = new int[2];
    check("pipe2", linux.pipe(0, ends));
    readEnd = ends[0];
    writeEnd = ends[1];
    // Only the reader: a PID 1 waits for room, rather than lose its report. The two ends do not
    // share their flags.
    check("fcntl", linux.nonBlocking(readEnd));
    buffer = linux.allocate(64L * REPORT_BYTES);
  }

  /** For zygotes, which hand it to each PID 1. */
  int writeEnd() {
    return writeEnd;
  }

  /**
   * Takes in what has been reported; to be called between the end of a process and the look at its
   * status.
   */
  void read(Sandboxes sandboxes) {
    long n;
    while ((n = linux.read(readEnd, buffer.address(), buffer.byteSize())) > 0) {
      for (long at = 0; at + REPORT_BYTES <= n; at += REPORT_BYTES) {
        Sandbox sandbox = sandboxes.byToken(buffer.get(JAVA_LONG, at));
        if (sandbox != null) {
          sandbox.reported = buffer.get(JAVA_INT, at + 8);
          sandbox.peakRssKib = Math.max(sandbox.peakRssKib, buffer.get(JAVA_INT, at + 12));
        }
      }
    }
  }
}
